package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"parley/i18n"
)

// localise has the help and the errors of every command in the user's language.
func (p *program) localise(root *cobra.Command) {
	root.SetUsageTemplate(p.usageTemplate())
	root.SetHelpTemplate("{{with (or .Long .Short)}}{{.}}\n\n{{end}}{{.UsageString}}")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(p.flagError(err))
	})
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{
		Use: "help [command]", Short: p.words.Say(i18n.HelpShort),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return usage(p.words.Say(i18n.ErrUnknownCommand, "Command", plain(strings.Join(args, " "))))
			}
			return found.Help()
		},
	})
}

func (p *program) usageTemplate() string {
	t := strings.NewReplacer(
		"USAGE", p.words.Say(i18n.HelpUsage),
		"COMMANDS", p.words.Say(i18n.HelpCommands),
		"GLOBAL", p.words.Say(i18n.HelpGlobal),
		"FLAGS", p.words.Say(i18n.HelpFlags),
		"MORE", p.words.Say(i18n.HelpMore, "Command", "{{.CommandPath}} COMMAND --help"),
	)
	return t.Replace(`USAGE
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{if .HasAvailableSubCommands}}
COMMANDS
{{range .Commands}}{{if .IsAvailableCommand}}  {{rpad .Name .NamePadding}} {{.Short}}
{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}
FLAGS
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableInheritedFlags}}
GLOBAL
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableSubCommands}}
MORE
{{end}}`)
}

// flagError says in the user's language what is wrong with a flag.
func (p *program) flagError(err error) string {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	var needs *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		dashes := "--"
		if unknown.GetSpecifiedShortnames() != "" {
			dashes = "-"
		}
		return p.words.Say(i18n.ErrUnknownFlag, "Flag", plain(dashes+unknown.GetSpecifiedName()))
	case errors.As(err, &value):
		return p.words.Say(i18n.ErrFlagValue, "Flag", "--"+value.GetFlag().Name, "Value", plain(value.GetValue()))
	case errors.As(err, &needs):
		return p.words.Say(i18n.ErrFlagNeedsValue, "Flag", "--"+needs.GetFlag().Name)
	}
	return p.words.Say(i18n.ErrSetting, "Reason", plain(err.Error()))
}

// noSuchCommand refuses what is no command of ours.
func (p *program) noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage(p.words.Say(i18n.ErrUnknownCommand, "Command", plain(cmd.CommandPath()+" "+args[0])))
}

// exactly wants that many arguments.
func (p *program) exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usage(p.words.Say(i18n.ErrArguments, "Command", cmd.CommandPath()))
		}
		return nil
	}
}

// oneOf wants one of these words.
func (p *program) oneOf(value string, choices ...string) error {
	for _, c := range choices {
		if value == c {
			return nil
		}
	}
	return usage(p.words.Say(i18n.ErrChoice, "Value", plain(value), "Choices", strings.Join(choices, ", ")))
}

// What a switch is told.
const (
	switchOn  = "on"
	switchOff = "off"
)

// maxLimit is the longest list that a hub gives at once.
const maxLimit = 1000

func (p *program) checkLimit(n int) error {
	if n < 1 || n > maxLimit {
		return usage(p.words.Say(i18n.ErrFlagValue, "Flag", "--limit", "Value", n))
	}
	return nil
}
