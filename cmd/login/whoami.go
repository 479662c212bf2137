package login

import (
	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
)

func (p *commands) whoamiCommand() *cobra.Command {
	return &cobra.Command{
		Use: "whoami", Short: p.Words.Say(i18n.WhoamiShort), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := remote.FindAccess(p.Program)
			if err != nil {
				return err
			}
			c, err := remote.OpenWith(p.Program, a)
			if err != nil {
				return err
			}
			defer c.Close()
			user, err := c.Me(cmd.Context())
			if err != nil {
				return err
			}
			in := signedIn{User: user, Hub: c.URL(), Token: p.placeOf(a)}
			return p.Print(in, func() { p.whoami(in) })
		},
	}
}

// placeOf returns where the token of an access is stored.
func (p *commands) placeOf(a remote.Access) tokenPlace {
	if a.Login.Hub != "" {
		return p.loginPlace(a.Login)
	}
	return tokenPlace{Kept: string(a.TokenFrom.From), Name: a.TokenFrom.Name}
}

func (p *commands) whoami(in signedIn) {
	name := cli.Plain(in.User.Name).String()
	if in.User.Email != "" {
		name += " <" + cli.Plain(in.User.Email).String() + ">"
	}
	p.Say(i18n.WhoamiIs, "Name", name, "URL", cli.Plain(in.Hub))
	switch {
	case in.User.AdminFrom == "" && in.User.Admin:
		p.Say(i18n.WhoamiAdmin)
	case in.User.AdminFrom != "" && in.User.Admin:
		p.Say(i18n.WhoamiAdminFrom)
	case in.User.AdminFrom != "":
		p.Say(i18n.WhoamiNoAdminFrom)
	}
	if in.User.Away {
		p.Say(i18n.UserAvailableOff)
	}
	p.tokenPlace(in.Token)
}
