package conversation

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/label"
	"parley/model/safe"
	"parley/model/when"
)

// change changes one conversation at the hub.
type change func(context.Context, *client.Client, model.ConversationID) (model.Conversation, error)

// triageCommands are the actions of the inbox: named as in the palette.
func (p *commands) triageCommands() []*cobra.Command {
	return []*cobra.Command{p.doneCommand(), p.snoozeCommand(), p.assignCommand(), p.readCommand(), p.unreadCommand(), p.pinCommand(), p.labelCommand()}
}

// fixed is a change that is the same for every conversation.
func fixed(t model.Triage) change {
	return func(ctx context.Context, c *client.Client, id model.ConversationID) (model.Conversation, error) {
		return c.Triage(ctx, id, t)
	}
}

// each returns a command that changes all conversations it names. off is the flag by which it
// does the opposite, if it has one.
func (p *commands) each(name string, short, said, saidOff i18n.ID, on, off change, flag string, about i18n.ID) *cobra.Command {
	var back bool
	cmd := &cobra.Command{
		Use: name + " CONVERSATION…", Short: p.Words.Say(short), Args: p.AtLeast(1),
		ValidArgsFunction: remote.Complete(p.Program, true, remote.OfferConversations(p.Program)),
		RunE: func(cmd *cobra.Command, args []string) error {
			do, say := on, said
			if back {
				do, say = off, saidOff
			}
			return p.changeAll(cmd.Context(), args, do, func(c model.Conversation) string {
				return p.Words.Say(say, "Name", p.customer(c.Customer))
			})
		},
	}
	if flag != "" {
		cmd.Flags().BoolVar(&back, flag, false, p.Words.Say(about))
	}
	return cmd
}

func (p *commands) doneCommand() *cobra.Command {
	return p.each("done", i18n.DoneShort, i18n.DoneSaid, i18n.DoneOpenSaid,
		fixed(model.ToStatus(model.Done)), fixed(model.ToStatus(model.Open)), "open", i18n.FlagDoneOpen)
}

func (p *commands) pinCommand() *cobra.Command {
	return p.each("pin", i18n.PinShort, i18n.PinSaid, i18n.PinOffSaid, fixed(model.Pin()), fixed(model.Unpin()), cli.SwitchOff, i18n.FlagPinOff)
}

func (p *commands) unreadCommand() *cobra.Command {
	return p.each("unread", i18n.UnreadShort, i18n.UnreadSaid, "",
		func(ctx context.Context, c *client.Client, id model.ConversationID) (model.Conversation, error) {
			return c.MarkUnread(ctx, id)
		}, nil, "", "")
}

func (p *commands) readCommand() *cobra.Command {
	return p.each("read", i18n.ReadShort, i18n.ReadSaid, "",
		func(ctx context.Context, c *client.Client, id model.ConversationID) (model.Conversation, error) {
			l, err := c.Messages(ctx, id, "", 1)
			if err != nil || len(l.Messages) == 0 {
				return model.Conversation{}, err
			}
			return c.MarkRead(ctx, id, l.Messages[len(l.Messages)-1].ID)
		}, nil, "", "")
}

// changed is a conversation that a command changed.
type changed struct {
	Conversation model.Conversation `json:"conversation"`
}

// changeAll changes all conversations that arguments mean. They are found first, so that an
// argument that is unclear changes nothing; of several, those that fail stop no others.
func (p *commands) changeAll(ctx context.Context, args []string, do change, said func(model.Conversation) string) error {
	c, err := remote.Open(p.Program)
	if err != nil {
		return err
	}
	defer c.Close()
	ids := make([]model.ConversationID, 0, len(args))
	for _, arg := range args {
		id, err := remote.Likely(ctx, p.Program, c, arg)
		if err != nil {
			return err
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	var failures []error
	for _, id := range ids {
		conversation, err := do(ctx, c, id)
		if err == nil {
			err = p.Print(changed{conversation}, func() { p.Line(said(conversation)) })
		}
		if err != nil {
			failures = append(failures, p.notChanged(id, err, len(ids) > 1))
		}
	}
	return firstFailure(failures)
}

// notChanged names the conversation in why it was not changed, where there are several.
func (p *commands) notChanged(id model.ConversationID, err error, several bool) error {
	if !several {
		return err
	}
	f := *p.Failure(err)
	f.Say = cli.Plain(string(id)).String() + ": " + f.Say
	return &f
}

// firstFailure returns one error for all: the first one's exit code, and what each says.
func firstFailure(all []error) error {
	if len(all) < 2 {
		return errors.Join(all...)
	}
	var first cli.Failure
	var lines []string
	for i, err := range all {
		var f *cli.Failure
		if !errors.As(err, &f) {
			return errors.Join(all...)
		}
		if i == 0 {
			first = *f
		}
		lines = append(lines, f.Say)
	}
	first.Say = strings.Join(lines, "\n")
	return &first
}

func (p *commands) snoozeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "snooze CONVERSATION WHEN", Short: p.Words.Say(i18n.SnoozeShort), Long: p.Words.Say(i18n.SnoozeLong), Args: p.Exactly(2),
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferConversations(p.Program), remote.OfferWords("1h", "3h", "tomorrow", "monday")),
		RunE: func(cmd *cobra.Command, args []string) error {
			until, ok := when.Parse(args[1], p.Now(), p.Zone)
			if !ok {
				return cli.Usage(p.Words.Say(i18n.SnoozeUnclear))
			}
			return p.changeAll(cmd.Context(), args[:1], fixed(model.Snooze(until)), func(c model.Conversation) string {
				return p.Words.Say(i18n.SnoozeSaid, "Name", p.customer(c.Customer), "Time", p.Clock(until))
			})
		},
	}
}

