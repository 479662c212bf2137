package page

import (
	"slices"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

func (p *commands) pageDoctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor [PAGE]", Short: p.Words.Say(i18n.DoctorShort), Args: p.AtMost(1),
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferPages),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			page, err := remote.Page(cmd.Context(), p.Program, c, args)
			if err != nil {
				return err
			}
			all, err := c.Doctor(cmd.Context(), page)
			if err != nil {
				return err
			}
			err = p.Print(struct {
				Checks []model.Check `json:"checks"`
			}{all}, func() { p.checks(all) })
			if err == nil && slices.ContainsFunc(all, func(c model.Check) bool { return c.State == model.CheckWrong }) {
				err = cli.Failed(p.Words.Say(i18n.DoctorWrong))
			}
			return err
		},
	}
}

// checks prints one check a line: its result, and what to do.
func (p *commands) checks(all []model.Check) {
	for _, c := range all {
		detail := safe.LineN(c.Detail, cli.PlainCells).String()
		if at, err := time.Parse(time.RFC3339, detail); err == nil {
			detail = p.Clock(at)
		}
		state := p.Words.Say(i18n.CheckState(string(c.State)))
		p.Line(state + "  " + p.Words.Say(i18n.Check(c.ID, string(c.State)), "Detail", detail))
	}
}
