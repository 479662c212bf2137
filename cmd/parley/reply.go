package main

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
	"parley/i18n"
	"parley/model"
)

const defaultWait = 30 * time.Second

func (p *talkCommands) replyCommand() *cobra.Command {
	var id, quoted, encoding string
	var attach []string
	wait := defaultWait
	cmd := &cobra.Command{
		Use: "reply CONVERSATION TEXT|-", Short: p.words.Say(i18n.ReplyShort), Long: p.words.Say(i18n.ReplyLong),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(attach) > 0 && len(args) == 1 {
				return nil // files alone
			}
			return p.exactly(2)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			began := p.now()
			if id != "" {
				if _, err := uuid.Parse(id); err != nil {
					return usage(p.words.Say(i18n.ErrFlagValue, "Flag", "--client-id", "Value", plain(id)))
				}
			}
			if wait < 0 {
				return usage(p.words.Say(i18n.ErrFlagValue, "Flag", "--wait", "Value", wait))
			}
			var text model.Untrusted
			var err error
			if len(args) > 1 {
				if text, err = p.replyText(args[1], encoding); err != nil {
					return err
				}
			}
			files, err := p.attached(attach)
			if err != nil {
				return err
			}
			c, err := openRemote(p.program)
			if err != nil {
				return err
			}
			defer c.Close()
			outbox := client.NewOutbox(cmd.Context(), c, filepath.Join(p.stateDir(), repliesFolder))
			r := outbox.Begun(model.Reply{
				Conversation: model.ConversationID(args[0]), ClientID: model.ClientID(id),
				Text: text, ReplyTo: model.MessageID(quoted), Files: files, Number: began.UnixMicro(),
			})
			told, shown := p.progress()
			m, err := outbox.Send(cmd.Context(), r, told, wait)
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
	f.DurationVar(&wait, "wait", wait, p.words.Say(i18n.FlagWait))
	f.StringVar(&id, "client-id", "", p.words.Say(i18n.FlagClientID))
	f.StringArrayVar(&attach, "attach", nil, p.words.Say(i18n.FlagAttach))
	f.StringVar(&encoding, flagEncoding, "", p.words.Say(i18n.FlagEncoding))
	f.StringVar(&quoted, "reply-to", "", p.words.Say(i18n.FlagReplyTo))
	return cmd
}

// replyText takes the text from the argument, or from standard input without its last
// line end, in that encoding.
func (p *talkCommands) replyText(arg, encoding string) (model.Untrusted, error) {
	if arg != "-" {
		text, err := p.text([]byte(arg), encoding)
		return model.Untrusted(text), err
	}
	// One more than can be sent is enough to be refused.
	const most = 4 * (model.MaxText + 2)
	b, err := io.ReadAll(io.LimitReader(p.in, most))
	if err != nil {
		return "", failed(p.words.Say(i18n.ErrStdin, "Reason", plain(err.Error())))
	}
	if len(b) == most { // its end may be a part of a character
		return "", &failure{exit: exitRefused, code: model.TextTooLong, say: p.code(model.TextTooLong, "")}
	}
	text, err := p.text(b, encoding)
	return model.Untrusted(strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")), err
}

// replyFailure words why a reply was not handed in, with what keeps it from being
// sent twice.
func (p *talkCommands) replyFailure(err error, id model.ClientID) error {
	var unreachable *client.UnreachableError
	switch {
	case errors.As(err, &unreachable):
		return failed(p.words.Say(i18n.ErrReplyKept, "ID", string(id)))
	case errors.Is(err, client.ErrKeptOther): // as the hub would
		return &failure{exit: exitRefused, code: model.ClientIDReused, say: p.code(model.ClientIDReused, "")}
	}
	return err
}

// leftToTheHub says how a reply stands that the hub took, when its writer waits no
// longer. The exit code is that of a wait that is over: a script that took it for a
// failure would hand the same in as another reply.
func (p *talkCommands) leftToTheHub(m model.Message) error {
	err := p.replied(m)
	_, _ = fmt.Fprintln(p.err, p.words.Say(i18n.ReplyGoesOn,
		"Message", plain(string(m.ID)), "ID", plain(string(m.ClientID)), "Conversation", plain(string(m.ConversationID))))
	return err
}

// replied says how a reply stands; the exit code says it, too.
func (p *talkCommands) replied(m model.Message) error {
	err := p.print(m, func() { p.line(p.words.Say(i18n.State(string(m.State)))) })
	if err != nil {
		return err
	}
	switch m.State {
	case model.Unknown:
		e := model.MessageError{Code: model.OutcomeUnknown}
		if m.Error != nil {
			e = *m.Error
		}
		return &failure{exit: exitUnknown, code: model.OutcomeUnknown, say: strings.Join(p.whyNot(e), " ")}
	case model.Ask, model.Failed, model.Dropped:
		return p.replyError(m)
	default:
		return nil
	}
}

func (p *talkCommands) replyError(m model.Message) error {
	if m.Error == nil {
		return failed(p.words.Say(i18n.State(string(m.State))))
	}
	f := &failure{exit: exitRefused, code: m.Error.Code, say: strings.Join(p.whyNot(*m.Error), " ")}
	f.exit = exitOf(m.Error.Code)
	return f
}

// exitOf is the exit code for why something failed or asks.
func exitOf(code model.Code) int {
	switch {
	case code == model.OutcomeUnknown, code == model.StorePutBack:
		return exitUnknown
	case code == model.NotSent, code.OfFacebook():
		return exitFailed
	}
	return exitRefused // a verdict
}
