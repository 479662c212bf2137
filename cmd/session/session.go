// Package session has the command that a hub runs for a user who came over SSH.
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

// command is what a hub runs for a user who came over SSH.
type command struct {
	*cli.Program
	// root makes the tree of all commands.
	root func() *cobra.Command
}

// New returns the command that a hub runs for each session over SSH; root makes the tree
// of all commands. It knows the hub, its token and a folder by what the hub tells it, and
// nothing of its machine's settings.
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
			// A session that ends here is hung up. Where the hub ignores that, as under nohup, so
			// does what it starts, unless it asks for it.
			ctx, leave := signal.NotifyContext(cmd.Context(), syscall.SIGHUP)
			defer leave()
			go func() { // the hub says no more, and ends this at its own end
				_, _ = io.Copy(io.Discard, told)
				leave()
			}()
			return p.session(ctx, start)
		},
	}
}

// session is one session over SSH: the screen, or a command.
func (p *command) session(ctx context.Context, start sshd.Start) error {
	p.Seat = &start
	p.Words = i18n.New(append(p.Languages(start.Args), start.Lang)...)
	p.TakesZone(start)
	time.Local = p.Zone // as in [root.Start]: this process is of one user
	if len(start.Args) > 0 {
		p.TellZone() // the screen tells it itself
		root := p.root()
		root.SetArgs(start.Args)
		return root.ExecuteContext(ctx)
	}
	return screen.Open(ctx, p.Program)
}
