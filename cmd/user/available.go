package user

import (
	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
)

// userAvailableCommand is about the signed-in user, at their hub; the other user commands open
// the store of a hub on this machine.
func (p *commands) userAvailableCommand() *cobra.Command {
	return &cobra.Command{
		Use: "available on|off", Short: p.Words.Say(i18n.UserAvailableShort), Args: p.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.OneOf(args[0], cli.SwitchOn, cli.SwitchOff); err != nil {
				return err
			}
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			u, err := c.SetAvailable(cmd.Context(), args[0] == cli.SwitchOn)
			if err != nil {
				return err
			}
			said := i18n.UserAvailableOn
			if u.Away {
				said = i18n.UserAvailableOff
			}
			return p.Print(u, func() { p.Say(said) })
		},
	}
}
