package login

import (
	"errors"

	"github.com/spf13/cobra"

	"parley/client/cache"
	"parley/client/login"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
)

// loggedOut is the result of a logout.
type loggedOut struct {
	// Hub is empty if nobody was signed in.
	Hub string `json:"hub"`
	// Revoked: the hub no longer accepts the token.
	Revoked bool `json:"revoked"`
}

func (p *commands) logoutCommand() *cobra.Command {
	return &cobra.Command{
		Use: "logout", Short: p.Words.Say(i18n.LogoutShort), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			kept, err := p.Logins.Find()
			if errors.Is(err, login.ErrNoLogin) {
				return p.Print(loggedOut{}, func() {
					p.Say(i18n.LogoutNone)
					p.overridden()
				})
			}
			out := loggedOut{Hub: kept.Hub}
			if err == nil {
				_ = cache.Forget(p.CacheDir(), kept.Hub)
				_ = p.Downloads().Forget()
				if token, err := p.Logins.Token(kept); err == nil {
					out.Revoked = p.revoke(cmd.Context(), kept.Hub, token)
				}
			}
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			if err := p.Logins.Forget(); err != nil {
				return p.notForgotten(err)
			}
			return p.Print(out, func() { p.loggedOut(out) })
		},
	}
}

func (p *commands) notForgotten(err error) error {
	var k *login.KeyringError
	if errors.As(err, &k) {
		return cli.Failed(p.Words.Say(i18n.ErrKeyringForget, "Reason", cli.Plain(remote.KeyringReason(err))))
	}
	return remote.LoginUnreadable(p.Program, err)
}

func (p *commands) loggedOut(out loggedOut) {
	where := out.Hub
	if where == "" {
		where = p.Logins.File() // which could not be read
	}
	p.Say(i18n.LogoutDone, "URL", cli.Plain(where))
	if !out.Revoked {
		p.Say(i18n.LogoutNotRevoked)
	}
	p.overridden()
}
