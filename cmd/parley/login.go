package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/i18n"
	"parley/model"
)

// loginCommands are those about who is signed in, where, and by which token.
type loginCommands struct{ *program }

func (p *loginCommands) loginCommand() *cobra.Command {
	return &cobra.Command{
		Use: "login URL", Short: p.words.Say(i18n.LoginShort), Long: p.words.Say(i18n.LoginLong), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := newClient(p.program, args[0], "")
			if errors.Is(err, client.ErrAddress) {
				return usage(p.words.Say(i18n.ErrHubURL, "URL", plain(args[0])))
			}
			if err != nil {
				return err
			}
			defer c.Close()
			in := p.signIn(cmd.Context(), c)
			if in.err != nil {
				return in.err
			}
			kept, err := p.logins.Keep(c.URL(), in.user, in.token)
			if err != nil {
				p.revoke(cmd.Context(), c.URL(), in.token) // nobody would use it
				return failed(p.words.Say(i18n.ErrLoginKeep, "Reason", plain(pathReason(err))))
			}
			return p.print(p.signedIn(kept), func() { p.loggedIn(kept) })
		},
	}
}

// loginFailure words why a code let nobody in.
func (p *loginCommands) loginFailure(err error) error {
	var problem *client.Problem
	if errors.As(err, &problem) && (problem.Status == http.StatusUnauthorized || problem.Status == http.StatusUnprocessableEntity) {
		return &failure{exit: exitFailed, code: problem.Code, say: p.words.Say(i18n.ErrLoginCode)}
	}
	return err
}

// signedIn is who is signed in where, as JSON.
type signedIn struct {
	User  model.User `json:"user"`
	Hub   string     `json:"hub"`
	Token tokenPlace `json:"token"`
}

// tokenPlace is where a token is.
type tokenPlace struct {
	// Kept is keyring, file, variable or config.toml.
	Kept string `json:"kept"`
	// Name is that of the file or the variable.
	Name string `json:"name,omitempty"`
}

func (p *loginCommands) signedIn(k client.KeptLogin) signedIn {
	return signedIn{User: k.User, Hub: k.Hub, Token: p.loginPlace(k)}
}

func (p *loginCommands) loginPlace(k client.KeptLogin) tokenPlace {
	if k.In == client.InFile {
		return tokenPlace{Kept: string(k.In), Name: p.logins.File()}
	}
	return tokenPlace{Kept: string(k.In)}
}

func (p *loginCommands) loggedIn(k client.KeptLogin) {
	p.say(i18n.LoginDone, "Name", plain(k.User.Name), "URL", plain(k.Hub))
	p.tokenPlace(p.loginPlace(k))
	p.overridden()
}

// tokenPlace says where the token is.
func (p *loginCommands) tokenPlace(t tokenPlace) {
	switch t.Kept {
	case string(client.InKeyring):
		p.say(i18n.KeptInKeyring)
	case string(client.InFile):
		p.say(i18n.KeptInFile, "File", plain(t.Name))
	default:
		p.say(i18n.KeptInVariable, "Name", plain(t.Name))
	}
}

// overridden says which variables are used instead of what login kept.
func (p *loginCommands) overridden() {
	var names []string
	for _, name := range []string{"PARLEY_HUB", "PARLEY_TOKEN"} {
		if p.getenv(name) != "" {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		p.say(i18n.LoginOverridden, "Names", strings.Join(names, ", "))
	}
}

// revokePatience is how long giving a token up may take.
const revokePatience = 10 * time.Second

// revoke gives a token up, and tells whether the hub no longer takes it.
func (p *loginCommands) revoke(ctx context.Context, hub, token string) bool {
	c, err := newClient(p.program, hub, token)
	if err != nil {
		return false
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(ctx, revokePatience)
	defer cancel()
	err = c.Logout(ctx)
	var problem *client.Problem
	return err == nil || errors.As(err, &problem) && problem.Status == http.StatusUnauthorized
}
