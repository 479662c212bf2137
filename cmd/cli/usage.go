package cli

import (
	"errors"
	"math"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"parley/i18n"
)

// Localise puts the help and the errors of every command into the user's language.
func (p *Program) Localise(root *cobra.Command) {
	root.SetUsageTemplate(p.usageTemplate())
	root.SetHelpTemplate("{{with (or .Long .Short)}}{{.}}\n\n{{end}}{{.UsageString}}")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return Usage(p.flagError(cmd, err))
	})
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{
		Use: "help [command]", Short: p.Words.Say(i18n.HelpShort),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return p.unknownCommand(root, args[0])
			}
			return found.Help()
		},
	})
}

func (p *Program) usageTemplate() string {
	t := strings.NewReplacer(
		"USAGE", p.Words.Say(i18n.HelpUsage),
		"COMMANDS", p.Words.Say(i18n.HelpCommands),
		"GLOBAL", p.Words.Say(i18n.HelpGlobal),
		"FLAGS", p.Words.Say(i18n.HelpFlags),
		"MORE", p.Words.Say(i18n.HelpMore, "Command", "{{.CommandPath}} COMMAND --help"),
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

// flagError words what is wrong with a flag.
func (p *Program) flagError(cmd *cobra.Command, err error) string {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	var needs *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		dashes := "--"
		if unknown.GetSpecifiedShortnames() != "" {
			dashes = "-"
		}
		say := p.Words.Say(i18n.ErrUnknownFlag, "Flag", Plain(dashes+unknown.GetSpecifiedName()))
		if meant := Meant(unknown.GetSpecifiedName(), flagsOf(cmd)); meant != "" && dashes == "--" {
			say += p.between() + p.Words.Say(i18n.ErrMeant, "Meant", "--"+meant)
		}
		return say
	case errors.As(err, &value):
		return p.Words.Say(i18n.ErrFlagValue, "Flag", "--"+value.GetFlag().Name, "Value", Plain(value.GetValue()))
	case errors.As(err, &needs):
		return p.Words.Say(i18n.ErrFlagNeedsValue, "Flag", "--"+needs.GetFlag().Name)
	}
	return p.Words.Say(i18n.ErrSetting, "Reason", Plain(err.Error()))
}

// NoSuchCommand refuses an unknown command.
func (p *Program) NoSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return p.unknownCommand(cmd, args[0])
}

// unknownCommand says that a command has no such subcommand, and which was probably meant.
func (p *Program) unknownCommand(of *cobra.Command, name string) error {
	say := p.Words.Say(i18n.ErrUnknownCommand, "Command", Plain(of.CommandPath()+" "+name))
	var known []string
	for _, sub := range of.Commands() {
		if sub.IsAvailableCommand() {
			known = append(known, sub.Name())
		}
	}
	if meant := Meant(name, known); meant != "" {
		say += p.between() + p.Words.Say(i18n.ErrMeant, "Meant", of.CommandPath()+" "+meant)
	}
	return Usage(say)
}

// flagsOf returns the names of a command's flags.
func flagsOf(cmd *cobra.Command) (all []string) {
	add := func(f *pflag.Flag) {
		if !f.Hidden {
			all = append(all, f.Name)
		}
	}
	cmd.Flags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	return all
}

// Exactly requires that many arguments.
func (p *Program) Exactly(n int) cobra.PositionalArgs { return p.Between(n, n) }

// AtLeast requires that many arguments, or more.
func (p *Program) AtLeast(n int) cobra.PositionalArgs { return p.Between(n, math.MaxInt) }

// AtMost requires that many arguments, or fewer.
func (p *Program) AtMost(n int) cobra.PositionalArgs { return p.Between(0, n) }

// Between requires a number of arguments.
func (p *Program) Between(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return Usage(p.Words.Say(i18n.ErrArguments, "Command", cmd.CommandPath()))
		}
		return nil
	}
}

// OneOf requires one of these words.
func (p *Program) OneOf(value string, choices ...string) error {
	for _, c := range choices {
		if value == c {
			return nil
		}
	}
	say := p.Words.Say(i18n.ErrChoice, "Value", Plain(value), "Choices", strings.Join(choices, ", "))
	if meant := Meant(value, choices); meant != "" {
		say += p.between() + p.Words.Say(i18n.ErrMeant, "Meant", meant)
	}
	return Usage(say)
}

// Values of a switch.
const (
	SwitchOn  = "on"
	SwitchOff = "off"
)

// maxLimit is the longest list that a hub returns at once.
const maxLimit = 1000

// CheckLimit refuses a --limit that no hub accepts.
func (p *Program) CheckLimit(n int) error {
	if n < 1 || n > maxLimit {
		return Usage(p.Words.Say(i18n.ErrFlagValue, "Flag", "--limit", "Value", n))
	}
	return nil
}
