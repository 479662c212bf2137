// Package mail is the sandbox's mail server: it accepts mail for anybody by SMTP, and keeps it.
package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"parley/sandbox/fault"
	"parley/sandbox/wait"
)

// Mail is a received mail.
type Mail struct {
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
	largest = 1 << 20 // bytes of a mail
	timeout = time.Minute
)

// Server receives mail. Its lock guards the received mails; nothing is called with it held.
type Server struct {
	ln     net.Listener
	faults *fault.List
	now    func() time.Time
	log    *slog.Logger

	mu    sync.Mutex
	mails []Mail // oldest first
}

// Listen returns a server that listens on a port of its own; Run serves it and closes the
// listener.
func Listen(host string, faults *fault.List, now func() time.Time, log *slog.Logger) (*Server, error) {
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	return &Server{ln: ln, faults: faults, now: now, log: log}, nil
}

// URL returns the server's address.
func (s *Server) URL() string { return "smtp://" + s.ln.Addr().String() }

// Mails returns the received mails, oldest first.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail{}, s.mails...)
}

// Run serves until ctx ends; when it returns, none of its goroutines is left.
func (s *Server) Run(ctx context.Context) {
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{s: s, ctx: ctx, conn: c.Conn()}, nil
	}))
	srv.Domain = "sandbox.example.com"
	srv.MaxMessageBytes, srv.MaxRecipients = largest, 10
	srv.ReadTimeout, srv.WriteTimeout = timeout, timeout
	srv.ErrorLog = slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.Serve(s.ln)
	}()
	select {
	case <-ctx.Done():
	case <-served:
	}
	_ = srv.Close()
	_ = s.ln.Close() // in case Serve had not begun yet
	<-served
}

// session is one connection.
type session struct {
	s     *Server
	ctx   context.Context //nolint:containedctx // go-smtp's sessions have none of their own
	conn  net.Conn
	from  string
	to    []string
	fault *fault.Fault
}

var errCut = errors.New("the connection was cut")

// Mail implements smtp.Session. Faults apply here, act_and_cut once the mail is accepted.
func (m *session) Mail(from string, _ *smtp.MailOptions) error {
	m.from, m.to = from, nil
	m.fault = m.s.faults.Match("smtp", "", fault.OnMail)
	if m.fault == nil {
		return nil
	}
	switch m.fault.Kind {
	case "refuse":
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Not wanted here"}
	case "later":
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Try again later"}
	case "hang":
		wait.Sleep(m.ctx, timeout)
		_ = m.conn.Close()
		return errCut
	}
	return nil
}

// Rcpt implements smtp.Session.
func (m *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.to = append(m.to, to)
	return nil
}

// Data implements smtp.Session.
func (m *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	got := read(raw)
	got.From, got.To, got.At = m.from, m.to, m.s.now().UTC()
	m.s.mu.Lock()
	m.s.mails = append(m.s.mails, got)
	m.s.mu.Unlock()
	if m.fault != nil && m.fault.Kind == "act_and_cut" {
		_ = m.conn.Close()
		return errCut
	}
	return nil
}

// Reset implements smtp.Session.
func (m *session) Reset() { m.from, m.to = "", nil }

// Logout implements smtp.Session.
func (m *session) Logout() error { return nil }

// read parses a mail of plain text. What it can't parse stays empty: Raw has it.
func read(raw []byte) Mail {
	got := Mail{Raw: string(raw)}
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
