package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// syncNow is what sync is told besides the two of a switch.
const syncNow = "now"

func (p *crmCommands) syncCommand() *cobra.Command {
	return &cobra.Command{
		Use: "sync CONVERSATION on|off|now", Short: p.words.Say(i18n.SyncShort), Long: p.words.Say(i18n.SyncLong), Args: p.exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.oneOf(args[1], switchOn, switchOff, syncNow); err != nil {
				return err
			}
			c, err := openRemote(p.program)
			if err != nil {
				return err
			}
			defer c.Close()
			conversation, err := p.sync(cmd.Context(), c, model.ConversationID(args[0]), args[1])
			if err != nil {
				return err
			}
			return p.print(conversation, func() {
				for _, l := range conversation.Links {
					p.line(p.linkSynced(l))
				}
			})
		},
	}
}

// sync does what is asked. Before others could read a private conversation it says so on
// standard error; the command is for scripts, and goes on by itself.
func (p *crmCommands) sync(ctx context.Context, c *client.Client, id model.ConversationID, do string) (model.Conversation, error) {
	switch do {
	case syncNow:
		return c.SyncNow(ctx, id)
	case switchOff:
		return c.SetSync(ctx, id, false)
	}
	conversation, page, err := p.privatePage(ctx, c, id)
	if err != nil {
		return conversation, err
	}
	if page != nil && len(conversation.Links) > 0 {
		titles := make([]string, 0, len(conversation.Links))
		for _, l := range conversation.Links {
			titles = append(titles, safe.Line(l.Title).String())
		}
		_, _ = fmt.Fprintln(p.err, p.words.Say(i18n.SyncPrivate, "Page", safe.Line(page.Name), "Title", strings.Join(titles, p.words.Say(i18n.ListOr))))
	}
	return c.SetSync(ctx, id, true)
}

// linkSynced says how the transcript stands on a linked record.
func (p *crmCommands) linkSynced(l model.Link) string {
	name := indent + plain(l.Ref().String()).String() + "  " + safe.Line(l.Title).String()
	if l.Sync == nil {
		return name
	}
	return name + "  " + p.words.Synced(*l.Sync, p.now(), p.clock)
}
