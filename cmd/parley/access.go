package main

import (
	"errors"
	"io/fs"
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

// findAccess finds the hub and the token: those that are set, else those of the login. A
// login's token is used for the login's own hub alone.
func findAccess(p *program) (access, error) {
	l, s, err := layered(p, nil, "")
	if err != nil {
		return access{}, err
	}
	return accessBy(p, l, s)
}

// layered reads the settings, and where each comes from, of a command that speaks to a
// hub.
func layered(p *program, flags map[string]any, configFile string) (layers, settings, error) {
	given := map[string]any{}
	maps.Copy(given, flags)
	if p.hub != "" {
		given["hub"] = p.hub
	}
	if p.seat != nil {
		given["hub"], given["token"] = p.seat.Hub, p.seat.Token
	}
	l, err := readLayers(p, given, configFile)
	if err != nil {
		return layers{}, settings{}, err
	}
	s, err := decode(p, l)
	return l, s, err
}

func accessBy(p *program, l layers, s settings) (access, error) {
	a := access{hub: s.Hub, set: s.Token, hubFrom: l.origin("hub"), tokenFrom: l.origin("token")}
	if a.hub != "" && a.set != "" {
		return a, nil
	}
	kept, err := p.logins.Find()
	if errors.Is(err, client.ErrNoLogin) {
		return a, nil
	}
	if err != nil {
		return access{}, loginUnreadable(p, err)
	}
	if a.hub == "" {
		a.hub, a.hubFrom = kept.Hub, origin{from: fromLogin}
	}
	if a.set == "" && kept.Opens(a.hub) {
		a.login, a.tokenFrom = kept, origin{from: fromLogin}
	}
	return a, nil
}

// tokenOf returns the token of an access, "" where there is none.
func tokenOf(p *program, a access) (string, error) {
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

func loginUnreadable(p *program, err error) error {
	return failed(p.words.Say(i18n.ErrLoginRead, "File", plain(p.logins.File()), "Reason", plain(pathReason(err))))
}

// pathReason is what was wrong with a file, without its path, which is long.
func pathReason(err error) string {
	var perr *fs.PathError
	if errors.As(err, &perr) {
		err = perr.Err
	}
	return err.Error()
}
