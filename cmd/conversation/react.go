package conversation

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
)

func (p *commands) reactCommand() *cobra.Command {
	var remove bool
	wait := defaultWait
	cmd := &cobra.Command{
		Use: "react CONVERSATION MESSAGE EMOJI|--remove", Short: p.Words.Say(i18n.ReactShort),
		Args: func(cmd *cobra.Command, args []string) error {
			if remove {
				return p.Exactly(2)(cmd, args)
			}
			return p.Exactly(3)(cmd, args)
		},
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferConversations(p.Program)),
		RunE: func(cmd *cobra.Command, args []string) error {
			emoji := model.Untrusted("")
			if !remove {
				emoji = model.Untrusted(args[2])
				if !model.IsEmoji(emoji) {
					return cli.Usage(p.Words.Say(i18n.ErrNoEmoji, "Value", cli.Plain(args[2])))
				}
			}
			if wait < 0 {
				return cli.Usage(p.Words.Say(i18n.ErrFlagValue, "Flag", "--wait", "Value", wait))
			}
			return p.react(cmd, args[0], model.MessageID(args[1]), emoji, wait)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&remove, "remove", false, p.Words.Say(i18n.FlagRemove))
	f.DurationVar(&wait, "wait", wait, p.Words.Say(i18n.FlagWait))
	return cmd
}

// react sets a reaction and waits until Facebook has confirmed or refused it. It is idempotent,
// so that a script may repeat the command.
func (p *commands) react(cmd *cobra.Command, named string, id model.MessageID, emoji model.Untrusted, wait time.Duration) error {
	c, err := remote.Open(p.Program)
	if err != nil {
		return err
	}
	defer c.Close()
	conversation, err := remote.Surely(cmd.Context(), p.Program, c, named)
	if err != nil {
		return err
	}
	m, err := c.React(cmd.Context(), conversation, id, emoji)
	if err == nil {
		m, err = c.FollowReaction(cmd.Context(), m, wait)
	}
	if err != nil {
		return err
	}
	ours := slices.DeleteFunc(slices.Clone(m.Reactions), func(r model.Reaction) bool { return r.By != model.ByPage })
	said := p.Words.Say(i18n.ReactionSet)
	if emoji == "" {
		said = p.Words.Say(i18n.ReactionGone)
	}
	for _, r := range ours {
		switch {
		case r.Error != nil:
			return p.reactionError(*r.Error)
		case r.Pending:
			said = p.Words.Say(i18n.ReactionPending)
		}
	}
	return p.Print(m, func() { p.Line(said) })
}

func (p *commands) reactionError(e model.MessageError) error {
	return &cli.Failure{Exit: exitOf(e.Code), Code: e.Code, Say: strings.Join(p.whyNot(e), " ")}
}
