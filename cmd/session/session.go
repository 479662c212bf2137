// Package session has the command that a hub runs for a user who comes in over SSH.
package session

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/screen"
	"parley/hub/sshd"
	"parley/i18n"
)

// command is what a hub runs for a user who comes in over SSH.
type command struct {
	*cli.Program
	// root builds the tree of all commands.
	root func() *cobra.Command
}

// New returns the command that a hub runs for each session over SSH; root builds the tree of all
// commands. The hub passes it the address, a token and a folder; it reads no settings of its
// machine.
func New(p *cli.Program, root func() *cobra.Command) *cobra.Command {
	return (&command{p, root}).sessionCommand()
}

func (p *command) sessionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "session", Hidden: true, Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			told := os.NewFile(sshd.StartFD, "start")
			if told == nil {
				return cli.Usage(p.Words.Say(i18n.ErrSessionAlone))
			}
			start, err := sshd.ReadStart(told)
			if err != nil {
				return cli.Usage(p.Words.Say(i18n.ErrSessionAlone))
			}
			// A session that ends here is hung up. If the hub ignores that signal, as under nohup, so do
			// its children, unless they ask for it.
			ctx, leave := signal.NotifyContext(cmd.Context(), syscall.SIGHUP)
			defer leave()
			go func() { // the hub writes no more; it closes this when it ends
				_, _ = io.Copy(io.Discard, told)
				leave()
			}()
			return p.session(ctx, start)
		},
	}
}

// session runs one session over SSH: the screen, or a command.
func (p *command) session(ctx context.Context, start sshd.Start) error {
	p.Seat = &start
	p.Words = i18n.New(append(p.Languages(start.Args), start.Lang)...)
	p.SetZone(start)
	time.Local = p.Zone // as in [root.Start]: this process serves one user
	if len(start.Args) > 0 {
		p.ReportZone() // the screen says it itself
		root := p.root()
		root.SetArgs(start.Args)
		return root.ExecuteContext(ctx)
	}
	return screen.Open(ctx, p.Program)
}
