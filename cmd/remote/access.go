package remote

import (
	"errors"
	"maps"

	"parley/client/login"
	"parley/cmd/cli"
	"parley/cmd/settings"
	"parley/i18n"
)

// Access is the hub that commands use, the token, and where each was set.
type Access struct {
	Hub                string
	set                string // the token that is set, which takes precedence over the login's
	HubFrom, TokenFrom settings.Origin
	// Login is the login whose token is used; it has no hub if another token is used, or none.
	Login login.KeptLogin
}

// FindAccess finds the hub and the token: those that are set, else those of the login. A
// login's token is used only for its own hub.
func FindAccess(p *cli.Program) (Access, error) {
	l, s, err := Layered(p, nil, "")
	if err != nil {
		return Access{}, err
	}
	return AccessBy(p, l, s)
}

// Layered reads the settings of a command that uses a hub, and where each was set.
func Layered(p *cli.Program, flags map[string]any, configFile string) (settings.Layers, settings.Settings, error) {
	given := map[string]any{}
	maps.Copy(given, flags)
	if p.Hub != "" {
		given["hub"] = p.Hub
	}
	if p.Seat != nil {
		given["hub"], given["token"] = p.Seat.Hub, p.Seat.Token
	}
	l, err := settings.ReadLayers(p, given, configFile)
	if err != nil {
		return settings.Layers{}, settings.Settings{}, err
	}
	s, err := settings.Decode(p, l)
	return l, s, err
}

// AccessBy finds the hub and the token in settings that were read already.
func AccessBy(p *cli.Program, l settings.Layers, s settings.Settings) (Access, error) {
	a := Access{Hub: s.Hub, set: s.Token, HubFrom: l.Origin("hub"), TokenFrom: l.Origin("token")}
	if a.Hub != "" && a.set != "" {
		return a, nil
	}
	kept, err := p.Logins.Find()
	if errors.Is(err, login.ErrNoLogin) {
		return a, nil
	}
	if err != nil {
		return Access{}, LoginUnreadable(p, err)
	}
	if a.Hub == "" {
		a.Hub, a.HubFrom = kept.Hub, settings.Origin{From: settings.FromLogin}
	}
	if a.set == "" && kept.Opens(a.Hub) {
		a.Login, a.TokenFrom = kept, settings.Origin{From: settings.FromLogin}
	}
	return a, nil
}

// tokenOf returns the token of an access, "" if there is none.
func tokenOf(p *cli.Program, a Access) (string, error) {
	if a.Login.Hub == "" {
		return a.set, nil
	}
	token, err := p.Logins.Token(a.Login)
	if err != nil {
		return "", cli.Failed(p.Words.Say(i18n.ErrKeyring, "URL", cli.Plain(a.Hub), "Reason", cli.Plain(KeyringReason(err))))
	}
	return token, nil
}

// KeyringReason returns the keyring's own error text.
func KeyringReason(err error) string {
	var k *login.KeyringError
	if errors.As(err, &k) {
		return k.Cause.Error()
	}
	return err.Error()
}

// LoginUnreadable says that the stored login can't be read.
func LoginUnreadable(p *cli.Program, err error) error {
	return cli.Failed(p.Words.Say(i18n.ErrLoginRead, "File", cli.Plain(p.Logins.File()), "Reason", cli.Plain(cli.PathReason(err))))
}
