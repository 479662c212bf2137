package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/i18n"
	"parley/model"
)

func (p *talkCommands) deleteCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "delete CONVERSATION", Short: p.words.Say(i18n.DeleteShort), Long: p.words.Say(i18n.DeleteLong), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := openRemote(p.program)
			if err != nil {
				return err
			}
			defer c.Close()
			id := model.ConversationID(args[0])
			if !yes {
				if err := p.confirmDeletion(cmd.Context(), c, id); err != nil {
					return err
				}
			}
			if err := c.DeleteConversation(cmd.Context(), id); err != nil {
				return err
			}
			return p.print(struct {
				Deleted model.ConversationID `json:"deleted"`
			}{id}, func() { p.say(i18n.DeleteDone) })
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, p.words.Say(i18n.FlagYes))
	return cmd
}

// longestAnswer is more than anybody types to say yes.
const longestAnswer = 64

// confirmDeletion asks whether a conversation is to go, and takes nothing but yes for it.
func (p *talkCommands) confirmDeletion(ctx context.Context, c *client.Client, id model.ConversationID) error {
	conversation, err := c.Conversation(ctx, id)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprint(p.err, p.words.Say(i18n.DeleteAsk, "Name", plain(p.customer(conversation.Customer))))
	answer, err := await(ctx, func() (string, error) {
		return bufio.NewReader(io.LimitReader(p.in, longestAnswer)).ReadString('\n')
	})
	if ctx.Err() != nil || err != nil && !errors.Is(err, io.EOF) {
		return errors.Join(ctx.Err(), err)
	}
	if strings.TrimSpace(answer) != "yes" {
		return failed(p.words.Say(i18n.DeleteNot))
	}
	return nil
}
