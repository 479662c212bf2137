package crm

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// syncNow is an argument of sync besides those of a switch.
const syncNow = "now"

func (p *commands) syncCommand() *cobra.Command {
	return &cobra.Command{
		Use: "sync CONVERSATION on|off|now", Short: p.Words.Say(i18n.SyncShort), Long: p.Words.Say(i18n.SyncLong), Args: p.Exactly(2),
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferConversations(p.Program), remote.OfferWords(cli.SwitchOn, cli.SwitchOff, syncNow)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.OneOf(args[1], cli.SwitchOn, cli.SwitchOff, syncNow); err != nil {
				return err
			}
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			id, err := remote.Surely(cmd.Context(), p.Program, c, args[0])
			if err != nil {
				return err
			}
			conversation, err := p.sync(cmd.Context(), c, id, args[1])
			if err != nil {
				return err
			}
			return p.Print(conversation, func() {
				for _, l := range conversation.Links {
					p.Line(p.linkSynced(l))
				}
			})
		},
	}
}

// sync runs the command. If others could then read a private conversation, it first says so on
// standard error; the command is for scripts, so it does not ask.
func (p *commands) sync(ctx context.Context, c *client.Client, id model.ConversationID, do string) (model.Conversation, error) {
	switch do {
	case syncNow:
		return c.SyncNow(ctx, id)
	case cli.SwitchOff:
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
		_, _ = fmt.Fprintln(p.Err, p.Words.Say(i18n.SyncPrivate, "Page", safe.Line(page.Name), "Title", strings.Join(titles, p.Words.Say(i18n.ListOr))))
	}
	return c.SetSync(ctx, id, true)
}

// linkSynced words the state of the transcript on a linked record.
func (p *commands) linkSynced(l model.Link) string {
	name := cli.Indent + cli.Plain(l.Ref().String()).String() + "  " + safe.Line(l.Title).String()
	if l.Sync == nil {
		return name
	}
	return name + "  " + p.Words.Synced(*l.Sync, p.Now(), p.Clock)
}
