// Package cli is one run of the program: its input and output, language and time zone, the
// flags of all commands, how errors are worded and their exit codes.
package cli

import (
	"io"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"parley/client/downloads"
	"parley/client/login"
	"parley/hub/sshd"
	"parley/i18n"
)

// Program is one run of parley: its input and output, and its language. Tests build it as main
// does.
type Program struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	Env []string

	Words *i18n.Localizer
	// flags of all commands
	Lang string
	JSON bool
	// Accessible: the inbox is wanted as lines.
	Accessible bool
	// Hub is the address of the hub to use; empty: as set.
	Hub string
	// SpeaksTo is the hub that the command uses, once it does.
	SpeaksTo string

	// Seat is what the hub passed to a session over SSH; Child is the program of those sessions.
	Seat  *sshd.Start
	Child Child

	// Lent: another program has the terminal, and ctrl+c is meant for it.
	Lent *atomic.Bool

	Logins *login.Logins
	Now    func() time.Time
	Zone   *time.Location
	// ZoneRefused is the value of TZ if it is not a time zone.
	ZoneRefused string
}

// New returns a run with that input, output and environment, and the user's logins.
func New(in io.Reader, out, err io.Writer, env []string) *Program {
	logins := login.NewLogins(filepath.Join(xdg.DataHome, "parley"), login.SystemKeyring{})
	zone, refused := environmentZone(env)
	return &Program{In: in, Out: out, Err: err, Env: env, Logins: logins, Now: time.Now, Zone: zone, ZoneRefused: refused, Lent: new(atomic.Bool)}
}

// Getenv returns a variable of the environment, "" if it is not set.
func (p *Program) Getenv(name string) string {
	for i := len(p.Env) - 1; i >= 0; i-- {
		if v, ok := strings.CutPrefix(p.Env[i], name+"="); ok {
			return v
		}
	}
	return ""
}

// Group returns a command that only holds others.
func (p *Program) Group(use string, short i18n.ID, subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: p.Words.Say(short), Args: p.NoSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(subs...)
	return cmd
}

// ToHub adds the flag that chooses the hub to a command and its subcommands.
func (p *Program) ToHub(cmd *cobra.Command) *cobra.Command {
	cmd.PersistentFlags().StringVar(&p.Hub, "hub", "", p.Words.Say(i18n.FlagHub))
	return cmd
}

// Folders in [Program.StateDir] of what the user writes.
const (
	RepliesFolder = "replies"
	DraftsFolder  = "drafts"
)

// StateDir returns the folder of the user's drafts and of replies on their way.
func (p *Program) StateDir() string {
	if p.Seat != nil {
		return p.Seat.Drafts
	}
	return filepath.Join(xdg.StateHome, "parley")
}

// CacheDir returns the folder of what the inbox last knew of each hub; "" if nothing may be kept on
// this machine: over SSH it is the hub's.
func (p *Program) CacheDir() string {
	if p.Seat != nil {
		return ""
	}
	return filepath.Join(xdg.CacheHome, "parley", "inbox")
}

// Downloads returns where attachments are saved to be opened on this machine; over SSH it is used for
// nothing.
func (p *Program) Downloads() downloads.Folder {
	if p.Seat != nil {
		return downloads.NewFolder("")
	}
	return downloads.NewFolder(filepath.Join(xdg.CacheHome, "parley", "media"))
}

// Child is the program that each session over SSH runs, if not this one.
type Child struct {
	Path string
	Env  []string
}
