package user

import (
	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/hub/accounts"
	"parley/i18n"
	"parley/model"
)

func (p *commands) userListCommand() *cobra.Command {
	var f storeFlags
	return p.onStore(&cobra.Command{
		Use: "list", Short: p.Words.Say(i18n.UserListShort), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			st, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			users, err := accounts.ListUsers(cmd.Context(), st)
			if err != nil {
				return err
			}
			if users == nil {
				users = []model.User{}
			}
			return p.Print(struct {
				Users []model.User `json:"users"`
			}{users}, func() { p.userList(users) })
		},
	}, &f)
}

func (p *commands) userList(users []model.User) {
	if len(users) == 0 {
		p.Say(i18n.UsersNone)
		return
	}
	var t cli.Table
	for _, u := range users {
		role := ""
		if u.Admin {
			role = p.Words.Say(i18n.UserIsAdmin)
		}
		away := ""
		if u.Away {
			away = p.Words.Say(i18n.UserIsAway)
		}
		t.Row(cli.Plain(u.Name).String(), cli.Plain(u.Email).String(), role, away, cli.Plain(string(u.ID)).String())
	}
	p.Table(t)
}
