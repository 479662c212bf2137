package main

import (
	"context"

	"parley/hub"
	"parley/i18n"
	"parley/model"
)

// The demo's guests: who connected its Page, and a colleague.
const (
	guestInstaller = "installer"
	guestRep       = "rep"
)

// The addresses by which the sandbox's Pipedrive knows who is in the demo: an admin of the
// company, and a colleague. Whoever is in it sees what these see.
const (
	demoInstaller = "installer@example.com"
	demoRep       = "rep@example.com"
)

func demoGuests() []string { return []string{guestInstaller, guestRep} }

// demoTeam is what the demo's user is called, and who sees its Page. Where others come in,
// the user has a name to them and the Page is shared.
func (p *demoCommands) demoTeam(o demoOptions) (name string, v model.Visibility) {
	if o.ssh == "" {
		return p.words.Say(i18n.DemoUser), model.Private
	}
	return p.words.Say(i18n.DemoInstaller), model.Shared
}

// demoTerminals lets the demo's guests in over SSH, from this machine.
func (p *demoCommands) demoTerminals(ctx context.Context, s settings, h *hubServer, installer model.User) error {
	rep, err := hub.AddUser(ctx, h.store, hub.NewUser{Name: p.words.Say(i18n.DemoRep), Email: demoRep}, p.now())
	if err != nil {
		return err
	}
	return (&hubCommands{p.program}).withTerminals(ctx, s, h, map[string]model.User{guestInstaller: installer, guestRep: rep.User})
}
