package cli

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"time"
)

// browserTimeout is how long starting the browser may take: the starter returns once the
// browser has the address.
const browserTimeout = 10 * time.Second

// Browser returns a function that opens an address in the user's browser; nil if the program
// runs on another machine than the user's.
func (p *Program) Browser() func(string) error {
	if p.Seat != nil || p.Getenv("SSH_CONNECTION") != "" || p.Getenv("SSH_TTY") != "" {
		return nil
	}
	name, args := "xdg-open", []string(nil)
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler"}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return nil
	}
	return func(url string) error {
		ctx, cancel := context.WithTimeout(context.Background(), browserTimeout)
		defer cancel()
		// No shell parses the address, and it begins with http, so it is not taken as an option.
		if err := exec.CommandContext(ctx, path, append(args, url)...).Run(); err != nil { //nolint:gosec // the starter is found by its own name
			return fmt.Errorf("start the browser: %w", err)
		}
		return nil
	}
}
