package screen

import (
	"errors"

	"parley/cmd/settings"
	"parley/i18n"
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