// Whom a conversation is assigned to, besides colleagues.
const (
	assignMe     = "me"
	assignNobody = "nobody"
)

func (p *commands) assignCommand() *cobra.Command {
	return &cobra.Command{
		Use: "assign CONVERSATION USER|me|nobody", Short: p.Words.Say(i18n.AssignShort), Args: p.Exactly(2),
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferConversations(p.Program), remote.OfferUsers(assignMe, assignNobody)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.changeAll(cmd.Context(), args[:1], func(ctx context.Context, c *client.Client, id model.ConversationID) (model.Conversation, error) {
				t, err := p.assignment(ctx, c, args[1])
				if err != nil {
					return model.Conversation{}, err
				}
				return c.Triage(ctx, id, t)
			}, func(c model.Conversation) string {
				if c.Assignee == nil {
					return p.Words.Say(i18n.AssignNobodySaid, "Name", p.customer(c.Customer))
				}
				return p.Words.Say(i18n.AssignSaid, "Name", p.customer(c.Customer), "To", safe.LineN(model.Untrusted(c.Assignee.Name), cli.NameCells))
			})
		},
	}
}

// assignment is the change that assigns to whom an argument means: a colleague by id or name.
func (p *commands) assignment(ctx context.Context, c *client.Client, to string) (model.Triage, error) {
	switch to {
	case assignNobody:
		return model.Unassign(), nil
	case assignMe:
		me, err := c.Me(ctx)
		return model.Assign(me.ID), err
	}
	users, err := c.Users(ctx)
	if err != nil {
		return model.Triage{}, err
	}
	var found []model.Colleague
	for _, u := range users {
		if string(u.ID) == to {
			return model.Assign(u.ID), nil
		}
		if strings.EqualFold(u.Name, to) {
			found = append(found, u)
		}
	}
	if len(found) == 1 {
		return model.Assign(found[0].ID), nil
	}
	say := i18n.AssignUnknown
	if len(found) > 1 {
		say = i18n.AssignSeveral
	}
	lines := []string{p.Words.Say(say, "Name", cli.Plain(to))}
	if len(found) == 0 {
		found = users
	}
	for _, u := range found {
		lines = append(lines, cli.Indent+cli.Plain(string(u.ID)).String()+"  "+safe.LineN(model.Untrusted(u.Name), cli.NameCells).String())
	}
	return model.Triage{}, &cli.Failure{Exit: cli.ExitUsage, Code: remote.Ambiguous, Say: strings.Join(lines, "\n")}
}

func (p *commands) labelCommand() *cobra.Command {
	var remove []string
	cmd := &cobra.Command{
		Use: "label CONVERSATION [LABEL…]", Short: p.Words.Say(i18n.LabelShort), Long: p.Words.Say(i18n.LabelLong), Args: p.AtLeast(1),
		ValidArgsFunction: remote.Complete(p.Program, true, remote.OfferConversations(p.Program), remote.OfferLabels),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.changeAll(cmd.Context(), args[:1], func(ctx context.Context, c *client.Client, id model.ConversationID) (model.Conversation, error) {
				now, err := c.Conversation(ctx, id)
				if err != nil || len(args) == 1 && len(remove) == 0 {
					return now, err
				}
				return c.Triage(ctx, id, model.Label(relabelled(now.Labels, args[1:], remove)...))
			}, func(c model.Conversation) string {
				if len(c.Labels) == 0 {
					return p.Words.Say(i18n.LabelNone, "Name", p.customer(c.Customer))
				}
				return p.Words.Say(i18n.LabelSaid, "Name", p.customer(c.Customer), "Labels", safe.LineN(model.Untrusted(strings.Join(c.Labels, ", ")), cli.PlainCells))
			})
		},
	}
	cmd.Flags().StringArrayVar(&remove, "remove", nil, p.Words.Say(i18n.FlagLabelRemove))
	_ = cmd.RegisterFlagCompletionFunc("remove", remote.CompleteOne(p.Program, remote.OfferLabels))
	return cmd
}

// relabelled returns labels without some, and with others after them.
func relabelled(labels, add, remove []string) []string {
	without := slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return label.Has(remove, l) })
	for _, l := range add {
		if !label.Has(without, l) {
			without = append(without, l)
		}
	}
	return without
}
