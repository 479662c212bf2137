package screen

import (
	"errors"

	"parley/cmd/settings"
	"parley/i18n"
	"parley/ui/colours"
	"parley/ui/theme"
)

// remember keeps a setting that the user changed on the screen. It returns a sentence that says
// why it is not kept; "" if it is.
func (p *screen) remember(name string, value any) string {
	err := settings.Choose(p.Program, name, value)
	switch {
	case errors.Is(err, settings.ErrOverridden):
		return p.Words.Say(i18n.KeptOverridden)
	case err != nil:
		return p.Words.Say(i18n.KeptFailed)
	}
	return ""
}

// colours returns the choice of themes.
func (p *screen) colours(s settings.Settings) (colours.Options, error) {
	in, err := settings.ThemeOf(p.Program, s.Theme)
	return colours.Options{
		Scheme: in, Themes: func() []string { return settings.Themes(p.Program) },
		Load: func(name string) (theme.Scheme, error) { return settings.ThemeOf(p.Program, name) },
	}, err
}
