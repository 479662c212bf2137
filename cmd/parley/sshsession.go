package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"parley/hub/sshd"
	"parley/i18n"
	"parley/model"
)

// sessionEvery is how long a terminal far away is not written to after a frame, unless its
// user waits for the next; sessionGather is how long news is gathered for it. Most of what
// a session costs is drawing, and one hub draws for many.
const (
	sessionEvery  = 33 * time.Millisecond
	sessionGather = 100 * time.Millisecond
)

// sessionCommand is what a hub runs for a user who came over SSH.
type sessionCommand struct {
	*program
	// root makes the tree of all commands.
	root func() *cobra.Command
}

// sessionCommand is what a hub runs for each session over SSH. It knows the hub, its
// token and a folder by what the hub tells it, and nothing of its machine's settings.
func (p *sessionCommand) sessionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "session", Hidden: true, Args: p.exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			told := os.NewFile(sshd.StartFD, "start")
			if told == nil {
				return usage(p.words.Say(i18n.ErrSessionAlone))
			}
			start, err := sshd.ReadStart(told)
			if err != nil {
				return usage(p.words.Say(i18n.ErrSessionAlone))
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
func (p *sessionCommand) session(ctx context.Context, start sshd.Start) error {
	p.seat = &start
	p.words = i18n.New(append(p.languages(start.Args), start.Lang)...)
	p.takesZone(start)
	time.Local = p.zone // as in [start]: this process is of one user
	if len(start.Args) > 0 {
		p.tellZone() // the screen tells it itself
		root := p.root()
		root.SetArgs(start.Args)
		return root.ExecuteContext(ctx)
	}
	c, err := openRemote(p.program)
	if err != nil {
		return err
	}
	defer c.Close()
	return (&screenCommand{p.program}).screen(ctx, c, p.stateDir())
}

// takesZone takes over where the user's times are; where the hub knows nothing of that,
// they stay where the hub's are.
func (p *sessionCommand) takesZone(start sshd.Start) {
	p.zoneRefused = start.ZoneRefused
	if zone, err := model.LoadZone(start.Zone); err == nil {
		p.zone = zone
	}
}
