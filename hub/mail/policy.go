package mail

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

const (
	// subjectCells is how much of a Page's name the subject has, reasonCells how much of
	// Facebook's words the text has.
	subjectCells = 60
	reasonCells  = 2000

	supportInbox = "https://www.facebook.com/support"
	pageAddress  = "https://www.facebook.com/"
	timeLayout   = "2006-01-02 15:04 MST"
)

// errKind means that a notice is not about what Facebook's policy team does.
var errKind = errors.New("mail: not a policy notice")

// letter composes the mail about a policy notice.
func (m *Mailer) letter(p model.PolicyMail) (*mail.Msg, error) {
	subject, text, err := m.compose(p)
	if err != nil {
		return nil, err
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.FromFormat("Parley", m.from), msg.To(m.to)); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	if m.replyTo != "" {
		if err := msg.ReplyTo(m.replyTo); err != nil {
			return nil, fmt.Errorf("mail: %w", err)
		}
	}
	msg.Subject(subject)
	msg.SetMessageIDWithValue(p.MessageID)
	msg.SetDateWithValue(p.Now)
	// Out-of-office replies must not reach the policy team.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(mail.TypeTextPlain, text)
	return msg, nil
}

// compose composes the text: what, why, since when, what it blocks, and how to ask Facebook.
func (m *Mailer) compose(p model.PolicyMail) (subject, text string, err error) {
	kinds := map[model.NoticeKind]struct{ subject, blocks i18n.ID }{
		model.NoticePolicyWarning: {i18n.MailWarning, i18n.MailWarningBlocks},
		model.NoticePolicyBlock:   {i18n.MailBlock, i18n.MailBlockBlocks},
		model.NoticePolicyUnblock: {i18n.MailUnblock, i18n.MailUnblockBlocks},
	}
	kind, ok := kinds[p.Kind]
	if !ok {
		return "", "", errKind
	}
	w := m.words
	name := safe.LineN(p.PageName, subjectCells).String()
	subject = w.Say(kind.subject, "Page", name)
	blocks := kind.blocks
	switch {
	case p.Kind == model.NoticePolicyBlock && !p.Restricted:
		blocks = i18n.MailBlockOver
	case p.Kind == model.NoticePolicyUnblock && p.Restricted:
		blocks = i18n.MailUnblockOver
	}
	paragraphs := []string{
		subject + w.Say(i18n.MailStop),
		w.Say(i18n.MailSince, "Time", m.time(p.Since)) + "\n" + w.Say(i18n.MailPage, "Link", pageAddress+string(p.Page)),
		m.reason(p),
		w.Say(blocks),
		m.howToAsk(p),
		w.Say(i18n.MailWhere),
	}
	var out []string
	for _, s := range paragraphs {
		if s != "" {
			out = append(out, s)
		}
	}
	return subject, strings.Join(out, "\n\n") + "\n", nil
}

// reason quotes Facebook's reason.
func (m *Mailer) reason(p model.PolicyMail) string {
	r := safe.LineN(p.Reason, reasonCells)
	switch {
	case !r.Empty():
		return m.words.Say(i18n.MailReason) + "\n> " + r.String()
	case p.Kind == model.NoticePolicyUnblock:
		return ""
	}
	return m.words.Say(i18n.MailNoReason)
}

// howToAsk says how to ask Facebook about it.
func (m *Mailer) howToAsk(p model.PolicyMail) string {
	switch {
	case p.Kind == model.NoticePolicyUnblock:
		return ""
	case m.replyTo != "":
		return m.words.Say(i18n.MailAskAnswer)
	}
	return m.words.Say(i18n.MailAskInbox, "Link", supportInbox)
}

func (m *Mailer) time(t time.Time) string {
	zone := m.zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format(timeLayout)
}
