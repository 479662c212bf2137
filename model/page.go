package model

import (
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Visibility says who sees an installation of a Page.
type Visibility string

// The two visibilities; they are those of Pipedrive's own inbox (docs/adr/0006).
const (
	// Private: only its installer sees, receives, replies and links.
	Private Visibility = "private"
	// Shared: every user of the hub does.
	Shared Visibility = "shared"
)

// Valid reports whether v is one of the two.
func (v Visibility) Valid() bool { return v == Private || v == Shared }

// Page is one installation of a Facebook Page on this hub. It also holds what [CanReply]
// needs to know of the Page.
type Page struct {
	ID         PageID     `json:"id"`
	PageID     MetaPageID `json:"page_id" doc:"Facebook's own id of the Page"`
	Name       Untrusted  `json:"name"`
	Visibility Visibility `json:"visibility" enum:"private,shared"`
	Installer  UserRef    `json:"installer"`
	// Sees is whether the requesting user may see the Page's content. If not, all fields below
	// are empty.
	Sees bool  `json:"sees"`
	Seq  int64 `json:"seq"`

	ConnectedAt   *time.Time `json:"connected_at"`
	UninstalledAt *time.Time `json:"uninstalled_at"`
	// TokenRefused: the Graph API answered 190; a repair brings a new token.
	TokenRefused bool `json:"token_refused"`
	// Subscribed: the app gets this Page's webhooks.
	Subscribed bool `json:"subscribed"`
	// Restricted is set while Facebook restricts the Page from sending.
	Restricted *Restriction `json:"restricted"`
	// MessagesOff: messaging is switched off in the Page's settings.
	MessagesOff bool `json:"messages_off"`
	// RateLimitedUntil is when the Graph API may be called again.
	RateLimitedUntil *time.Time `json:"rate_limited_until"`
	// Import is the progress of importing past conversations; nil if none was started.
	Import *Import `json:"import"`
	// SyncOff: transcripts of the Page's conversations are not kept in the CRM.
	SyncOff bool `json:"sync_off,omitempty"`
}

// PageState is what Facebook says about a Page when asked.
type PageState struct {
	// Subscribed: the app gets the Page's messages.
	Subscribed bool
	// TokenRefused: the Page's token is no longer accepted; the rest is then not known.
	TokenRefused bool
	// MessagesOff is whether messaging is switched off in the Page's settings; nil if Facebook
	// does not say.
	MessagesOff *bool
}

// Restriction is a Page's ban from sending.
type Restriction struct {
	Reason Untrusted `json:"reason"`
	// Since is Meta's time of the policy event, or when a send was refused.
	Since time.Time `json:"since"`
	// RetryAt is when one reply is let through to see whether the ban still stands; nil for a
	// ban that a policy event reported, which only `unblock` lifts.
	RetryAt *time.Time `json:"retry_at"`
}

// Public returns what anybody may know of a Page: that it exists, whether it is private,
// and who installed it.
func (p Page) Public() Page {
	return Page{ID: p.ID, PageID: p.PageID, Name: p.Name, Visibility: p.Visibility, Installer: p.Installer}
}

// Connected reports whether messages come and go: the Page is installed, its token works
// and webhooks are subscribed.
func (p Page) Connected() bool {
	return p.UninstalledAt == nil && !p.TokenRefused && p.Subscribed
}

// CanSee reports whether a user sees the content of an installation: its conversations and
// everything in them. Only the installer sees a private one; every user of the hub sees a
// shared one. Admins see no more than others.
func CanSee(user UserID, page Page) bool {
	if user == "" {
		return false
	}
	return page.Visibility == Shared || page.Installer.ID == user
}

// PageGrant is what an access token lets us do with a Page.
type PageGrant struct {
	ID   MetaPageID
	Name Untrusted
	// Token is the Page's own access token.
	Token string
	// ManageKnown: Facebook confirmed that the token's owner has full control of the Page
	// (task MANAGE). A Page's token alone can't prove it.
	ManageKnown bool
}

// ManagedPage is a Page that a person on Facebook may work with.
type ManagedPage struct {
	ID   MetaPageID
	Name Untrusted
	// Token is the Page's own access token for that person. It must not be logged or returned.
	Token string
	// FullControl: they have the task MANAGE, so they may connect the Page.
	FullControl bool
}

// LogValue implements [slog.LogValuer]: neither name nor token is shown.
func (p ManagedPage) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(p.ID)), slog.Bool("full_control", p.FullControl))
}

// ConnectState is the progress of connecting a Page through the browser.
type ConnectState string

// The states, in the order they come in; the last two are final.
const (
	// ConnectWaiting: the link was not opened yet.
	ConnectWaiting ConnectState = "waiting"
	// ConnectAtFacebook: the browser was sent to Facebook's dialog.
	ConnectAtFacebook ConnectState = "facebook"
	// ConnectChoosing: the user chooses the Page and who sees it.
	ConnectChoosing ConnectState = "choosing"
	// ConnectSubscribing: the Page is stored, and its webhooks are being subscribed.
	ConnectSubscribing ConnectState = "subscribing"
	ConnectDone        ConnectState = "connected"
	ConnectRefused     ConnectState = "refused"
)

// Final reports whether the state is an end.
func (s ConnectState) Final() bool { return s == ConnectDone || s == ConnectRefused }

// Connect is one attempt to connect a Page through the browser.
type Connect struct {
	ID string `json:"id"`
	// URL is the link to open in a browser; set only when the attempt begins.
	URL       string       `json:"url,omitempty"`
	State     ConnectState `json:"state" enum:"waiting,facebook,choosing,subscribing,connected,refused"`
	ExpiresAt time.Time    `json:"expires_at"`
	// Code says why it was refused.
	Code Code `json:"code,omitempty"`
	// Page is set once connected.
	Page *Page `json:"page,omitempty"`
}

