package main

import (
	"errors"

	"parley/client"
	"parley/words"
)

// remote returns a client of the hub that is set.
func (p *program) remote() (*client.Client, error) {
	flags := map[string]any{}
	if p.hub != "" {
		flags["hub"] = p.hub
	}
	s, err := p.settings(flags, "")
	if err != nil {
		return nil, err
	}
	if s.Hub == "" {
		return nil, failed(p.words.Say(words.ErrHubNotSet))
	}
	if s.Token == "" {
		return nil, failed(p.words.Say(words.ErrTokenMissing))
	}
	c, err := client.New(s.Hub, s.Token)
	switch {
	case errors.Is(err, client.ErrUnprotected):
		return nil, failed(p.words.Say(words.ErrHubPlain, "URL", plain(s.Hub)))
	case errors.Is(err, client.ErrAddress):
		return nil, failed(p.words.Say(words.ErrHubAnswer, "URL", plain(s.Hub)))
	}
	return c, err
}
