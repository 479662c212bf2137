// Package theme has the commands about the screen's colours.
package theme

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/settings"
	"parley/i18n"
	"parley/ui/theme"
)

// commands are the commands of this package.
type commands struct{ *cli.Program }

// New returns the commands.
func New(p *cli.Program) []*cobra.Command {
	c := &commands{p}
	return []*cobra.Command{p.Group("theme", i18n.ThemeShort, c.listCommand(), c.showCommand(), c.checkCommand())}
}

// listed is a theme, as list prints it.
type listed struct {
	Name string `json:"name"`
	// BuiltIn: it is not a file of the user's.
	BuiltIn bool `json:"built_in"`
	// Used: the screen uses it.
	Used bool `json:"used"`
}

func (p *commands) listCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: p.Words.Say(i18n.ThemeListShort), Args: p.Exactly(0),
		RunE: func(*cobra.Command, []string) error {
			s, err := settings.Read(p.Program, nil, "")
			if err != nil {
				return err
			}
			var all []listed
			for _, name := range settings.Themes(p.Program) {
				_, ours := theme.Named(name)
				all = append(all, listed{name, ours, name == s.Theme})
			}
			return p.Print(struct {
				Themes []listed `json:"themes"`
			}{all}, func() { p.list(all) })
		},
	}
}

func (p *commands) list(all []listed) {
	var t cli.Table
	for _, l := range all {
		what, used := p.Words.Say(i18n.ThemeOwn), ""
		if l.BuiltIn {
			what = p.Words.Say(i18n.ThemeName(l.Name))
		}
		if l.Used {
			used = p.Words.Say(i18n.ThemeUsed)
		}
		t.Row(cli.Plain(l.Name).String(), what, used)
	}
	p.Table(t)
}

// complete completes the name of a theme.
func (p *commands) complete(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return settings.Themes(p.Program), cobra.ShellCompDirectiveDefault
}

func (p *commands) showCommand() *cobra.Command {
	var light bool
	cmd := &cobra.Command{
		Use: "show NAME", Short: p.Words.Say(i18n.ThemeShowShort), Args: p.Exactly(1), ValidArgsFunction: p.complete,
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := settings.ThemeOf(p.Program, args[0])
			if err != nil {
				return err
			}
			colours := map[string]string{"base": s.Base()}
			lines := []string{"# " + p.Words.Say(i18n.ThemeFileHint), fmt.Sprintf("base = %q", s.Base())}
			for _, c := range s.Colours(light) {
				colours[c.Token] = c.Value
				lines = append(lines, fmt.Sprintf("%-10s = %q", c.Token, c.Value))
			}
			return p.Print(colours, func() { p.Line(strings.Join(lines, "\n")) })
		},
	}
	cmd.Flags().BoolVar(&light, "light", false, p.Words.Say(i18n.FlagThemeLight))
	return cmd
}

// low is a contrast that is too low, as check prints it.
type low struct {
	Token  string  `json:"token"`
	Ground string  `json:"ground"`
	Ratio  float64 `json:"ratio"`
}

func (p *commands) checkCommand() *cobra.Command {
	var light bool
	cmd := &cobra.Command{
		Use: "check NAME", Short: p.Words.Say(i18n.ThemeCheckShort), Args: p.Exactly(1), ValidArgsFunction: p.complete,
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := settings.ThemeOf(p.Program, args[0])
			if err != nil {
				return err
			}
			found := []low{}
			for _, l := range s.LowContrast(light, theme.LeastContrast) {
				found = append(found, low{l.Token, l.Ground, float64(int(l.Ratio*10)) / 10})
			}
			return p.Print(struct {
				Low []low `json:"low_contrast"`
			}{found}, func() { p.checked(found) })
		},
	}
	cmd.Flags().BoolVar(&light, "light", false, p.Words.Say(i18n.FlagThemeLight))
	return cmd
}

func (p *commands) checked(found []low) {
	if len(found) == 0 {
		p.Say(i18n.ThemeFine)
		return
	}
	for _, l := range found {
		p.Say(i18n.ThemeLow, "Token", l.Token, "Ground", l.Ground, "Ratio", fmt.Sprintf("%.1f", l.Ratio))
	}
}
