package page

import (
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// pageCheckCommand makes the hub ask Facebook about a Page, and prints the result.
func (p *commands) pageCheckCommand() *cobra.Command {
	var repair bool
	cmd := &cobra.Command{
		Use: "check [PAGE]", Short: p.Words.Say(i18n.PageCheckShort), Args: p.AtMost(1),
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferPages),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			id, err := remote.Page(cmd.Context(), p.Program, c, args)
			if err != nil {
				return err
			}
			page, err := c.CheckPage(cmd.Context(), id, repair)
			if err != nil {
				return err
			}
			return p.Print(page, func() { p.pageChecked(page) })
		},
	}
	cmd.Flags().BoolVar(&repair, "repair", false, p.Words.Say(i18n.FlagRepair))
	return cmd
}

// pageChecked says whether messages come and go, or why not.
func (p *commands) pageChecked(page model.Page) {
	code := model.PageTrouble(time.Now(), page)
	if code == "" {
		p.Say(i18n.PageCheckedWell, "Name", safe.Line(page.Name))
		return
	}
	p.Say(i18n.PageCheckedTrouble, "Name", safe.Line(page.Name), "Why", p.Code(code, ""))
}
