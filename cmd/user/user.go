// Package user has the commands about users.
package user

import (
	"strings"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/hubstore"
	"parley/cmd/settings"
	"parley/hub/accounts"
	"parley/hub/store/sqlite"
	"parley/i18n"
)

// commands are the commands about users; all but one open a hub's store.
type commands struct{ *cli.Program }

// New returns the commands about users.
func New(p *cli.Program) []*cobra.Command {
	c := &commands{p}
	return []*cobra.Command{c.userCommand()}
}

func (p *commands) userCommand() *cobra.Command {
	return p.Group("user", i18n.UserShort,
		p.userAddCommand(), p.userListCommand(), p.userRemoveCommand(), p.userAdminCommand(), p.userKeyCommand(), p.ToHub(p.userAvailableCommand()))
}

func (p *commands) userAddCommand() *cobra.Command {
	var n accounts.NewUser
	var db, config, keyFile string
	cmd := &cobra.Command{
		Use: "add NAME", Short: p.Words.Say(i18n.UserAddShort), Args: p.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(args[0]) == "" {
				return cli.Usage(p.Words.Say(i18n.ErrArguments, "Command", cmd.CommandPath()))
			}
			var key sshKey
			if keyFile != "" {
				var err error
				if key, err = p.readSSHKey(keyFile); err != nil {
					return err
				}
			}
			flags := map[string]any{}
			if cmd.Flags().Changed("db") {
				flags["db"] = db
			}
			s, err := settings.Read(p.Program, flags, config)
			if err != nil {
				return err
			}
			st, err := hubstore.Open(cmd.Context(), p.Program, s.DB, sqlite.Options{})
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			n.Name = args[0]
			added, err := accounts.AddUser(cmd.Context(), st, n, p.Now())
			if err != nil {
				return err
			}
			if keyFile != "" {
				if err := p.addSSHKey(cmd.Context(), st, string(added.User.ID), key); err != nil {
					return err
				}
			}
			return p.Print(added, func() {
				p.userAdded(added)
				if keyFile != "" {
					p.Say(i18n.UserKeyAdded, "Name", cli.Plain(added.User.Name), "Fingerprint", key.fingerprint)
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&db, "db", "", p.Words.Say(i18n.FlagDB))
	f.StringVar(&config, "config", "", p.Words.Say(i18n.FlagConfig))
	f.StringVar(&n.Email, "email", "", p.Words.Say(i18n.FlagEmail))
	f.BoolVar(&n.Admin, "admin", false, p.Words.Say(i18n.FlagAdmin))
	f.StringVar(&keyFile, "ssh-key", "", p.Words.Say(i18n.FlagSSHKey))
	f.BoolVar(&n.Token, "token", false, p.Words.Say(i18n.FlagToken))
	return cmd
}

func (p *commands) userAdded(a accounts.Added) {
	p.Say(i18n.UserAdded, "Name", cli.Plain(a.User.Name))
	p.Say(i18n.UserCode, "Code", a.LoginCode)
	if a.Token != "" {
		p.Say(i18n.UserToken, "Token", a.Token)
	}
}
