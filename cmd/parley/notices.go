package main

import (
	"github.com/spf13/cobra"

	"parley/client"
	"parley/model/safe"
	"parley/words"
)

func (p *program) noticesCommand() *cobra.Command {
	q := client.ListQuery{Limit: 50}
	cmd := &cobra.Command{
		Use: "notices", Short: p.words.Say(words.NoticesShort), Args: p.exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.checkLimit(q.Limit); err != nil {
				return err
			}
			c, err := p.remote()
			if err != nil {
				return err
			}
			defer c.Close()
			l, err := c.Notices(cmd.Context(), q)
			if err != nil {
				return err
			}
			return p.print(l, func() { p.noticeList(l) })
		},
	}
	f := cmd.Flags()
	f.IntVar(&q.Limit, "limit", q.Limit, p.words.Say(words.FlagLimit))
	f.StringVar(&q.Cursor, "cursor", "", p.words.Say(words.FlagCursor))
	return cmd
}

func (p *program) noticeList(l client.NoticeList) {
	if len(l.Notices) == 0 {
		p.say(words.NoticesNone)
	}
	for _, n := range l.Notices {
		p.line(p.clock(n.CreatedAt) + "  " + p.words.Say(words.Notice(string(n.Kind))))
		if reason := safe.LineN(n.Reason, plainCells); !reason.Empty() {
			p.line(indent + reason.String())
		}
	}
}
