package user

import (
	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/hub/accounts"
	"parley/i18n"
	"parley/model"
)

func (p *commands) userAdminCommand() *cobra.Command {
	var f storeFlags
	return p.onStore(&cobra.Command{
		Use: "admin NAME|ID on|off", Short: p.Words.Say(i18n.UserAdminShort), Args: p.Exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.OneOf(args[1], cli.SwitchOn, cli.SwitchOff); err != nil {
				return err
			}
			st, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			u, err := accounts.SetAdmin(cmd.Context(), st, args[0], args[1] == cli.SwitchOn, p.Now())
			if err != nil {
				return p.userFailure(args[0], err)
			}
			said := i18n.UserAdminOff
			if u.Admin {
				said = i18n.UserAdminOn
			}
			return p.Print(struct {
				User model.User `json:"user"`
			}{u}, func() { p.Say(said, "Name", cli.Plain(u.Name)) })
		},
	}, &f)
}
