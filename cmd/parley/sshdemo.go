package main

import (
	"context"

	"parley/hub"
	"parley/model"
	"parley/words"
)

// The demo's guests: who connected its Page, and a colleague.
const (
	guestInstaller = "installer"
	guestRep       = "rep"
)

func demoGuests() []string { return []string{guestInstaller, guestRep} }

// demoTerminals lets the demo's guests in over SSH, from this machine.
func (p *program) demoTerminals(ctx context.Context, s settings, h *hubServer, installer model.User) error {
	rep, err := hub.AddUser(ctx, h.store, hub.NewUser{Name: p.words.Say(words.DemoRep)}, p.now())
	if err != nil {
		return err
	}
	return p.withTerminals(ctx, s, h, map[string]model.User{guestInstaller: installer, guestRep: rep.User})
}
