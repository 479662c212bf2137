package main

import (
	"github.com/spf13/cobra"

	"parley/hub"
	"parley/i18n"
	"parley/model"
)

func (p *userCommands) userRemoveCommand() *cobra.Command {
	var f storeFlags
	return p.onStore(&cobra.Command{
		Use: "remove NAME|ID", Short: p.words.Say(i18n.UserRemoveShort), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			u, err := hub.RemoveUser(cmd.Context(), st, args[0], p.now())
			if err != nil {
				return p.userFailure(args[0], err)
			}
			return p.print(struct {
				User model.User `json:"user"`
			}{u}, func() { p.say(i18n.UserRemoved, "Name", plain(u.Name)) })
		},
	}, &f)
}
