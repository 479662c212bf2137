// Package root has the tree of all commands, and runs one.
package root

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/config"
	"parley/cmd/conversation"
	"parley/cmd/crm"
	"parley/cmd/demo"
	"parley/cmd/login"
	"parley/cmd/page"
	"parley/cmd/report"
	"parley/cmd/screen"
	"parley/cmd/server"
	"parley/cmd/session"
	"parley/cmd/snippet"
	"parley/cmd/theme"
	"parley/cmd/user"
	"parley/i18n"
	"parley/ui/picture"
)

// command is `parley` itself, which holds all others.
type command struct{ *cli.Program }

// Run runs one command line and returns the exit code.
func Run(ctx context.Context, p *cli.Program, args []string) int {
	if len(args) > 0 && args[0] == picture.Command { // what decodes pictures needs nothing else
		return picture.Main(args[1:], p.In, p.Out)
	}
	p.Words = i18n.New(p.Languages(args)...)
	p.ReportZone()
	root := Tree(p)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return cli.ExitDone
	}
	return p.Fail(cmd, err)
}

// Tree returns all commands.
func Tree(p *cli.Program) *cobra.Command { return (&command{p}).tree() }

func (p *command) tree() *cobra.Command {
	root := &cobra.Command{
		Use:           "parley",
		Short:         p.Words.Say(i18n.RootShort),
		Long:          p.Words.Say(i18n.RootLong),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          p.NoSuchCommand,
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			if p.Lang != "" {
				if err := p.OneOf(p.Lang, "en", "ja"); err != nil {
					return err
				}
			}
			return p.Textual(cmd, args)
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return screen.Open(cmd.Context(), p.Program) },
	}
	root.SetIn(p.In)
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	flags := root.PersistentFlags()
	flags.StringVar(&p.Lang, "lang", "", p.Words.Say(i18n.FlagLang))
	flags.BoolVar(&p.JSON, "json", false, p.Words.Say(i18n.FlagJSON))
	root.Version = cli.Version()
	root.SetVersionTemplate("parley {{.Version}}\n")
	root.Flags().Bool("version", false, p.Words.Say(i18n.VersionShort))
	root.Flags().BoolVar(&p.Accessible, "accessible", false, p.Words.Say(i18n.FlagAccessible))
	flags.BoolP("help", "h", false, p.Words.Say(i18n.FlagHelp))
	for _, family := range []func(*cli.Program) []*cobra.Command{
		server.New, demo.New, user.New, page.New, conversation.New, crm.New, report.New, snippet.New, login.New, config.New, theme.New,
	} {
		root.AddCommand(family(p.Program)...)
	}
	root.AddCommand(p.completionCommand(), p.versionCommand(), p.accessibleCommand(), session.New(p.Program, p.tree))
	p.Localise(root)
	return root
}

// accessibleCommand is what `ssh hub accessible` runs: the inbox as lines.
func (p *command) accessibleCommand() *cobra.Command {
	return &cobra.Command{
		Use: "accessible", Short: p.Words.Say(i18n.AccessibleShort), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.Accessible = true
			return screen.Open(cmd.Context(), p.Program)
		},
	}
}

func (p *command) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: p.Words.Say(i18n.VersionShort), Args: p.Exactly(0),
		RunE: func(*cobra.Command, []string) error {
			return p.Print(struct {
				Version string `json:"version"`
			}{cli.Version()}, func() { p.Line("parley " + cli.Version()) })
		},
	}
}

func (p *command) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use: "completion SHELL", Short: p.Words.Say(i18n.CompletionShort), Args: p.Exactly(1), ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.OneOf(args[0], shells...); err != nil {
				return err
			}
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(p.Out, true)
			case "zsh":
				return root.GenZshCompletion(p.Out)
			case "fish":
				return root.GenFishCompletion(p.Out, true)
			default:
				return root.GenPowerShellCompletionWithDesc(p.Out)
			}
		},
	}
}

// Start runs the command line of this process, until it ends or is signalled to.
func Start(p *cli.Program) int {
	time.Local = p.Zone // also for localZone, which names the zone that a Page is connected in
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	ctx, end := context.WithCancel(ctx)
	defer end()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-interrupts:
				if !p.Lent.Load() {
					end()
				}
			}
		}
	}()
	return Run(ctx, p, os.Args[1:])
}
