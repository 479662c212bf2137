package main

import (
	"github.com/spf13/cobra"

	"parley/words"
)

// userAvailableCommand is about the user who is signed in, at their hub; the other user
// commands open the store of a hub on this machine.
func (p *program) userAvailableCommand() *cobra.Command {
	return &cobra.Command{
		Use: "available on|off", Short: p.words.Say(words.UserAvailableShort), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.oneOf(args[0], switchOn, switchOff); err != nil {
				return err
			}
			c, err := p.remote()
			if err != nil {
				return err
			}
			defer c.Close()
			u, err := c.SetAvailable(cmd.Context(), args[0] == switchOn)
			if err != nil {
				return err
			}
			said := words.UserAvailableOn
			if u.Away {
				said = words.UserAvailableOff
			}
			return p.print(u, func() { p.say(said) })
		},
	}
}
