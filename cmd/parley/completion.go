package main

import (
	"github.com/spf13/cobra"

	"parley/i18n"
)

func (p *program) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use: "completion SHELL", Short: p.words.Say(i18n.CompletionShort), Args: p.exactly(1), ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.oneOf(args[0], shells...); err != nil {
				return err
			}
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(p.out, true)
			case "zsh":
				return root.GenZshCompletion(p.out)
			case "fish":
				return root.GenFishCompletion(p.out, true)
			default:
				return root.GenPowerShellCompletionWithDesc(p.out)
			}
		},
	}
}
