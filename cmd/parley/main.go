// Command parley is a terminal inbox for Facebook Messenger, tied to Pipedrive.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(start()) }

func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := newProgram(os.Stdin, os.Stdout, os.Stderr, os.Environ())
	return p.run(ctx, os.Args[1:])
}
