// Package cli is what one run of the program is: where it reads and writes, its language and
// zone, the flags of all commands, how errors are said and what they exit with.
package cli

import (
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"parley/client/login"
	"parley/hub/sshd"
	"parley/i18n"
)

// Program is one run of parley: where it reads and writes, and in which language.
// Tests build it as main does.
type Program struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	Env []string

	Words *i18n.Localizer
	// flags of every command
	Lang string
	JSON bool
	// Hub is the address of the hub that commands speak to; empty: as it is set.
	Hub string
	// SpeaksTo is the hub that the command speaks to, once it does.
	SpeaksTo string

	// Seat is what the hub told a session over SSH; child what a hub runs for those.
	Seat  *sshd.Start
	Child Child

	Logins *login.Logins
	Now    func() time.Time
	Zone   *time.Location
	// ZoneRefused is what TZ says, where that is no zone.
	ZoneRefused string
}

// New returns a run with that input, output and environment, and the logins of its user.
func New(in io.Reader, out, err io.Writer, env []string) *Program {
	logins := login.NewLogins(filepath.Join(xdg.DataHome, "parley"), login.SystemKeyring{})
	zone, refused := environmentZone(env)
	return &Program{In: in, Out: out, Err: err, Env: env, Logins: logins, Now: time.Now, Zone: zone, ZoneRefused: refused}
}

// Getenv returns a variable of the environment, empty where it is not set.
func (p *Program) Getenv(name string) string {
	for i := len(p.Env) - 1; i >= 0; i-- {
		if v, ok := strings.CutPrefix(p.Env[i], name+"="); ok {
			return v
		}
	}
	return ""
}

// Group is a command that only holds others.
func (p *Program) Group(use string, short i18n.ID, subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: p.Words.Say(short), Args: p.NoSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(subs...)
	return cmd
}

// ToHub gives a command, and those below it, the flag that says which hub it speaks
// to.
func (p *Program) ToHub(cmd *cobra.Command) *cobra.Command {
	cmd.PersistentFlags().StringVar(&p.Hub, "hub", "", p.Words.Say(i18n.FlagHub))
	return cmd
}

// Folders of what the user writes, in [Program.StateDir].
const (
	RepliesFolder = "replies"
	DraftsFolder  = "drafts"
)

// StateDir is the folder of the user's drafts, and of replies on their way.
func (p *Program) StateDir() string {
	if p.Seat != nil {
		return p.Seat.Drafts
	}
	return filepath.Join(xdg.StateHome, "parley")
}

// Child is the program that each session over SSH runs, unless it is this one.
type Child struct {
	Path string
	Env  []string
}
