package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/wneessen/go-mail"

	"parley/i18n"
	"parley/model"
	"parley/model/notify"
	"parley/model/safe"
)

// quotedCells is how much of a message a mail with content has.
const quotedCells = 120

// MailAway hands what a user who is away is mailed to the mail server, once, within ctx's deadline.
// The subject has numbers alone; whose and what was written is in the text, if it is in the digest.
// An error has no address, and nothing that the server said of one.
func (m *Mailer) MailAway(ctx context.Context, d notify.Digest) error {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if errors.Join(msg.FromFormat("Parley", m.from), msg.To(d.To)) != nil {
		return errAddress
	}
	n := 0
	var lines []string
	for _, s := range d.Sums {
		n += s.N
		lines = append(lines, m.sum(s))
	}
	if len(d.Said) > 0 {
		lines = append(lines, "")
	}
	for _, e := range d.Said {
		lines = append(lines, m.said(e, d))
	}
	subject := m.words.Say(i18n.AwaySubjectOne)
	if n != 1 {
		subject = m.words.Say(i18n.AwaySubject, "N", n)
	}
	msg.Subject(subject)
	msg.SetMessageID()
	msg.SetDateWithValue(d.Now)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(mail.TypeTextPlain, strings.Join(append(lines, "", m.words.Say(i18n.AwayFoot)), "\n")+"\n")
	err := m.send(ctx, msg)
	if msg.IsDelivered() { // that the connection broke afterwards is no reason to mail it again
		return nil
	}
	if refused := new(mail.SendError); errors.As(err, &refused) {
		return fmt.Errorf("%w: %s, code %d", errRefused, refused.Reason, refused.ErrorCode())
	}
	return err
}

// Why a user is not mailed. go-mail's errors have the address, and the server's words may.
var (
	errAddress = errors.New("mail: the user's address can't be mailed to")
	errRefused = errors.New("mail: the server does not take it")
)

// sum says how many events of a kind there are.
func (m *Mailer) sum(s notify.Sum) string {
	if s.N == 1 {
		return m.words.Say(i18n.AlertOne(string(s.Kind)))
	}
	return m.words.Say(i18n.AlertMany(string(s.Kind)), "N", s.N)
}

// said says an event with its content.
func (m *Mailer) said(e notify.Event, d notify.Digest) string {
	name := safe.LineN(e.Customer, subjectCells).String()
	if name == "" {
		name = m.words.Say(i18n.CustomerUnnamed, "ID", string(e.Conversation.Customer()))
	}
	by := ""
	if e.By != nil {
		by = safe.LineN(model.Untrusted(e.By.Name), subjectCells).String()
	}
	text := safe.LineN(e.Text, quotedCells).String()
	if text == "" && e.Kind.Message() {
		text = m.words.Say(i18n.AlertOne(string(e.Kind)))
	}
	return "- " + m.words.Say(i18n.AlertContent(string(e.Kind)), "Customer", name, "Who", by, "Text", text, "Time", e.At.In(d.Zone).Format("15:04"))
}
