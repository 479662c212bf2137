package main

import (
	"context"

	"github.com/spf13/cobra"

	"parley/i18n"
)

// rootCommand is `parley` itself, and holds all others.
type rootCommand struct{ *program }

// run runs one command line and returns the exit code.
func (p *rootCommand) run(ctx context.Context, args []string) int {
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

// root returns the command tree.
func (p *rootCommand) root() *cobra.Command {
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
		RunE: (&screenCommand{p.program}).inbox,
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	flags := root.PersistentFlags()
	flags.StringVar(&p.lang, "lang", "", p.words.Say(i18n.FlagLang))
	flags.BoolVar(&p.json, "json", false, p.words.Say(i18n.FlagJSON))
	flags.BoolP("help", "h", false, p.words.Say(i18n.FlagHelp))
	q := p.program
	hub := &hubCommands{q}
	page, user, report, crm, talk := &pageCommands{q}, &userCommands{q}, &reportCommands{q}, &crmCommands{q}, &talkCommands{q}
	login, config, demo, session := &loginCommands{q}, &configCommands{q}, &demoCommands{q}, &sessionCommand{q, (&rootCommand{q}).root}
	root.AddCommand(
		hub.hubCommand(), demo.sandboxCommand(), user.userCommand(), p.toHub(page.pageCommand()),
		p.toHub(talk.listCommand()), p.toHub(talk.showCommand()), p.toHub(talk.replyCommand()), p.toHub(talk.reactCommand()), p.toHub(talk.deleteCommand()),
		p.toHub(crm.linkCommand()), p.toHub(crm.unlinkCommand()), p.toHub(crm.recordCommand()), p.toHub(crm.syncCommand()), p.toHub(crm.crmCommand()),
		p.toHub(talk.tailCommand()), p.toHub(report.noticesCommand()), p.toHub(report.statsCommand()), p.toHub(report.auditCommand()), demo.demoCommand(),
		login.loginCommand(), login.logoutCommand(), p.toHub(login.whoamiCommand()),
		p.toHub(login.tokenCommand()), p.toHub(config.configCommand()),
		p.completionCommand(), p.versionCommand(), session.sessionCommand(), hub.terminalsCommand(),
	)
	p.localise(root)
	return root
}

func (p *rootCommand) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: p.words.Say(i18n.VersionShort), Args: p.exactly(0),
		RunE: func(*cobra.Command, []string) error {
			return p.print(struct {
				Version string `json:"version"`
			}{version()}, func() { p.line("parley " + version()) })
		},
	}
}

func (p *rootCommand) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use: "completion SHELL", Short: p.words.Say(i18n.CompletionShort), Args: p.exactly(1), ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.oneOf(args[0], shells...); err != nil {
				return err
			}
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(p.out, true)
			case "zsh":
				return root.GenZshCompletion(p.out)
			case "fish":
				return root.GenFishCompletion(p.out, true)
			default:
				return root.GenPowerShellCompletionWithDesc(p.out)
			}
		},
	}
}
