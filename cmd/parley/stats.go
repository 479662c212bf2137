package main

import (
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"parley/i18n"
)

func (p *reportCommands) statsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "stats", Short: p.words.Say(i18n.StatsShort), Args: p.exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := openRemote(p.program)
			if err != nil {
				return err
			}
			defer c.Close()
			counters, err := c.Stats(cmd.Context())
			if err != nil {
				return err
			}
			return p.print(struct {
				Stats map[string]int64 `json:"stats"`
			}{counters}, func() { p.counters(counters) })
		},
	}
}

func (p *reportCommands) counters(counters map[string]int64) {
	if len(counters) == 0 {
		p.say(i18n.StatsNone)
	}
	var t table
	for _, name := range slices.Sorted(maps.Keys(counters)) {
		t.row(plain(name).String(), strconv.FormatInt(counters[name], 10))
	}
	p.table(t)
}
