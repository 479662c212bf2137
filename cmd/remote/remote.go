// Package remote opens the hub that a command uses, with its token.
package remote

import (
	"errors"

	"parley/client"
	"parley/cmd/cli"
	"parley/i18n"
)

// Open returns a client of the hub that is set, or that the user is signed in to.
func Open(p *cli.Program) (*client.Client, error) {
	a, err := FindAccess(p)
	if err != nil {
		return nil, err
	}
	return OpenWith(p, a)
}

// OpenWith returns a client with that access.
func OpenWith(p *cli.Program, a Access) (*client.Client, error) {
	if a.Hub == "" {
		return nil, cli.Failed(p.Words.Say(i18n.ErrHubNotSet))
	}
	token, err := tokenOf(p, a)
	if err != nil {
		return nil, err
	}
	if token == "" {
		return nil, cli.Failed(p.Words.Say(i18n.ErrTokenMissing))
	}
	c, err := NewClient(p, a.Hub, token)
	if errors.Is(err, client.ErrAddress) {
		return nil, cli.Failed(p.Words.Say(i18n.ErrHubAnswer, "URL", cli.Plain(a.Hub)))
	}
	return c, err
}

// NewClient returns a client of a hub; an invalid address is [client.ErrAddress].
func NewClient(p *cli.Program, hub, token string) (*client.Client, error) {
	c, err := client.New(hub, token)
	if errors.Is(err, client.ErrUnprotected) {
		return nil, cli.Failed(p.Words.Say(i18n.ErrHubPlain, "URL", cli.Plain(hub)))
	}
	p.SpeaksTo = hub
	return c, err
}
