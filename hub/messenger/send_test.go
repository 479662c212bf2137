package messenger_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/hub/messenger"
	"parley/model"
)

const accepted = `{"recipient_id":"7001002003004005","message_id":"m_sent1"}`

func reply() model.Outgoing {
	return model.Outgoing{
		Page: page, Token: token, To: customer, Text: "Grüße <b> 😀", ReplyTo: "m_quoted", Metadata: "tok-1",
	}
}

func TestSendOnTheWire(t *testing.T) {
	t.Parallel()
	g := says(t, http.StatusOK, accepted)
	c := g.client(t)
	want := model.Outcome{Kind: model.OutcomeAccepted, MID: "m_sent1"}
	if diff := cmp.Diff(want, c.Send(t.Context(), reply())); diff != "" {
		t.Error(diff)
	}
	short := reply()
	short.ReplyTo, short.Metadata = "", ""
	c.Send(t.Context(), short)
	asked := g.asked()
	if len(asked) != 2 {
		t.Fatalf("%d calls", len(asked))
	}
	for i, body := range []string{
		`{"recipient":{"id":"7001002003004005"},"messaging_type":"RESPONSE","message":{"text":"Grüße \u003cb\u003e 😀","metadata":"tok-1"},"reply_to":{"mid":"m_quoted"}}`,
		`{"recipient":{"id":"7001002003004005"},"messaging_type":"RESPONSE","message":{"text":"Grüße \u003cb\u003e 😀"}}`,
	} {
		checkWire(t, asked[i], token)
		if asked[i].body != body {
			t.Errorf("body %s", asked[i].body)
		}
		if asked[i].method != http.MethodPost || asked[i].path != "/v27.0/"+page+"/messages" {
			t.Errorf("%s %s", asked[i].method, asked[i].path)
		}
	}
}

// TestSendCannotBeReplayed proves that the transport has no second body.
func TestSendCannotBeReplayed(t *testing.T) {
	t.Parallel()
	calls := 0
	c := newClient(t, messenger.Config{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		calls++
		if r.GetBody != nil {
			t.Error("GetBody is set")
		}
		if _, err := io.ReadAll(r.Body); err != nil {
			t.Error(err)
		}
		return nil, errors.New("broken")
	})})
	if o := c.Send(t.Context(), reply()); o.Kind != model.OutcomeUncertain {
		t.Errorf("a transport that read the body and tells of nothing else: %v", o.Kind)
	}
	if calls != 1 {
		t.Errorf("%d calls", calls)
	}
}

func graphBody(code, subcode int, more string) string {
	sub := ""
	if subcode != 0 {
		sub = fmt.Sprintf(`,"error_subcode":%d`, subcode)
	}
	return fmt.Sprintf(`{"error":{"message":"(#%d) Words of Meta","type":"OAuthException","code":%d%s%s,"fbtrace_id":"Tr/ace1"}}`, code, code, sub, more)
}

