// Command parley is a terminal inbox for Facebook Messenger, tied to Pipedrive.
package main

import (
	"os"

	"parley/cmd/cli"
	"parley/cmd/root"
)

func main() { os.Exit(root.Start(cli.New(os.Stdin, os.Stdout, os.Stderr, os.Environ()))) }
