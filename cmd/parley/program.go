package main

import (
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"parley/client"
	"parley/hub/sshd"
	"parley/i18n"
)

// program is one run of parley: where it reads and writes, and in which language.
// Tests build it as main does.
type program struct {
	in  io.Reader
	out io.Writer
	err io.Writer
	env []string

	words *i18n.Localizer
	// flags of every command
	lang string
	json bool
	// hub is the address of the hub that commands speak to; empty: as it is set.
	hub string
	// speaksTo is the hub that the command speaks to, once it does.
	speaksTo string

	// seat is what the hub told a session over SSH; child what a hub runs for those.
	seat  *sshd.Start
	child child

	logins *client.Logins
	now    func() time.Time
	zone   *time.Location
	// zoneRefused is what TZ says, where that is no zone.
	zoneRefused string
}

func newProgram(in io.Reader, out, err io.Writer, env []string) *program {
	logins := client.NewLogins(filepath.Join(xdg.DataHome, "parley"), client.SystemKeyring{})
	zone, refused := environmentZone(env)
	return &program{in: in, out: out, err: err, env: env, logins: logins, now: time.Now, zone: zone, zoneRefused: refused}
}

func (p *program) getenv(name string) string {
	for i := len(p.env) - 1; i >= 0; i-- {
		if v, ok := strings.CutPrefix(p.env[i], name+"="); ok {
			return v
		}
	}
	return ""
}

// group is a command that only holds others.
func (p *program) group(use string, short i18n.ID, subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: p.words.Say(short), Args: p.noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(subs...)
	return cmd
}

// toHub gives a command, and those below it, the flag that says which hub it speaks
// to.
func (p *program) toHub(cmd *cobra.Command) *cobra.Command {
	cmd.PersistentFlags().StringVar(&p.hub, "hub", "", p.words.Say(i18n.FlagHub))
	return cmd
}

// stateDir is the folder of the user's drafts, and of replies on their way.
func (p *program) stateDir() string {
	if p.seat != nil {
		return p.seat.Drafts
	}
	return filepath.Join(xdg.StateHome, "parley")
}