func TestSendErrorCodes(t *testing.T) {
	t.Parallel()
	const (
		uncertain = model.OutcomeUncertain
		limited   = model.OutcomeRateLimited
		refused   = model.OutcomeRefused
		transient = `,"is_transient":true`
	)
	for _, tt := range []struct {
		name          string
		status        int
		code, subcode int
		more          string
		kind          model.OutcomeKind
		want          model.Code
	}{
		{"4 app limit", 400, 4, 0, "", limited, ""},
		{"17 user limit", 403, 17, 0, "", limited, ""},
		{"32 page limit", 400, 32, 0, "", limited, ""},
		{"613 custom limit", 400, 613, 0, "", limited, ""},
		{"613/1996 inconsistent volume", 400, 613, 1996, "", limited, ""},
		{"80001 pages limit", 429, 80001, 0, "", limited, ""},
		{"80006 messenger limit", 400, 80006, 0, "", limited, ""},
		{"a limit marked transient is one", 400, 4, 0, transient, limited, ""},
		{"a limit in a 5xx is uncertain", 503, 80006, 0, "", uncertain, ""},
		{"1 unknown", 400, 1, 99, "", uncertain, ""},
		{"2 temporary with 400", 400, 2, 0, "", uncertain, ""},
		{"2/2018344 labels not accepted", 400, 2, 2018344, "", uncertain, ""},
		{"1200 internal", 400, 1200, 0, "", uncertain, ""},
		{"a refusal marked transient", 400, 100, 0, transient, uncertain, ""},
		{"a refusal in a 5xx", 500, 10, 2018278, "", uncertain, ""},
		{"a refusal in a 200", 200, 10, 2018278, "", uncertain, ""},
		{"a refusal in a 302", 302, 10, 2018278, "", uncertain, ""},
		{"10/2018278 outside the window", 400, 10, 2018278, "", refused, model.WindowClosed},
		{"10/2018065 outside the window, news", 400, 10, 2018065, "", refused, model.WindowClosed},
		{"368 abusive", 400, 368, 0, "", refused, model.PageRestricted},
		{"10/1893063 restricted", 400, 10, 1893063, "", refused, model.PageRestricted},
		{"613/2018338 bothersome", 400, 613, 2018338, "", refused, model.PageRestricted},
		{"10904 messages off", 400, 10904, 0, "", refused, model.MessagesOff},
		{"551 not available", 400, 551, 0, "", refused, model.Unreachable},
		{"551/1545041 not available", 400, 551, 1545041, "", refused, model.Unreachable},
		{"200/1545041 not available", 403, 200, 1545041, "", refused, model.Unreachable},
		{"10/2018108 cannot receive", 400, 10, 2018108, "", refused, model.Unreachable},
		{"2018300 as a code", 400, 2018300, 0, "", refused, model.OtherApp},
		{"10/2018300 as a subcode", 400, 10, 2018300, "", refused, model.OtherApp},
		{"190/463 token expired", 401, 190, 463, "", refused, model.PageDisconnected},
		{"190 token refused", 400, 190, 0, "", refused, model.PageDisconnected},
		{"190/458 app removed", 400, 190, 458, "", refused, model.PageDisconnected},
		{"190/460 password changed", 400, 190, 460, "", refused, model.PageDisconnected},
		{"190/467 token invalid", 400, 190, 467, "", refused, model.PageDisconnected},
		{"1/1357046 invalid answer", 400, 1, 1357046, "", uncertain, ""},
		{"4/2018022 too many to phone numbers", 400, 4, 2018022, "", limited, ""},
		{"613/2534040 limit", 400, 613, 2534040, "", limited, ""},
		{"100 parameter", 400, 100, 0, "", refused, model.GraphRefused},
		{"100/33 no object", 400, 100, 33, "", refused, model.PermissionMissing},
		{"100/2018001 no such user", 400, 100, 2018001, "", refused, model.NoSuchCustomer},
		{"100/2018014 message and action", 400, 100, 2018014, "", refused, model.GraphRefused},
		{"100/2018008 file not fetched", 400, 100, 2018008, "", refused, model.AttachmentRefused},
		{"100/2018047 file of another type", 400, 100, 2018047, "", refused, model.AttachmentType},
		{"100/2018074 file id", 400, 100, 2018074, "", refused, model.AttachmentRefused},
		{"100/2018109 file too big", 400, 100, 2018109, "", refused, model.AttachmentTooBig},
		{"100/2018294 file broken", 400, 100, 2018294, "", refused, model.AttachmentRefused},
		{"100/2018164 wrong app", 400, 100, 2018164, "", refused, model.AppSettings},
		{"10 permission", 400, 10, 0, "", refused, model.PermissionMissing},
		{"10/2018336 restricted thread", 400, 10, 2018336, "", refused, model.ThreadRestricted},
		{"10/1404170 marketing limit", 400, 10, 1404170, "", refused, model.GraphRefused},
		{"10/1893015 marketing limit", 400, 10, 1893015, "", refused, model.GraphRefused},
		{"200/2018028 app not live", 403, 200, 2018028, "", refused, model.PermissionMissing},
		{"200/2018021 phone matching", 403, 200, 2018021, "", refused, model.PermissionMissing},
		{"200/2018027 phone matching", 403, 200, 2018027, "", refused, model.PermissionMissing},
		{"210 not visible", 400, 210, 0, "", refused, model.PermissionMissing},
		{"230 not allowed", 400, 230, 0, "", refused, model.PermissionMissing},
		{"2022 commerce off", 400, 2022, 0, "", refused, model.CommerceBlocked},
		{"2500 query", 400, 2500, 0, "", refused, model.GraphRefused},
		{"10900 replied already", 400, 10900, 0, "", refused, model.GraphRefused},
		{"10903 can't be answered", 400, 10903, 0, "", refused, model.GraphRefused},
		{"2018171 receiver", 400, 2018171, 0, "", refused, model.GraphRefused},
		{"2018218 no profile", 400, 2018218, 0, "", refused, model.GraphRefused},
		{"2018234 receiver", 400, 2018234, 0, "", refused, model.GraphRefused},
		{"2018247 may not read the profile", 400, 2018247, 0, "", refused, model.GraphRefused},
		{"2018321 automation", 400, 2018321, 0, "", refused, model.AutomationActive},
		{"10/2018321 automation as a subcode", 400, 10, 2018321, "", refused, model.AutomationActive},
		{"2018389 calling", 400, 2018389, 0, "", refused, model.GraphRefused},
		{"9000001 quoted message deleted", 400, 9000001, 0, "", refused, model.MessageGone},
		{"36103 Instagram", 400, 36103, 0, "", refused, model.GraphRefused},
		{"104 signature", 400, 104, 0, "", refused, model.AppSettings},
		{"a code nobody knows", 404, 424242, 0, "", refused, model.GraphRefused},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := says(t, tt.status, graphBody(tt.code, tt.subcode, tt.more)).client(t).Send(t.Context(), reply())
			detail := fmt.Sprintf("(#%d) Words of Meta [Tr/ace1]", tt.code)
			if tt.subcode != 0 {
				detail = fmt.Sprintf("(#%d/%d) Words of Meta [Tr/ace1]", tt.code, tt.subcode)
			}
			want := model.Outcome{Kind: tt.kind, Code: tt.want, Detail: model.Untrusted(detail)}
			if diff := cmp.Diff(want, o); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSendAppSecretProof: the code is that of any wrong parameter; its words tell.
func TestSendAppSecretProof(t *testing.T) {
	t.Parallel()
	for _, words := range []string{"API calls from the server require an appsecret_proof argument", "Invalid appsecret_proof provided in the API argument"} {
		body := `{"error":{"message":"` + words + `","type":"GraphMethodException","code":100,"fbtrace_id":"T"}}`
		if o := says(t, http.StatusBadRequest, body).client(t).Send(t.Context(), reply()); o.Code != model.AppSettings {
			t.Errorf("%q: %+v", words, o)
		}
	}
}

func TestSendRetryAfter(t *testing.T) {
	t.Parallel()
	const usage = "X-Business-Use-Case-Usage"
	entry := func(kind string, minutes int) string {
		return fmt.Sprintf(`{"type":%q,"call_count":100,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":%d}`, kind, minutes)
	}
	for _, tt := range []struct {
		name    string
		headers []string
		want    time.Duration
	}{
		{"none", nil, 0},
		{"the usage header", []string{usage, `{"` + page + `":[` + entry("messenger", 7) + `]}`}, 7 * time.Minute},
		{"the largest of the Page's", []string{usage, `{"` + page + `":[` + entry("messenger", 3) + `,` + entry("pages", 9) + `],"5":[` + entry("pages", 80) + `]}`}, 9 * time.Minute},
		{"of all where the Page is not named", []string{usage, `{"5":[` + entry("pages", 4) + `],"6":[` + entry("pages", 6) + `]}`}, 6 * time.Minute},
		{"usage before Retry-After", []string{usage, `{"` + page + `":[` + entry("messenger", 2) + `]}`, "Retry-After", "5"}, 2 * time.Minute},
		{"Retry-After where usage names no time", []string{usage, `{"` + page + `":[` + entry("messenger", 0) + `]}`, "Retry-After", "5"}, 5 * time.Second},
		{"Retry-After as a date", []string{"Retry-After", "Thu, 01 Oct 2026 12:01:30 GMT"}, 90 * time.Second},
		{"a date gone by", []string{"Retry-After", "Thu, 01 Oct 2026 11:00:00 GMT"}, 0},
		{"nonsense", []string{usage, `[1]`, "Retry-After", "soon"}, 0},
		{"no end", []string{usage, `{"` + page + `":[` + entry("messenger", 2000000000) + `]}`}, 24 * time.Hour},
		{"negative", []string{"Retry-After", "-5"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := says(t, http.StatusBadRequest, graphBody(80006, 0, ""), tt.headers...)
			c := newClient(t, messenger.Config{GraphURL: g.URL, Now: received})
			o := c.Send(t.Context(), reply())
			if o.Kind != model.OutcomeRateLimited || o.RetryAfter != tt.want {
				t.Errorf("got %v, %v", o.Kind, o.RetryAfter)
			}
		})
	}
}

func TestSendOddAnswers(t *testing.T) {
	t.Parallel()
	const html = "<!DOCTYPE html><html><body>Sorry, something went wrong.</body></html>"
	for _, tt := range []struct {
		name    string
		status  int
		body    string
		headers []string
	}{
		{"200 of HTML", 200, html, nil},
		{"200 of garbage", 200, "{{{", nil},
		{"200 of nothing", 200, "", nil},
		{"200 without message_id", 200, `{"recipient_id":"1"}`, nil},
		{"200 with an empty message_id", 200, `{"message_id":""}`, nil},
		{"200 with a message_id that is none", 200, `{"message_id":{"a":1}}`, nil},
		{"200 of a list", 200, `[]`, nil},
		{"200 without end", 200, `{"message_id":"m_1","x":"` + strings.Repeat("x", 2<<20) + `"}`, nil},
		{"301", 301, "", []string{"Location", "/v27.0/elsewhere"}},
		{"307", 307, "", []string{"Location", "/v27.0/elsewhere"}},
		{"302 with an answer", 302, accepted, []string{"Location", "/v27.0/elsewhere"}},
		{"304", 304, "", nil},
		{"400 of HTML", 400, html, nil},
		{"400 without a code", 400, `{"error":{"message":"no"}}`, nil},
		{"400 with an error that is text", 400, `{"error":"no"}`, nil},
		{"400 with a code without end", 400, `{"error":{"code":1e99}}`, nil},
		{"429 of nothing", 429, "", []string{"Retry-After", "5"}},
		{"404 of HTML", 404, html, nil},
		{"500 of nothing", 500, "", nil},
		{"502 of HTML", 502, html, nil},
		{"503 with an answer", 503, accepted, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := says(t, tt.status, tt.body, tt.headers...)
			o := g.client(t).Send(t.Context(), reply())
			if o.Kind != model.OutcomeUncertain || o.MID != "" || o.Code != "" {
				t.Errorf("got %+v", o.Kind)
			}
			if o.Detail == "" && tt.name != "200 without end" { // which is as good as none
				t.Error("nothing tells that there was an answer")
			}
			if n := len(g.asked()); n != 1 {
				t.Errorf("%d calls", n)
			}
		})
	}
}

// line serves raw connections: each runs script, with its number from 1. It
// counts the requests that came in whole.
type line struct {
	net.Listener
	posts atomic.Int32
}

func newLine(t *testing.T, script func(l *line, c *net.TCPConn, n int)) *line {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{Listener: ln}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 1; ; n++ {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			script(l, c.(*net.TCPConn), n)
			c.Close()
		}
	}()
	t.Cleanup(func() {
		ln.Close()
		<-done
	})
	return l
}

