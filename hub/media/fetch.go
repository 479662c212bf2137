package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"parley/hub/outside"
	"parley/hub/uploads"
	"parley/model"
)

const (
	// mostBytes is the largest content that is fetched: as much as Messenger carries.
	mostBytes = model.MaxAttachment
	// mostHops is how many redirects are followed.
	mostHops = 3
	// idleConns is how long and how many connections are kept for what is fetched next.
	idleTime, idleConns = 30 * time.Second, 8
	dialTime            = 10 * time.Second
	// answerTime is how long Meta may take to begin its answer.
	answerTime = 15 * time.Second
)

// refusedError means that Meta does not hand something out.
type refusedError struct{ status int }

// Error implements error.
func (e *refusedError) Error() string { return fmt.Sprintf("refused with status %d", e.status) }

// fetcher fetches from Meta's hosts, and from no others.
type fetcher struct {
	addresses
	client *http.Client
}

// newFetcher returns a fetcher; resolver looks names up, nil for the system's.
func newFetcher(graphURL string, resolver *net.Resolver) *fetcher {
	a := newAddresses(graphURL)
	f := &fetcher{addresses: a}
	t := outside.Transport(idleTime, idleConns)
	t.Proxy = nil // what is connected to is checked, and a proxy would connect for us
	t.ResponseHeaderTimeout = answerTime
	t.DialContext = func(ctx context.Context, network, to string) (net.Conn, error) {
		d := net.Dialer{Timeout: dialTime, Resolver: resolver, Control: a.control(to)}
		return d.DialContext(ctx, network, to)
	}
	f.client = &http.Client{Transport: t, CheckRedirect: f.follow}
	return f
}

// follow allows a redirect to an address that may be fetched from.
func (f *fetcher) follow(r *http.Request, via []*http.Request) error {
	if len(via) > mostHops || !f.allows(r.URL) {
		return errForeign
	}
	r.Header.Del("Referer")
	return nil
}

// content is what an address answered with. The caller closes it.
type content struct {
	io.ReadCloser
	// name is the file's name by Meta; may be empty.
	name model.Untrusted
}

// fetch asks for what is at an address. Errors name no address: it lets whoever has it read what
// a customer sent.
func (f *fetcher) fetch(ctx context.Context, address model.Untrusted) (content, error) {
	u, err := parse(address)
	if err != nil || !f.allows(u) {
		return content{}, errForeign
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return content{}, errForeign
	}
	r.Header.Set("Accept", "*/*")
	r.Header.Set("User-Agent", "Parley")
	resp, err := f.client.Do(r)
	if err != nil {
		return content{}, bare(err)
	}
	if resp.StatusCode == http.StatusOK && resp.ContentLength <= mostBytes {
		return content{resp.Body, nameOf(resp.Header.Get("Content-Disposition"), u)}, nil
	}
	_ = resp.Body.Close()
	switch status := resp.StatusCode; {
	case status == http.StatusOK:
		return content{}, errTooBig
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests,
		status >= http.StatusInternalServerError:
		return content{}, fmt.Errorf("answered with status %d", status)
	default:
		return content{}, &refusedError{status}
	}
}

// bare returns the cause of an error without the address that was asked for.
func bare(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// made is a name that Meta made up: numbers and a mark for the size.
var made = regexp.MustCompile(`(?i)^(audioclip[-_])?[\d_-]+(_[a-z])?(\.[a-z\d]+)?$`)

// nameOf returns the name of a file: what its sender called it, by the answer's header or by the
// end of its address; empty if Meta made it up.
func nameOf(disposition string, u *url.URL) model.Untrusted {
	name := path.Base(u.Path)
	if _, params, err := mime.ParseMediaType(disposition); err == nil && params["filename"] != "" {
		name = params["filename"]
	}
	if made.MatchString(name) || !strings.Contains(name, ".") {
		return ""
	}
	return uploads.BaseName(model.Untrusted(name))
}

// close closes idle connections.
func (f *fetcher) close() { f.client.CloseIdleConnections() }
