package main

import (
	"errors"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/i18n"
)

// loggedOut is what became of a login.
type loggedOut struct {
	// Hub is empty where nobody was signed in.
	Hub string `json:"hub"`
	// Revoked: the hub no longer takes the token.
	Revoked bool `json:"revoked"`
}

func (p *loginCommands) logoutCommand() *cobra.Command {
	return &cobra.Command{
		Use: "logout", Short: p.words.Say(i18n.LogoutShort), Args: p.exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			kept, err := p.logins.Find()
			if errors.Is(err, client.ErrNoLogin) {
				return p.print(loggedOut{}, func() {
					p.say(i18n.LogoutNone)
					p.overridden()
				})
			}
			out := loggedOut{Hub: kept.Hub}
			if err == nil {
				if token, err := p.logins.Token(kept); err == nil {
					out.Revoked = p.revoke(cmd.Context(), kept.Hub, token)
				}
			}
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			if err := p.logins.Forget(); err != nil {
				return p.notForgotten(err)
			}
			return p.print(out, func() { p.loggedOut(out) })
		},
	}
}

func (p *loginCommands) notForgotten(err error) error {
	var k *client.KeyringError
	if errors.As(err, &k) {
		return failed(p.words.Say(i18n.ErrKeyringForget, "Reason", plain(keyringReason(err))))
	}
	return loginUnreadable(p.program, err)
}

func (p *loginCommands) loggedOut(out loggedOut) {
	where := out.Hub
	if where == "" {
		where = p.logins.File() // which was broken
	}
	p.say(i18n.LogoutDone, "URL", plain(where))
	if !out.Revoked {
		p.say(i18n.LogoutNotRevoked)
	}
	p.overridden()
}
