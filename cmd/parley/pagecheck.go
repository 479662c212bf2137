package main

import (
	"time"

	"github.com/spf13/cobra"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// pageCheckCommand asks Facebook how a Page stands, and says what it finds.
func (p *pageCommands) pageCheckCommand() *cobra.Command {
	var repair bool
	cmd := &cobra.Command{
		Use: "check PAGE", Short: p.words.Say(i18n.PageCheckShort), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := openRemote(p.program)
			if err != nil {
				return err
			}
			defer c.Close()
			page, err := c.CheckPage(cmd.Context(), model.PageID(args[0]), repair)
			if err != nil {
				return err
			}
			return p.print(page, func() { p.pageChecked(page) })
		},
	}
	cmd.Flags().BoolVar(&repair, "repair", false, p.words.Say(i18n.FlagRepair))
	return cmd
}

// pageChecked says whether messages come and go, or why not.
func (p *pageCommands) pageChecked(page model.Page) {
	code := model.PageTrouble(time.Now(), page)
	if code == "" {
		p.say(i18n.PageCheckedWell, "Name", safe.Line(page.Name))
		return
	}
	p.say(i18n.PageCheckedTrouble, "Name", safe.Line(page.Name), "Why", p.code(code, ""))
}
