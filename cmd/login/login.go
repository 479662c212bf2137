// Package login has the commands about who is signed in, where, and by which token.
package login

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/client/login"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
)

// commands are the commands about logins and tokens.
type commands struct{ *cli.Program }

// New returns the commands about logins and tokens.
func New(p *cli.Program) []*cobra.Command {
	c := &commands{p}
	return []*cobra.Command{c.loginCommand(), c.logoutCommand(), p.ToHub(c.whoamiCommand()), p.ToHub(c.tokenCommand())}
}

func (p *commands) loginCommand() *cobra.Command {
	return &cobra.Command{
		Use: "login URL", Short: p.Words.Say(i18n.LoginShort), Long: p.Words.Say(i18n.LoginLong), Args: p.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := remote.NewClient(p.Program, args[0], "")
			if errors.Is(err, client.ErrAddress) {
				return cli.Usage(p.Words.Say(i18n.ErrHubURL, "URL", cli.Plain(args[0])))
			}
			if err != nil {
				return err
			}
			defer c.Close()
			in := p.signIn(cmd.Context(), c)
			if in.err != nil {
				return in.err
			}
			kept, err := p.Logins.Keep(c.URL(), in.user, in.token)
			if err != nil {
				p.revoke(cmd.Context(), c.URL(), in.token) // nobody would use it
				return cli.Failed(p.Words.Say(i18n.ErrLoginKeep, "Reason", cli.Plain(cli.PathReason(err))))
			}
			return p.Print(p.signedIn(kept), func() { p.loggedIn(kept) })
		},
	}
}

// loginFailure words why a code was rejected.
func (p *commands) loginFailure(err error) error {
	var problem *client.Problem
	if errors.As(err, &problem) && (problem.Status == http.StatusUnauthorized || problem.Status == http.StatusUnprocessableEntity) {
		return &cli.Failure{Exit: cli.ExitFailed, Code: problem.Code, Say: p.Words.Say(i18n.ErrLoginCode)}
	}
	return err
}

// signedIn is the JSON of who is signed in where.
type signedIn struct {
	User  model.User `json:"user"`
	Hub   string     `json:"hub"`
	Token tokenPlace `json:"token"`
}

// tokenPlace is where a token is stored.
type tokenPlace struct {
	// Kept is keyring, file, variable or config.toml.
	Kept string `json:"kept"`
	// Name is the name of the file or the variable.
	Name string `json:"name,omitempty"`
}

func (p *commands) signedIn(k login.KeptLogin) signedIn {
	return signedIn{User: k.User, Hub: k.Hub, Token: p.loginPlace(k)}
}

func (p *commands) loginPlace(k login.KeptLogin) tokenPlace {
	if k.In == login.InFile {
		return tokenPlace{Kept: string(k.In), Name: p.Logins.File()}
	}
	return tokenPlace{Kept: string(k.In)}
}

func (p *commands) loggedIn(k login.KeptLogin) {
	p.Say(i18n.LoginDone, "Name", cli.Plain(k.User.Name), "URL", cli.Plain(k.Hub))
	p.tokenPlace(p.loginPlace(k))
	p.overridden()
}

// tokenPlace says where the token is stored.
func (p *commands) tokenPlace(t tokenPlace) {
	switch t.Kept {
	case string(login.InKeyring):
		p.Say(i18n.KeptInKeyring)
	case string(login.InFile):
		p.Say(i18n.KeptInFile, "File", cli.Plain(t.Name))
	default:
		p.Say(i18n.KeptInVariable, "Name", cli.Plain(t.Name))
	}
}

// overridden says which variables take precedence over the login.
func (p *commands) overridden() {
	var names []string
	for _, name := range []string{"PARLEY_HUB", "PARLEY_TOKEN"} {
		if p.Getenv(name) != "" {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		p.Say(i18n.LoginOverridden, "Names", strings.Join(names, ", "))
	}
}

// revokeTimeout is how long revoking a token may take.
const revokeTimeout = 10 * time.Second

// revoke revokes a token, and reports whether the hub no longer accepts it.
func (p *commands) revoke(ctx context.Context, hub, token string) bool {
	c, err := remote.NewClient(p.Program, hub, token)
	if err != nil {
		return false
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(ctx, revokeTimeout)
	defer cancel()
	err = c.Logout(ctx)
	var problem *client.Problem
	return err == nil || errors.As(err, &problem) && problem.Status == http.StatusUnauthorized
}
