package screen

import (
	"log/slog"

	"parley/client/hooks"
	"parley/cmd/settings"
	"parley/model/notify"
	"parley/ui/alert"
	"parley/ui/snippets"
)

// hooksOf returns what runs the user's hooks. A session over SSH runs none, whatever its
// settings: its machine is the hub's.
func (p *screen) hooksOf(s settings.Settings) *hooks.Runner {
	var list []hooks.Hook
	for _, h := range s.Hooks {
		if p.Seat == nil {
			list = append(list, hooks.Hook{Event: notify.Kind(h.Event), Command: h.Command, Content: h.Content})
		}
	}
	return hooks.New(list, slog.New(slog.DiscardHandler)) // a log would be written over the screen
}

// alerts returns what notifies the user, and who else is told.
func (p *screen) alerts(hub alert.Hub, s settings.Settings, r *hooks.Runner) alert.Options {
	return alert.Options{Hub: hub, Method: notify.Method(s.Notify), Env: p.Env, Told: r.Told}
}

// macros returns the macros that the user set.
func macros(s settings.Settings) []snippets.Configured {
	var out []snippets.Configured
	for _, m := range s.Macros {
		if x, err := m.Of(); err == nil { // they were checked when they were read
			out = append(out, snippets.Configured{Snippet: x, Uses: m.Snippet})
		}
	}
	return out
}
