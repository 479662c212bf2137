package main

import (
	"errors"

	"parley/client"
	"parley/i18n"
)

// remote returns a client of the hub that is set, or that the user signed in to.
func openRemote(p *program) (*client.Client, error) {
	a, err := findAccess(p)
	if err != nil {
		return nil, err
	}
	return openWith(p, a)
}

// open returns a client by that access.
func openWith(p *program, a access) (*client.Client, error) {
	if a.hub == "" {
		return nil, failed(p.words.Say(i18n.ErrHubNotSet))
	}
	token, err := tokenOf(p, a)
	if err != nil {
		return nil, err
	}
	if token == "" {
		return nil, failed(p.words.Say(i18n.ErrTokenMissing))
	}
	c, err := newClient(p, a.hub, token)
	if errors.Is(err, client.ErrAddress) {
		return nil, failed(p.words.Say(i18n.ErrHubAnswer, "URL", plain(a.hub)))
	}
	return c, err
}

// newClient returns a client of a hub; an address that is none is [client.ErrAddress].
func newClient(p *program, hub, token string) (*client.Client, error) {
	c, err := client.New(hub, token)
	if errors.Is(err, client.ErrUnprotected) {
		return nil, failed(p.words.Say(i18n.ErrHubPlain, "URL", plain(hub)))
	}
	p.speaksTo = hub
	return c, err
}
