package main

import (
	"context"
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

// run runs one command line and returns the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	p.words = i18n.New(p.languages(args)...)
	p.tellZone()
	root := p.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	return p.fail(cmd, err)
}

func (p *program) getenv(name string) string {
	for i := len(p.env) - 1; i >= 0; i-- {
		if v, ok := strings.CutPrefix(p.env[i], name+"="); ok {
			return v
		}
	}
	return ""
}

// root returns the command tree.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "parley",
		Short:         p.words.Say(i18n.RootShort),
		Long:          p.words.Say(i18n.RootLong),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          p.noSuchCommand,
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			if p.lang != "" {
				if err := p.oneOf(p.lang, "en", "ja"); err != nil {
					return err
				}
			}
			return p.textual(cmd, args)
		},
		RunE: p.inbox,
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	flags := root.PersistentFlags()
	flags.StringVar(&p.lang, "lang", "", p.words.Say(i18n.FlagLang))
	flags.BoolVar(&p.json, "json", false, p.words.Say(i18n.FlagJSON))
	flags.BoolP("help", "h", false, p.words.Say(i18n.FlagHelp))
	root.AddCommand(
		p.hubCommand(), p.sandboxCommand(), p.userCommand(), p.toHub(p.pageCommand()),
		p.toHub(p.listCommand()), p.toHub(p.showCommand()), p.toHub(p.replyCommand()), p.toHub(p.reactCommand()), p.toHub(p.deleteCommand()),
		p.toHub(p.linkCommand()), p.toHub(p.unlinkCommand()), p.toHub(p.recordCommand()), p.toHub(p.syncCommand()), p.toHub(p.crmCommand()),
		p.toHub(p.tailCommand()), p.toHub(p.noticesCommand()), p.toHub(p.statsCommand()), p.toHub(p.auditCommand()), p.demoCommand(),
		p.loginCommand(), p.logoutCommand(), p.toHub(p.whoamiCommand()),
		p.toHub(p.tokenCommand()), p.toHub(p.configCommand()),
		p.completionCommand(), p.versionCommand(), p.sessionCommand(), p.terminalsCommand(),
	)
	p.localise(root)
	return root
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
