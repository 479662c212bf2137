package messenger

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"parley/hub/messenger/limits"
	"parley/hub/messenger/meta"
	"parley/hub/outside"
	"parley/model"
)

// Defaults of a [Config].
const (
	DefaultGraphURL     = "https://graph.facebook.com"
	DefaultVersion      = "v27.0"
	DefaultSendDeadline = 25 * time.Second
	DefaultTimeout      = 15 * time.Second
)

// Config configures a [Client]. Zero values stand for the defaults; AppID and AppSecret have
// none.
type Config struct {
	// GraphURL is the address of the Graph API; plain http only on this machine.
	GraphURL string
	Version  string
	// DialogURL is the address of Facebook's login dialog; plain http only on this machine.
	DialogURL string
	AppID     model.AppID
	// AppSecret signs the proof that every call carries.
	AppSecret string
	// SendDeadline bounds a [Client.Send], Timeout every other call.
	SendDeadline time.Duration
	Timeout      time.Duration
	// ConversationsPause is the pause between two calls that read a Page's conversations; half
	// a second if zero, since Meta allows two a second.
	ConversationsPause time.Duration
	// Transport replaces the client's own, for tests.
	Transport http.RoundTripper
	Now       func() time.Time
	Logger    *slog.Logger
}

// Client calls the Graph API. A call that changes something is sent once and never repeated (a
// GET may be repeated on another connection if its own was closed). No redirect is followed,
// and a call's token is only in the Authorization header.
//
// Source: Graph API, "Secure requests" and "Overview".
type Client struct {
	base         string // with the version
	dialog       string // with the version
	appID        model.AppID
	appSecret    meta.Secret
	sendDeadline time.Duration
	timeout      time.Duration
	transport    http.RoundTripper
	own          *http.Transport // nil if the transport was given
	now          func() time.Time
	log          *slog.Logger
	inbox        *limits.Limiter
}

// New returns a client, or what is wrong with its configuration.
func New(cfg Config) (*Client, error) {
	if cfg.AppID == "" || cfg.AppSecret == "" {
		return nil, errors.New("messenger: the app's id and secret are needed")
	}
	base, err := baseURL(cmp.Or(cfg.GraphURL, DefaultGraphURL), cmp.Or(cfg.Version, DefaultVersion))
	if err != nil {
		return nil, err
	}
	dialog, err := baseURL(cmp.Or(cfg.DialogURL, DefaultDialogURL), cmp.Or(cfg.Version, DefaultVersion))
	if err != nil {
		return nil, err
	}
	c := &Client{
		base: base, dialog: dialog, appID: cfg.AppID, appSecret: meta.Secret(cfg.AppSecret),
		sendDeadline: orDuration(cfg.SendDeadline, DefaultSendDeadline),
		timeout:      orDuration(cfg.Timeout, DefaultTimeout),
		transport:    cfg.Transport, now: cfg.Now, log: cfg.Logger,
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.transport == nil {
		c.own = newTransport()
		c.transport = c.own
	}
	c.inbox = limits.NewLimiter(orDuration(cfg.ConversationsPause, limits.ConversationsPause), c.now)
	c.inbox.Begins = c.now().Add(2 * c.inbox.Pause) // as many calls as a second allows
	return c, nil
}

// Format implements [fmt.Formatter]; no verb shows a secret.
func (*Client) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[graph client]")) }

// Close closes idle connections. Calls may still be made.
func (c *Client) Close() {
	if c.own != nil {
		c.own.CloseIdleConnections()
	}
}

// appToken is the token of the app itself.
//
// Source: Graph API, "Access tokens", app access tokens.
func (c *Client) appToken() string { return string(c.appID) + "|" + string(c.appSecret) }

// baseURL joins the address of the Graph API and its version.
func baseURL(graph, version string) (string, error) {
	u, err := outside.Address(graph, true)
	if err != nil {
		return "", fmt.Errorf("messenger: the Graph URL %w", err)
	}
	if !regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]{1,2}$`).MatchString(version) {
		return "", fmt.Errorf("messenger: %q is no version of the Graph API", version)
	}
	return strings.TrimRight(u.String(), "/") + "/" + version, nil
}

func orDuration(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}
