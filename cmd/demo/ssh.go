package demo

import (
	"context"

	"parley/cmd/server"
	"parley/cmd/settings"
	"parley/hub/accounts"
	"parley/i18n"
	"parley/model"
)

// The demo's guests: who connected its Page, and a colleague.
const (
	GuestInstaller = "installer"
	GuestRep       = "rep"
)

// The addresses by which the sandbox's Pipedrive knows who is in the demo: an admin of the
// company, and a colleague. Whoever is in it sees what these see.
const (
	demoInstaller = "installer@example.com"
	demoRep       = "rep@example.com"
)

// Guests are the names by which the demo lets one in over SSH.
func Guests() []string { return []string{GuestInstaller, GuestRep} }

// demoTeam is what the demo's user is called, and who sees its Page. Where others come in,
// the user has a name to them and the Page is shared.
func (p *commands) demoTeam(o demoOptions) (name string, v model.Visibility) {
	if o.ssh == "" {
		return p.Words.Say(i18n.DemoUser), model.Private
	}
	return p.Words.Say(i18n.DemoInstaller), model.Shared
}

// demoTerminals lets the demo's guests in over SSH, from this machine.
func (p *commands) demoTerminals(ctx context.Context, s settings.Settings, h *server.Server, installer model.User) error {
	rep, err := accounts.AddUser(ctx, h.Store, accounts.NewUser{Name: p.Words.Say(i18n.DemoRep), Email: demoRep}, p.Now())
	if err != nil {
		return err
	}
	return server.WithTerminals(ctx, p.Program, s, h, map[string]model.User{GuestInstaller: installer, GuestRep: rep.User})
}
