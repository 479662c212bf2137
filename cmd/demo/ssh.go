package demo

import (
	"context"

	"parley/cmd/server"
	"parley/cmd/settings"
	"parley/i18n"
	"parley/model"
)

// The demo's guests: the installer of its Page, and a colleague.
const (
	GuestInstaller = "installer"
	GuestRep       = "rep"
)

// The demo's people in the sandbox's Pipedrive: an admin of the company, and a colleague.
// Guests see what these see.
const (
	demoInstaller = "installer@example.com"
	demoRep       = "rep@example.com"
)

// Guests returns the names by which the demo admits guests over SSH.
func Guests() []string { return []string{GuestInstaller, GuestRep} }

// demoTeam returns the name of the demo's user, and who sees its Page. If others come in, the
// user has a name and the Page is shared.
func (p *commands) demoTeam(o demoOptions) (name string, v model.Visibility) {
	switch {
	case o.ssh != "":
		return p.Words.Say(i18n.DemoInstaller), model.Shared
	case o.Story != "":
		return p.Words.Say(i18n.DemoUser), model.Shared
	}
	return p.Words.Say(i18n.DemoUser), model.Private
}

// colleague returns the name of the user's colleague.
func (p *commands) colleague(o demoOptions) string {
	if o.ssh != "" {
		return p.Words.Say(i18n.DemoRep)
	}
	return p.Words.Say(i18n.StoryColleague)
}

// demoTerminals admits the demo's guests over SSH, from this machine.
func (p *commands) demoTerminals(ctx context.Context, s settings.Settings, h *server.Server, installer, rep model.User) error {
	return server.WithTerminals(ctx, p.Program, s, h, map[string]model.User{GuestInstaller: installer, GuestRep: rep})
}
