package main

import (
	"errors"
	"maps"

	"parley/client"
	"parley/i18n"
)

// access is which hub commands speak to, by which token, and where each comes from.
type access struct {
	hub                string
	set                string // the token that is set, over that of the login
	hubFrom, tokenFrom origin
	// login is the one whose token is used; it has no hub where another token is, or
	// none.
	login client.KeptLogin
}

// access finds the hub and the token: those that are set, else those of the login. A
// login's token is used for the login's own hub alone.
func (p *program) access() (access, error) {
	l, s, err := p.layered(nil, "")
	if err != nil {
		return access{}, err
	}
	return p.accessBy(l, s)
}

// layered reads the settings, and where each comes from, of a command that speaks to a
// hub.
func (p *program) layered(flags map[string]any, configFile string) (layers, settings, error) {
	given := map[string]any{}
	maps.Copy(given, flags)
	if p.hub != "" {
		given["hub"] = p.hub
	}
	if p.seat != nil {
		given["hub"], given["token"] = p.seat.Hub, p.seat.Token
	}
	l, err := p.layers(given, configFile)
	if err != nil {
		return layers{}, settings{}, err
	}
	s, err := p.decode(l)
	return l, s, err
}

func (p *program) accessBy(l layers, s settings) (access, error) {
	a := access{hub: s.Hub, set: s.Token, hubFrom: l.origin("hub"), tokenFrom: l.origin("token")}
	if a.hub != "" && a.set != "" {
		return a, nil
	}
	kept, err := p.logins.Find()
	if errors.Is(err, client.ErrNoLogin) {
		return a, nil
	}
	if err != nil {
		return access{}, p.loginUnreadable(err)
	}
	if a.hub == "" {
		a.hub, a.hubFrom = kept.Hub, origin{from: fromLogin}
	}
	if a.set == "" && kept.Opens(a.hub) {
		a.login, a.tokenFrom = kept, origin{from: fromLogin}
	}
	return a, nil
}

// token returns the token of an access, "" where there is none.
func (p *program) token(a access) (string, error) {
	if a.login.Hub == "" {
		return a.set, nil
	}
	token, err := p.logins.Token(a.login)
	if err != nil {
		return "", failed(p.words.Say(i18n.ErrKeyring, "URL", plain(a.hub), "Reason", plain(keyringReason(err))))
	}
	return token, nil
}

// keyringReason is what the keyring said.
func keyringReason(err error) string {
	var k *client.KeyringError
	if errors.As(err, &k) {
		return k.Cause.Error()
	}
	return err.Error()
}

func (p *program) loginUnreadable(err error) error {
	return failed(p.words.Say(i18n.ErrLoginRead, "File", plain(p.logins.File()), "Reason", plain(pathReason(err))))
}
