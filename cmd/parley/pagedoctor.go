package main

import (
	"slices"
	"time"

	"github.com/spf13/cobra"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

func (p *pageCommands) pageDoctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor PAGE", Short: p.words.Say(i18n.DoctorShort), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := openRemote(p.program)
			if err != nil {
				return err
			}
			defer c.Close()
			all, err := c.Doctor(cmd.Context(), model.PageID(args[0]))
			if err != nil {
				return err
			}
			err = p.print(struct {
				Checks []model.Check `json:"checks"`
			}{all}, func() { p.checks(all) })
			if err == nil && slices.ContainsFunc(all, func(c model.Check) bool { return c.State == model.CheckWrong }) {
				err = failed(p.words.Say(i18n.DoctorWrong))
			}
			return err
		},
	}
}

// checks says one check a line: how it stands, and what to do.
func (p *pageCommands) checks(all []model.Check) {
	for _, c := range all {
		detail := safe.LineN(c.Detail, plainCells).String()
		if at, err := time.Parse(time.RFC3339, detail); err == nil {
			detail = p.clock(at)
		}
		state := p.words.Say(i18n.CheckState(string(c.State)))
		p.line(state + "  " + p.words.Say(i18n.Check(c.ID, string(c.State)), "Detail", detail))
	}
}
