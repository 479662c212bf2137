package main

import (
	"github.com/spf13/cobra"

	"parley/i18n"
)

// userAvailableCommand is about the user who is signed in, at their hub; the other user
// commands open the store of a hub on this machine.
func (p *userCommands) userAvailableCommand() *cobra.Command {
	return &cobra.Command{
		Use: "available on|off", Short: p.words.Say(i18n.UserAvailableShort), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.oneOf(args[0], switchOn, switchOff); err != nil {
				return err
			}
			c, err := openRemote(p.program)
			if err != nil {
				return err
			}
			defer c.Close()
			u, err := c.SetAvailable(cmd.Context(), args[0] == switchOn)
			if err != nil {
				return err
			}
			said := i18n.UserAvailableOn
			if u.Away {
				said = i18n.UserAvailableOff
			}
			return p.print(u, func() { p.say(said) })
		},
	}
}