// LogValue implements [slog.LogValuer]: neither link nor name is shown.
func (c Connect) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", c.ID), slog.String("state", string(c.State)), slog.String("code", string(c.Code)))
}

// CheckState is the result of a check of one part of the way from Facebook to the inbox.
type CheckState string

// The states of a check.
const (
	CheckOK CheckState = "ok"
	// CheckWrong: somebody has to act.
	CheckWrong CheckState = "wrong"
	// CheckUnknown: we could not find out.
	CheckUnknown CheckState = "unknown"
	// CheckOff: it is not set up, and need not be.
	CheckOff CheckState = "off"
)

// Check is one line of the doctor's report.
type Check struct {
	// ID names what was checked: token, scopes, expiry, messages, subscription, fields,
	// policy, webhook, clock, news, test, raw, store, mail, crm, files.
	ID    string     `json:"id"`
	State CheckState `json:"state" enum:"ok,wrong,unknown,off"`
	// Detail is what is missing or counted, or why; a time is RFC 3339.
	Detail Untrusted `json:"detail"`
}

// PageExam is what Facebook says about a connected Page and its token. The error of a part
// that could not be asked holds no secrets.
type PageExam struct {
	TokenErr  error
	Valid     bool
	Missing   []string // scopes
	ExpiresAt time.Time

	SettingsErr error
	// MessagesOn: messaging is switched on; nil if Facebook does not say.
	MessagesOn *bool

	SubscriptionErr error
	Subscribed      bool
	MissingFields   []string

	// Time is Facebook's clock; zero if unknown.
	Time time.Time
}

// GreetingLimit is the longest greeting, in characters.
//
// Source: Messenger Profile API, "Greeting".
const GreetingLimit = 160

// DefaultLocale is the locale of the greeting for everybody whose language has none.
const DefaultLocale = "default"

// Why a greeting is refused, besides an empty text ([TextEmpty]).
const (
	GreetingTooLong Code = "greeting_too_long"
	// GreetingDefault: greetings for a language need a default one.
	GreetingDefault Code = "greeting_default"
	// GreetingLocale: Facebook has no such locale.
	GreetingLocale Code = "greeting_locale"
)

// Greeting is what a Page says, in one language, to whoever opens a conversation with it
// for the first time. Facebook shows it before the first message.
type Greeting struct {
	// Locale is in Facebook's form, ja_JP, or [DefaultLocale].
	Locale string    `json:"locale" maxLength:"16"`
	Text   Untrusted `json:"text" maxLength:"4096"`
}

var localeForm = regexp.MustCompile(`^[a-z]{2,3}_[A-Z]{2}$`)

// Check returns why Facebook would refuse the greeting, nil if it would not.
func (g Greeting) Check() error {
	switch {
	case g.Locale != DefaultLocale && !localeForm.MatchString(g.Locale):
		return Refuse(GreetingLocale)
	case strings.TrimSpace(string(g.Text)) == "":
		return Refuse(TextEmpty)
	case utf8.RuneCountInString(string(g.Text)) > GreetingLimit:
		return Refuse(GreetingTooLong)
	}
	return nil
}

// WithGreeting returns all with g added, or put in place of the one with its locale; the
// default one comes first. The first greeting of a Page must be the default.
func WithGreeting(all []Greeting, g Greeting) ([]Greeting, error) {
	if err := g.Check(); err != nil {
		return nil, err
	}
	out := slices.DeleteFunc(slices.Clone(all), func(o Greeting) bool { return o.Locale == g.Locale })
	if g.Locale == DefaultLocale {
		return slices.Insert(out, 0, g), nil
	}
	out = append(out, g)
	if !hasDefault(out) {
		return nil, Refuse(GreetingDefault)
	}
	return out, nil
}

// WithoutGreeting returns all without the greeting of a locale; an empty locale removes
// all. The default one can't be removed while there are others.
func WithoutGreeting(all []Greeting, locale string) ([]Greeting, error) {
	if locale == "" {
		return nil, nil
	}
	out := slices.DeleteFunc(slices.Clone(all), func(o Greeting) bool { return o.Locale == locale })
	if len(out) > 0 && !hasDefault(out) {
		return nil, Refuse(GreetingDefault)
	}
	return out, nil
}

func hasDefault(all []Greeting) bool {
	return slices.ContainsFunc(all, func(g Greeting) bool { return g.Locale == DefaultLocale })
}

// GreetingFor returns the greeting that a customer with that locale sees; false if none.
func GreetingFor(all []Greeting, locale string) (Greeting, bool) {
	for _, want := range []string{locale, DefaultLocale} {
		for _, g := range all {
			if g.Locale == want {
				return g, true
			}
		}
	}
	return Greeting{}, false
}

// Preview returns the greeting as a customer of that name sees it. Facebook knows which part
// of a name is which; we go by the order in which the name's script writes them.
func (g Greeting) Preview(name Untrusted) Untrusted {
	first, last := nameParts(strings.Join(strings.Fields(string(name)), " "))
	return Untrusted(strings.NewReplacer(
		"{{user_first_name}}", first, "{{user_last_name}}", last, "{{user_full_name}}", strings.Join(strings.Fields(string(name)), " "),
	).Replace(string(g.Text)))
}

// nameParts splits a name: the family name comes first in Chinese, Japanese and Korean
// script.
func nameParts(name string) (first, last string) {
	if r, _ := utf8.DecodeRuneInString(name); unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
		family, given, two := strings.Cut(name, " ")
		if !two {
			return name, ""
		}
		return given, family
	}
	first, last, _ = strings.Cut(name, " ")
	return first, last
}
