package pipedrive

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/hub/outside"
	"parley/model"
)

// Defaults of a [Config].
const (
	DefaultURL      = "https://api.pipedrive.com"
	DefaultOAuthURL = "https://oauth.pipedrive.com"
	DefaultTimeout  = 15 * time.Second
)

// Config configures a [Client]. Zero values stand for the defaults. There must be a company
// token, or a client id with its secret.
type Config struct {
	// URL is the address of the API for the company token; plain http only on this machine.
	URL string
	// CompanyToken is the API token of an admin of the company.
	CompanyToken string
	// OAuthURL is where users authorize our app; ClientID and ClientSecret are the app's.
	OAuthURL     string
	ClientID     string
	ClientSecret string
	// Timeout bounds every call.
	Timeout   time.Duration
	Transport http.RoundTripper // for tests
	Now       func() time.Time
	Logger    *slog.Logger
}

// Client calls Pipedrive. Nothing is sent twice, no redirect is followed, and tokens are only
// in headers and forms.
type Client struct {
	*caller

	oauth  *url.URL
	id     string
	secret string
	// local: the OAuth server is on this machine, so its api_domain may be, too.
	local bool
	own   *http.Transport // nil if the transport was given

	people cache[people]
	stages cache[[]model.Stage]
	domain cache[string]
}

// New returns a client, or what is wrong with its configuration.
func New(cfg Config) (*Client, error) {
	if cfg.CompanyToken == "" && cfg.ClientID == "" {
		return nil, errors.New("pipedrive: a company token, or the app's client id and secret, are needed")
	}
	if (cfg.ClientID == "") != (cfg.ClientSecret == "") {
		return nil, errors.New("pipedrive: the client id and its secret are needed together")
	}
	api, err := baseURL("API", cmp.Or(cfg.URL, DefaultURL), true)
	if err != nil {
		return nil, err
	}
	oauth, err := baseURL("OAuth", cmp.Or(cfg.OAuthURL, DefaultOAuthURL), true)
	if err != nil {
		return nil, err
	}
	c := &Client{
		caller: &caller{
			api: strings.TrimRight(api.String(), "/"), company: cfg.CompanyToken, timeout: cfg.Timeout, transport: cfg.Transport, now: cfg.Now, log: cfg.Logger,
		},
		oauth: oauth, id: cfg.ClientID, secret: cfg.ClientSecret, local: outside.Loopback(oauth.Hostname()),
	}
	c.people.life, c.stages.life, c.domain.life = usersLife, stagesLife, usersLife
	if c.timeout <= 0 {
		c.timeout = DefaultTimeout
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
	return c, nil
}

// Format implements [fmt.Formatter]; no verb shows a secret.
func (*Client) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[pipedrive client]")) }

// Close closes idle connections. Calls may still be made.
func (c *Client) Close() {
	if c.own != nil {
		c.own.CloseIdleConnections()
	}
}

// SignsIn reports whether users can sign in: there is an app that they can authorize.
func (c *Client) SignsIn() bool { return c.id != "" }

// KnowsCompany reports whether there is a company token, which [Client.Company] and
// [Client.Colleagues] need.
func (c *Client) KnowsCompany() bool { return c.company != "" }

// AuthorizeURL returns where a browser asks its user to authorize us. They come back to
// redirect with the state and a code, or an error.
func (c *Client) AuthorizeURL(redirect, state string) string {
	u := c.oauth.JoinPath("oauth", "authorize")
	u.RawQuery = url.Values{"client_id": {c.id}, "redirect_uri": {redirect}, "state": {state}}.Encode()
	return u.String()
}

// AuthorizeOrigin returns the origin of AuthorizeURL: scheme, host and port.
func (c *Client) AuthorizeOrigin() string { return c.oauth.Scheme + "://" + c.oauth.Host }

// baseURL parses an address of Pipedrive's. http is for this machine only, and only if local
// allows it.
func baseURL(what, address string, local bool) (*url.URL, error) {
	u, err := outside.Address(address, local)
	if err != nil {
		return nil, fmt.Errorf("pipedrive: the %s URL %w", what, err)
	}
	return u, nil
}

// Bounds of the client's own transport, and of an answer.
const (
	idleTimeout      = 30 * time.Second
	idleConnections  = 8
	maxResponseBytes = 8 << 20 // the users of a large company
)

func newTransport() *http.Transport { return outside.Transport(idleTimeout, idleConnections) }

// unavailable is the error of a call that may succeed later.
func unavailable(call string, why error) error {
	return fmt.Errorf("pipedrive %s: %w: %w", call, model.ErrCRMUnavailable, why)
}

// refused is the error of a call that will not succeed later, either.
func refused(call string, status int) error {
	return fmt.Errorf("pipedrive %s: %w: status %d", call, model.ErrCRMRefused, status)
}
