package report

import (
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
)

func (p *commands) statsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "stats", Short: p.Words.Say(i18n.StatsShort), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			counters, err := c.Stats(cmd.Context())
			if err != nil {
				return err
			}
			return p.Print(struct {
				Stats map[string]int64 `json:"stats"`
			}{counters}, func() { p.counters(counters) })
		},
	}
}

func (p *commands) counters(counters map[string]int64) {
	if len(counters) == 0 {
		p.Say(i18n.StatsNone)
	}
	var t cli.Table
	for _, name := range slices.Sorted(maps.Keys(counters)) {
		t.Row(cli.Plain(name).String(), strconv.FormatInt(counters[name], 10))
	}
	p.Table(t)
}
