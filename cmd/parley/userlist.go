package main

import (
	"github.com/spf13/cobra"

	"parley/hub"
	"parley/i18n"
	"parley/model"
)

func (p *userCommands) userListCommand() *cobra.Command {
	var f storeFlags
	return p.onStore(&cobra.Command{
		Use: "list", Short: p.words.Say(i18n.UserListShort), Args: p.exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			st, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			users, err := hub.ListUsers(cmd.Context(), st)
			if err != nil {
				return err
			}
			if users == nil {
				users = []model.User{}
			}
			return p.print(struct {
				Users []model.User `json:"users"`
			}{users}, func() { p.userList(users) })
		},
	}, &f)
}

func (p *userCommands) userList(users []model.User) {
	if len(users) == 0 {
		p.say(i18n.UsersNone)
		return
	}
	var t table
	for _, u := range users {
		role := ""
		if u.Admin {
			role = p.words.Say(i18n.UserIsAdmin)
		}
		away := ""
		if u.Away {
			away = p.words.Say(i18n.UserIsAway)
		}
		t.row(plain(u.Name).String(), plain(u.Email).String(), role, away, plain(string(u.ID)).String())
	}
	p.table(t)
}
