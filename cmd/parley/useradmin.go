package main

import (
	"github.com/spf13/cobra"

	"parley/hub"
	"parley/i18n"
	"parley/model"
)

func (p *userCommands) userAdminCommand() *cobra.Command {
	var f storeFlags
	return p.onStore(&cobra.Command{
		Use: "admin NAME|ID on|off", Short: p.words.Say(i18n.UserAdminShort), Args: p.exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.oneOf(args[1], switchOn, switchOff); err != nil {
				return err
			}
			st, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			u, err := hub.SetAdmin(cmd.Context(), st, args[0], args[1] == switchOn, p.now())
			if err != nil {
				return p.userFailure(args[0], err)
			}
			said := i18n.UserAdminOff
			if u.Admin {
				said = i18n.UserAdminOn
			}
			return p.print(struct {
				User model.User `json:"user"`
			}{u}, func() { p.say(said, "Name", plain(u.Name)) })
		},
	}, &f)
}
