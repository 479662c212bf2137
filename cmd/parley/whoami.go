package main

import (
	"github.com/spf13/cobra"

	"parley/i18n"
)

func (p *loginCommands) whoamiCommand() *cobra.Command {
	return &cobra.Command{
		Use: "whoami", Short: p.words.Say(i18n.WhoamiShort), Args: p.exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := findAccess(p.program)
			if err != nil {
				return err
			}
			c, err := openWith(p.program, a)
			if err != nil {
				return err
			}
			defer c.Close()
			user, err := c.Me(cmd.Context())
			if err != nil {
				return err
			}
			in := signedIn{User: user, Hub: c.URL(), Token: p.placeOf(a)}
			return p.print(in, func() { p.whoami(in) })
		},
	}
}

// placeOf is where the token of an access is.
func (p *loginCommands) placeOf(a access) tokenPlace {
	if a.login.Hub != "" {
		return p.loginPlace(a.login)
	}
	return tokenPlace{Kept: string(a.tokenFrom.from), Name: a.tokenFrom.name}
}

func (p *loginCommands) whoami(in signedIn) {
	name := plain(in.User.Name).String()
	if in.User.Email != "" {
		name += " <" + plain(in.User.Email).String() + ">"
	}
	p.say(i18n.WhoamiIs, "Name", name, "URL", plain(in.Hub))
	switch {
	case in.User.AdminFrom == "" && in.User.Admin:
		p.say(i18n.WhoamiAdmin)
	case in.User.AdminFrom != "" && in.User.Admin:
		p.say(i18n.WhoamiAdminFrom)
	case in.User.AdminFrom != "":
		p.say(i18n.WhoamiNoAdmin)
	}
	if in.User.Away {
		p.say(i18n.UserAvailableOff)
	}
	p.tokenPlace(in.Token)
}
