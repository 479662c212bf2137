package sandbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// mail is one that came by SMTP.
type mail struct {
	From      string    `json:"from"` // of the envelope
	To        []string  `json:"to"`
	MessageID string    `json:"message_id"`
	ReplyTo   string    `json:"reply_to"`
	Subject   string    `json:"subject"`
	Text      string    `json:"text"`
	Raw       string    `json:"raw"`
	At        time.Time `json:"at"`
}

const (
	maxMail     = 1 << 20
	mailTimeout = time.Minute
)

// serveMail takes mail for anybody until ctx ends.
func (s *Sandbox) serveMail(ctx context.Context) {
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &mailSession{s: s, ctx: ctx, conn: c.Conn()}, nil
	}))
	srv.Domain = "sandbox.example.com"
	srv.MaxMessageBytes, srv.MaxRecipients = maxMail, 10
	srv.ReadTimeout, srv.WriteTimeout = mailTimeout, mailTimeout
	srv.ErrorLog = slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)
	served := make(chan struct{})
	s.wg.Go(func() {
		defer close(served)
		_ = srv.Serve(s.mailLn)
	})
	select {
	case <-ctx.Done():
	case <-served:
	}
	_ = srv.Close()
	_ = s.mailLn.Close() // also where Serve had not begun yet
	<-served
}

// mailSession is one connection.
type mailSession struct {
	s     *Sandbox
	ctx   context.Context //nolint:containedctx // go-smtp's sessions have none of their own
	conn  net.Conn
	from  string
	to    []string
	fault *fault
}

var errCutMail = errors.New("the connection was cut")

// Mail implements smtp.Session. Faults strike here, act_and_cut once the mail is taken.
func (m *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	m.from, m.to = from, nil
	m.fault = m.s.takeFault("smtp", "", onMail)
	if m.fault == nil {
		return nil
	}
	switch m.fault.Kind {
	case "refuse":
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Not wanted here"}
	case "later":
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Try again later"}
	case "hang":
		sleep(m.ctx, mailTimeout)
		_ = m.conn.Close()
		return errCutMail
	}
	return nil
}

// Rcpt implements smtp.Session.
func (m *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.to = append(m.to, to)
	return nil
}

// Data implements smtp.Session.
func (m *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	got := readMail(raw)
	got.From, got.To, got.At = m.from, m.to, m.s.now().UTC()
	m.s.mu.Lock()
	m.s.mails = append(m.s.mails, got)
	m.s.mu.Unlock()
	if m.fault != nil && m.fault.Kind == "act_and_cut" {
		_ = m.conn.Close()
		return errCutMail
	}
	return nil
}

// Reset implements smtp.Session.
func (m *mailSession) Reset() { m.from, m.to = "", nil }

// Logout implements smtp.Session.
func (m *mailSession) Logout() error { return nil }

// readMail takes a mail of plain text apart. What it can't read stays empty: Raw has it.
func readMail(raw []byte) mail {
	got := mail{Raw: string(raw)}
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return got
	}
	header := func(name string) string {
		v := msg.Header.Get(name)
		if d, err := (&mime.WordDecoder{}).DecodeHeader(v); err == nil {
			return d
		}
		return v
	}
	got.Subject, got.ReplyTo = header("Subject"), header("Reply-To")
	got.MessageID = strings.Trim(header("Message-ID"), "<>")
	body := msg.Body
	if strings.EqualFold(header("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	if text, err := io.ReadAll(body); err == nil {
		got.Text = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	return got
}

func (s *Sandbox) controlMails(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	list := append([]mail{}, s.mails...)
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"mails": list})
}
