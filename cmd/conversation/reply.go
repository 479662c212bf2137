package conversation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"parley/client"
	"parley/client/outbox"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/when"
)

const defaultWait = 30 * time.Second

func (p *commands) replyCommand() *cobra.Command {
	var id, quoted, encoding, at string
	var attach []string
	wait := defaultWait
	cmd := &cobra.Command{
		Use: "reply CONVERSATION TEXT|-", Short: p.Words.Say(i18n.ReplyShort), Long: p.Words.Say(i18n.ReplyLong),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(attach) > 0 && len(args) == 1 {
				return nil // files alone
			}
			return p.Exactly(2)(cmd, args)
		},
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferConversations(p.Program)),
		RunE: func(cmd *cobra.Command, args []string) error {
			began := p.Now()
			if id != "" {
				if _, err := uuid.Parse(id); err != nil {
					return cli.Usage(p.Words.Say(i18n.ErrFlagValue, "Flag", "--client-id", "Value", cli.Plain(id)))
				}
			}
			if wait < 0 {
				return cli.Usage(p.Words.Say(i18n.ErrFlagValue, "Flag", "--wait", "Value", wait))
			}
			sendAt, err := p.sendAt(at)
			if err != nil {
				return err
			}
			var text model.Untrusted
			if len(args) > 1 {
				if text, err = p.replyText(args[1], encoding); err != nil {
					return err
				}
			}
			files, err := p.attached(attach)
			if err != nil {
				return err
			}
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			to, err := remote.Surely(cmd.Context(), p.Program, c, args[0])
			if err != nil {
				return err
			}
			replies := outbox.New(cmd.Context(), c, filepath.Join(p.StateDir(), cli.RepliesFolder))
			r := replies.Begun(model.Reply{
				Conversation: to, ClientID: model.ClientID(id),
				Text: text, ReplyTo: model.MessageID(quoted), Files: files, Number: began.UnixMicro(), SendAt: sendAt,
			})
			told, shown := p.progress()
			m, err := replies.Send(cmd.Context(), r, told, wait)
			shown()
			if m.ID != "" && errors.Is(err, context.Canceled) {
				return p.leftToTheHub(m)
			}
			if err != nil {
				return p.replyFailure(err, r.ClientID)
			}
			return p.replied(m)
		},
	}
	f := cmd.Flags()
	f.DurationVar(&wait, "wait", wait, p.Words.Say(i18n.FlagWait))
	f.StringVar(&id, "client-id", "", p.Words.Say(i18n.FlagClientID))
	f.StringArrayVar(&attach, "attach", nil, p.Words.Say(i18n.FlagAttach))
	f.StringVar(&encoding, cli.FlagEncoding, "", p.Words.Say(i18n.FlagEncoding))
	f.StringVar(&at, "at", "", p.Words.Say(i18n.FlagAt))
	f.StringVar(&quoted, "reply-to", "", p.Words.Say(i18n.FlagReplyTo))
	return cmd
}

// sendAt returns the time of --at, to the second; nil if it is not given.
func (p *commands) sendAt(at string) (*time.Time, error) {
	if at == "" {
		return nil, nil //nolint:nilnil // that none is given is an ordinary answer
	}
	t, ok := when.Parse(at, p.Now(), p.Zone)
	if !ok {
		return nil, cli.Usage(p.Words.Say(i18n.ErrAtUnclear, "Value", cli.Plain(at)))
	}
	t = t.UTC().Truncate(time.Second)
	return &t, nil
}

// replyText returns the text of the argument, or of standard input without its last line end,
// in that encoding.
func (p *commands) replyText(arg, encoding string) (model.Untrusted, error) {
	if arg != "-" {
		text, err := p.Text([]byte(arg), encoding)
		return model.Untrusted(text), err
	}
	// One more than can be sent, so that it is refused.
	const most = 4 * (model.MaxText + 2)
	b, err := io.ReadAll(io.LimitReader(p.In, most))
	if err != nil {
		return "", cli.Failed(p.Words.Say(i18n.ErrStdin, "Reason", cli.Plain(err.Error())))
	}
	if len(b) == most { // its end may be part of a character
		return "", &cli.Failure{Exit: cli.ExitRefused, Code: model.TextTooLong, Say: p.Code(model.TextTooLong, "")}
	}
	text, err := p.Text(b, encoding)
	return model.Untrusted(strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")), err
}

// replyFailure words why a reply was not handed in, with what prevents sending it twice.
func (p *commands) replyFailure(err error, id model.ClientID) error {
	var unreachable *client.UnreachableError
	switch {
	case errors.As(err, &unreachable):
		return cli.Failed(p.Words.Say(i18n.ErrReplyKept, "ID", string(id)))
	case errors.Is(err, outbox.ErrKeptOther): // as the hub would answer
		return &cli.Failure{Exit: cli.ExitRefused, Code: model.ClientIDReused, Say: p.Code(model.ClientIDReused, "")}
	}
	return err
}

// leftToTheHub says the state of a reply that the hub has, when its writer waits no longer. The
// exit code is that of a timeout: a script that took it for a failure would send the same text
// again as another reply.
func (p *commands) leftToTheHub(m model.Message) error {
	err := p.replied(m)
	_, _ = fmt.Fprintln(p.Err, p.Words.Say(i18n.ReplyGoesOn,
		"Message", cli.Plain(string(m.ID)), "ID", cli.Plain(string(m.ClientID)), "Conversation", cli.Plain(string(m.ConversationID))))
	return err
}

// replied prints the state of a reply, which also decides the exit code.
func (p *commands) replied(m model.Message) error {
	err := p.Print(m, func() {
		if m.State == model.Scheduled && m.SendAt != nil {
			p.Line(p.Words.Say(i18n.ReplyScheduled, "Time", m.SendAt.In(p.Zone).Format("2006-01-02 15:04")))
			return
		}
		p.Line(p.Words.Say(i18n.State(string(m.State))))
	})
	if err != nil {
		return err
	}
	switch m.State {
	case model.Unknown:
		e := model.MessageError{Code: model.OutcomeUnknown}
		if m.Error != nil {
			e = *m.Error
		}
		return &cli.Failure{Exit: cli.ExitUnknown, Code: model.OutcomeUnknown, Say: strings.Join(p.whyNot(e), " ")}
	case model.Ask, model.Failed, model.Dropped:
		return p.replyError(m)
	default:
		return nil
	}
}

func (p *commands) replyError(m model.Message) error {
	if m.Error == nil {
		return cli.Failed(p.Words.Say(i18n.State(string(m.State))))
	}
	f := &cli.Failure{Exit: cli.ExitRefused, Code: m.Error.Code, Say: strings.Join(p.whyNot(*m.Error), " ")}
	f.Exit = exitOf(m.Error.Code)
	return f
}

// exitOf returns the exit code for why something failed or asks.
func exitOf(code model.Code) int {
	switch {
	case code == model.OutcomeUnknown, code == model.StorePutBack:
		return cli.ExitUnknown
	case code == model.NotSent, code.OfFacebook():
		return cli.ExitFailed
	}
	return cli.ExitRefused // a verdict
}