func (l *line) url() string { return "http://" + l.Addr().String() }

// read reads one whole request.
func (l *line) read(r *bufio.Reader) bool {
	req, err := http.ReadRequest(r)
	if err != nil {
		return false
	}
	if _, err := io.Copy(io.Discard, req.Body); err != nil {
		return false
	}
	l.posts.Add(1)
	return true
}

// reset closes a connection with a RST.
func reset(c *net.TCPConn) {
	_ = c.SetLinger(0)
	_ = c.Close()
}

func answerOK(c net.Conn) {
	_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(accepted), accepted)
}

func TestSendTransportFailures(t *testing.T) {
	t.Parallel()
	const short = 400 * time.Millisecond
	untilClosed := func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }
	for _, tt := range []struct {
		name     string
		deadline time.Duration
		script   func(l *line, c *net.TCPConn, n int)
	}{
		{"reset before reading", 0, func(_ *line, c *net.TCPConn, _ int) {
			_, _ = c.Read(make([]byte, 1))
			reset(c)
		}},
		{"reset after reading", 0, func(l *line, c *net.TCPConn, _ int) {
			l.read(bufio.NewReader(c))
			reset(c)
		}},
		{"closed after reading", 0, func(l *line, c *net.TCPConn, _ int) { l.read(bufio.NewReader(c)) }},
		{"no answer in time", short, func(_ *line, c *net.TCPConn, _ int) { untilClosed(c) }},
		{"headers, then nothing in time", short, func(l *line, c *net.TCPConn, _ int) {
			l.read(bufio.NewReader(c))
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{")
			untilClosed(c)
		}},
		{"truncated answer", 0, func(l *line, c *net.TCPConn, _ int) {
			l.read(bufio.NewReader(c))
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"+accepted)
		}},
		{"truncated chunks", 0, func(l *line, c *net.TCPConn, _ int) {
			l.read(bufio.NewReader(c))
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"mes\r\n")
		}},
		{"no HTTP", 0, func(l *line, c *net.TCPConn, _ int) {
			l.read(bufio.NewReader(c))
			_, _ = io.WriteString(c, "220 mail.example ESMTP\r\n")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := newLine(t, tt.script)
			o := newClient(t, messenger.Config{GraphURL: l.url(), SendDeadline: tt.deadline}).Send(t.Context(), reply())
			if diff := cmp.Diff(model.Outcome{Kind: model.OutcomeUncertain}, o); diff != "" {
				t.Error(diff)
			}
			if n := l.posts.Load(); n > 1 {
				t.Errorf("%d POSTs", n)
			}
		})
	}
}

