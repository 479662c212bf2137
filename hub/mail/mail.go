// Package mail mails by SMTP: the support inbox, what Facebook's policy team did; users who are
// away, what they would have been notified of.
//
// Headers contain nothing from outside except a Page's name, made safe; Facebook's words are in
// the body only. A mail contains nothing about any customer, unless a user asked for that.
package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"parley/hub/outside"
	"parley/i18n"
	"parley/model"
)

// Config says where mail goes.
type Config struct {
	// URL is the mail server: smtp://[user:password@]host[:587][?from=address], which must
	// offer STARTTLS unless it is on this machine, or smtps://…[:465] with TLS from the first
	// byte. The sender is the from address, else the user if that is an address, else the
	// support inbox itself.
	URL string
	// To is the support inbox; empty: there is none, and policy notices are not mailed.
	To string
	// ReplyTo is where answers to a mail go: Facebook's policy team. May be empty.
	ReplyTo string
	// Words are the sentences in the hub's language.
	Words *i18n.Localizer
	Zone  *time.Location
	// Roots are the certificate authorities for the mail server, for tests; nil means the
	// system's.
	Roots *x509.CertPool
}

// Errors in a [Config]. None quotes it: it may contain a password.
var (
	ErrURL     = errors.New("smtp_url: must be smtp://user:password@host:port or smtps://…")
	ErrFrom    = errors.New("smtp_url: who sends must be said, by from=address or by support_email")
	ErrTo      = errors.New("support_email: must be one mail address")
	ErrReplyTo = errors.New("policy_reply_to: must be one mail address")
)

// The ports of the two schemes.
const (
	portStartTLS = 587
	portTLS      = 465
)

// Mailer mails the support inbox, and users who are away. It is safe for concurrent use.
type Mailer struct {
	host          string
	options       []mail.Option
	from, to      string
	replyTo       string
	words         *i18n.Localizer
	zone          *time.Location
	messageDomain string
}

// New returns a mailer, or what is wrong with its configuration.
func New(c Config) (*Mailer, error) {
	m := &Mailer{words: c.Words, zone: c.Zone}
	var err error
	if c.To != "" {
		if m.to, err = address(c.To); err != nil {
			return nil, ErrTo
		}
	}
	if c.ReplyTo != "" {
		if m.replyTo, err = address(c.ReplyTo); err != nil {
			return nil, ErrReplyTo
		}
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" {
		return nil, ErrURL
	}
	if err := m.server(u, c.Roots); err != nil {
		return nil, err
	}
	m.from = m.to
	for _, from := range []string{u.Query().Get("from"), u.User.Username()} {
		if a, err := address(from); err == nil {
			m.from = a
			break
		}
		if from != "" && from == u.Query().Get("from") {
			return nil, ErrURL
		}
	}
	if m.from == "" {
		return nil, ErrFrom
	}
	_, m.messageDomain, _ = strings.Cut(m.from, "@")
	return m, nil
}

// server reads the mail server's address and protocol.
func (m *Mailer) server(u *url.URL, roots *x509.CertPool) error {
	m.host = u.Hostname()
	port := portStartTLS
	secure := mail.WithTLSPolicy(mail.TLSMandatory)
	switch {
	case u.Scheme == "smtps":
		port, secure = portTLS, mail.WithSSL()
	case u.Scheme != "smtp":
		return ErrURL
	case outside.Loopback(m.host):
		secure = mail.WithTLSPolicy(mail.TLSOpportunistic)
	}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			return ErrURL
		}
		port = int(n)
	}
	m.options = []mail.Option{
		secure, mail.WithPort(port),
		mail.WithTLSConfig(&tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12, RootCAs: roots}),
	}
	if name := u.User.Username(); name != "" {
		password, _ := u.User.Password()
		m.options = append(
			m.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(name), mail.WithPassword(password),
		)
	}
	return nil
}

// address parses a mail address without a name.
func address(s string) (string, error) {
	a, err := netmail.ParseAddress(s)
	if err != nil {
		return "", fmt.Errorf("read address: %w", err)
	}
	return a.Address, nil
}

// MessageID returns the Message-ID of the mail about a notice.
func (m *Mailer) MessageID(notice string) string { return notice + "@" + m.messageDomain }

// MailPolicy hands the mail about a policy notice to the mail server, once, within ctx's
// deadline.
func (m *Mailer) MailPolicy(ctx context.Context, p model.PolicyMail) error {
	msg, err := m.letter(p)
	if err != nil {
		return err
	}
	return m.send(ctx, msg)
}

// send hands a mail to the mail server, within ctx's deadline.
func (m *Mailer) send(ctx context.Context, msg *mail.Msg) error {
	options := m.options
	if until, ok := ctx.Deadline(); ok { // go-mail bounds the dial by ctx, each answer by this
		options = append([]mail.Option{mail.WithTimeout(max(time.Until(until), time.Millisecond))}, options...)
	}
	client, err := mail.NewClient(m.host, options...)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}
