package main

import (
	"strings"

	"github.com/spf13/cobra"

	"parley/hub"
	"parley/hub/store/sqlite"
	"parley/i18n"
)

// userCommands are those about users; all but one open the store of a hub.
type userCommands struct{ *program }

func (p *userCommands) userCommand() *cobra.Command {
	return p.group("user", i18n.UserShort,
		p.userAddCommand(), p.userListCommand(), p.userRemoveCommand(), p.userAdminCommand(), p.userKeyCommand(), p.toHub(p.userAvailableCommand()))
}

func (p *userCommands) userAddCommand() *cobra.Command {
	var n hub.NewUser
	var db, config, keyFile string
	cmd := &cobra.Command{
		Use: "add NAME", Short: p.words.Say(i18n.UserAddShort), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(args[0]) == "" {
				return usage(p.words.Say(i18n.ErrArguments, "Command", cmd.CommandPath()))
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
			s, err := readSettings(p.program, flags, config)
			if err != nil {
				return err
			}
			st, err := openStore(cmd.Context(), p.program, s.DB, sqlite.Options{})
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			n.Name = args[0]
			added, err := hub.AddUser(cmd.Context(), st, n, p.now())
			if err != nil {
				return err
			}
			if keyFile != "" {
				if err := p.addSSHKey(cmd.Context(), st, string(added.User.ID), key); err != nil {
					return err
				}
			}
			return p.print(added, func() {
				p.userAdded(added)
				if keyFile != "" {
					p.say(i18n.UserKeyAdded, "Name", plain(added.User.Name), "Fingerprint", key.fingerprint)
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&db, "db", "", p.words.Say(i18n.FlagDB))
	f.StringVar(&config, "config", "", p.words.Say(i18n.FlagConfig))
	f.StringVar(&n.Email, "email", "", p.words.Say(i18n.FlagEmail))
	f.BoolVar(&n.Admin, "admin", false, p.words.Say(i18n.FlagAdmin))
	f.StringVar(&keyFile, "ssh-key", "", p.words.Say(i18n.FlagSSHKey))
	f.BoolVar(&n.Token, "token", false, p.words.Say(i18n.FlagToken))
	return cmd
}

func (p *userCommands) userAdded(a hub.Added) {
	p.say(i18n.UserAdded, "Name", plain(a.User.Name))
	p.say(i18n.UserCode, "Code", a.LoginCode)
	if a.Token != "" {
		p.say(i18n.UserToken, "Token", a.Token)
	}
}