// TestSendStaleConnection proves that a POST is not made again where the server
// gave up a connection that was kept open.
func TestSendStaleConnection(t *testing.T) {
	t.Parallel()
	l := newLine(t, func(l *line, c *net.TCPConn, n int) {
		r := bufio.NewReader(c)
		if l.read(r) {
			answerOK(c)
		}
		if n == 1 {
			l.read(r) // the second POST, and no answer to it
		}
	})
	c := newClient(t, messenger.Config{GraphURL: l.url()})
	if o := c.Send(t.Context(), reply()); o.Kind != model.OutcomeAccepted {
		t.Fatalf("first: %v", o.Kind)
	}
	if o := c.Send(t.Context(), reply()); o.Kind != model.OutcomeUncertain {
		t.Errorf("second: %v", o.Kind)
	}
	if n := l.posts.Load(); n != 2 {
		t.Errorf("%d POSTs for two sends", n)
	}
}

func TestSendNothingWritten(t *testing.T) {
	t.Parallel()
	refusing, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing.Close()
	silent := newLine(t, func(_ *line, c *net.TCPConn, _ int) { _, _ = io.Copy(io.Discard, c) })
	plain := newLine(t, func(_ *line, c *net.TCPConn, _ int) {
		_, _ = c.Read(make([]byte, 1))
		_, _ = io.WriteString(c, "HTTP/1.0 400 Bad Request\r\n\r\n")
	})
	for _, tt := range []struct {
		name string
		cfg  messenger.Config
		ctx  context.Context
	}{
		{"dial refused", messenger.Config{GraphURL: "http://" + refusing.Addr().String()}, t.Context()},
		{"no such host", messenger.Config{GraphURL: "https://graph.invalid", Transport: failing(&net.DNSError{Err: "no such host", Name: "graph.invalid", IsNotFound: true})}, t.Context()},
		{"TLS that never comes", messenger.Config{GraphURL: "https://" + silent.Addr().String(), SendDeadline: 150 * time.Millisecond}, t.Context()},
		{"TLS refused", messenger.Config{GraphURL: "https://" + plain.Addr().String()}, t.Context()},
		{"given up before", messenger.Config{GraphURL: silent.url()}, cancelled()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newClient(t, tt.cfg).Send(tt.ctx, reply())
			if diff := cmp.Diff(model.Outcome{Kind: model.OutcomeNothingWritten}, o); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// failing is a transport that never gets to a connection.
func failing(err error) http.RoundTripper {
	return roundTripper(func(*http.Request) (*http.Response, error) { return nil, err })
}

func TestSendBadCertificate(t *testing.T) {
	t.Parallel()
	l := newLine(t, func(_ *line, c *net.TCPConn, _ int) { _ = c.CloseWrite() })
	o := newClient(t, messenger.Config{GraphURL: "https://" + l.Addr().String()}).Send(t.Context(), reply())
	if o.Kind != model.OutcomeNothingWritten {
		t.Errorf("got %v", o.Kind)
	}
}

func TestSendRefusesWithoutCall(t *testing.T) {
	t.Parallel()
	g := says(t, http.StatusOK, accepted)
	c := g.client(t)
	bare := reply()
	bare.Token = ""
	if o := c.Send(t.Context(), bare); o.Kind != model.OutcomeRefused || o.Code != model.PageDisconnected {
		t.Errorf("without token: %v %v", o.Kind, o.Code)
	}
	for _, page := range []model.MetaPageID{"", "..", "a/b", "1?x=2"} {
		odd := reply()
		odd.Page = page
		if o := c.Send(t.Context(), odd); o.Kind != model.OutcomeRefused || o.Code != model.GraphRefused {
			t.Errorf("page %q: %v %v", page, o.Kind, o.Code)
		}
	}
	if n := len(g.asked()); n != 0 {
		t.Errorf("%d calls", n)
	}
}

// TestLogsHoldNoSecret runs calls that fail in every way and reads the logs.
func TestLogsHoldNoSecret(t *testing.T) {
	t.Parallel()
	bodies := []string{
		graphBody(190, 0, `,"x":"Malformed access token `+token+`"`),
		`{"error":{"message":"Malformed access token ` + token + ` of ` + appSecret + `","code":190,"fbtrace_id":"T"}}`,
		"<html>", "",
	}
	var now atomic.Int32
	g := newGraph(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
		body := bodies[now.Load()]
		if body == "" {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, body)
	})
	c := g.client(t)
	var said []string
	for i := range bodies {
		now.Store(int32(i))
		o := c.Send(t.Context(), reply())
		_, err := c.PageCountry(t.Context(), token, page)
		said = append(said, string(o.Detail), err.Error(), fmt.Sprintf("%v %+v", err, c))
		var e *messenger.GraphError
		if errors.As(err, &e) {
			said = append(said, string(e.Detail()))
		}
	}
	said = append(said, g.logs.String())
	for _, s := range said {
		for _, hide := range []string{token, appSecret, proof(token), "Grüße", customer} {
			if strings.Contains(s, hide) {
				t.Errorf("%q shows %q", s, hide)
			}
		}
	}
	if !strings.Contains(g.logs.String(), "fbtrace_id") {
		t.Error("the trace id is not logged")
	}
}
