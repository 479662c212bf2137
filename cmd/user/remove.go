package user

import (
	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/hub/accounts"
	"parley/i18n"
	"parley/model"
)

func (p *commands) userRemoveCommand() *cobra.Command {
	var f storeFlags
	return p.onStore(&cobra.Command{
		Use: "remove NAME|ID", Short: p.Words.Say(i18n.UserRemoveShort), Args: p.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			u, err := accounts.RemoveUser(cmd.Context(), st, args[0], p.Now())
			if err != nil {
				return p.userFailure(args[0], err)
			}
			return p.Print(struct {
				User model.User `json:"user"`
			}{u}, func() { p.Say(i18n.UserRemoved, "Name", cli.Plain(u.Name)) })
		},
	}, &f)
}
