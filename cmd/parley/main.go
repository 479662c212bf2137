// Command parley is a terminal inbox for Facebook Messenger, tied to Pipedrive.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() { os.Exit(start(newProgram(os.Stdin, os.Stdout, os.Stderr, os.Environ()))) }

func start(p *program) int {
	time.Local = p.zone // what else asks for it: the zone that a Page is connected in
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return (&rootCommand{p}).run(ctx, os.Args[1:])
}
