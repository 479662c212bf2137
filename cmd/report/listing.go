// Package report has the commands that show what a hub has recorded: notices, the audit log,
// counters.
package report

import (
	"context"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
)

// listingLimit is how much of a list is printed by default.
const listingLimit = 50

// listing returns a command without arguments that prints one page of a list.
func listing(p *cli.Program, use string, short i18n.ID, read func(context.Context, *client.Client, model.ListQuery) error) *cobra.Command {
	q := model.ListQuery{Limit: listingLimit}
	cmd := &cobra.Command{
		Use: use, Short: p.Words.Say(short), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.CheckLimit(q.Limit); err != nil {
				return err
			}
			c, err := remote.Open(p)
			if err != nil {
				return err
			}
			defer c.Close()
			return read(cmd.Context(), c, q)
		},
	}
	f := cmd.Flags()
	f.IntVar(&q.Limit, "limit", q.Limit, p.Words.Say(i18n.FlagLimit))
	f.StringVar(&q.Cursor, "cursor", "", p.Words.Say(i18n.FlagCursor))
	return cmd
}
