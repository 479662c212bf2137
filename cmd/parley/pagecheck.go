package main

import (
	"time"

	"github.com/spf13/cobra"

	"parley/model"
	"parley/model/safe"
	"parley/words"
)

// pageCheckCommand asks Facebook how a Page stands, and says what it finds.
func (p *program) pageCheckCommand() *cobra.Command {
	var repair bool
	cmd := &cobra.Command{
		Use: "check PAGE", Short: p.words.Say(words.PageCheckShort), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := p.remote()
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
	cmd.Flags().BoolVar(&repair, "repair", false, p.words.Say(words.FlagRepair))
	return cmd
}

// pageChecked says whether messages come and go, or why not.
func (p *program) pageChecked(page model.Page) {
	code := model.PageTrouble(time.Now(), page)
	if code == "" {
		p.say(words.PageCheckedWell, "Name", safe.Line(page.Name))
		return
	}
	p.say(words.PageCheckedTrouble, "Name", safe.Line(page.Name), "Why", p.code(code, ""))
}
