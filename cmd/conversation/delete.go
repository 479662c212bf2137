package conversation

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
)

func (p *commands) deleteCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "delete CONVERSATION", Short: p.Words.Say(i18n.DeleteShort), Long: p.Words.Say(i18n.DeleteLong), Args: p.Exactly(1),
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferConversations(p.Program)),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			id, err := remote.Surely(cmd.Context(), p.Program, c, args[0])
			if err != nil {
				return err
			}
			if !yes {
				if err := p.confirmDeletion(cmd.Context(), c, id); err != nil {
					return err
				}
			}
			if err := c.DeleteConversation(cmd.Context(), id); err != nil {
				return err
			}
			return p.Print(struct {
				Deleted model.ConversationID `json:"deleted"`
			}{id}, func() { p.Say(i18n.DeleteDone) })
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, p.Words.Say(i18n.FlagYes))
	return cmd
}

// longestAnswer is more than anybody types to say yes.
const longestAnswer = 64

// confirmDeletion asks whether to delete a conversation; only yes means yes.
func (p *commands) confirmDeletion(ctx context.Context, c *client.Client, id model.ConversationID) error {
	conversation, err := c.Conversation(ctx, id)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprint(p.Err, p.Words.Say(i18n.DeleteAsk, "Name", cli.Plain(p.customer(conversation.Customer))))
	answer, err := cli.Await(ctx, func() (string, error) {
		return bufio.NewReader(io.LimitReader(p.In, longestAnswer)).ReadString('\n')
	})
	if ctx.Err() != nil || err != nil && !errors.Is(err, io.EOF) {
		return errors.Join(ctx.Err(), err)
	}
	if strings.TrimSpace(answer) != "yes" {
		return cli.Failed(p.Words.Say(i18n.DeleteNot))
	}
	return nil
}
