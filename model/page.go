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

// Valid tells whether v is one of the two.
func (v Visibility) Valid() bool { return v == Private || v == Shared }

// Page is one installation of a Facebook Page on this hub: with whom it is
// shared, and the Page's own inputs of every verdict on a reply.
type Page struct {
	ID         PageID     `json:"id"`
	PageID     MetaPageID `json:"page_id" doc:"Facebook's own id of the Page"`
	Name       Untrusted  `json:"name"`
	Visibility Visibility `json:"visibility" enum:"private,shared"`
	Installer  UserRef    `json:"installer"`
	// Sees is whether the user who asked may see what the Page holds. Where it is
	// false, all below is empty.
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
	// Import is how bringing in past conversations stands; nil where none was begun.
	Import *Import `json:"import"`
	// SyncOff: transcripts of the Page's conversations are not kept in the CRM.
	SyncOff bool `json:"sync_off,omitempty"`
}

// PageState is what Facebook tells of a Page when it is asked.
type PageState struct {
	// Subscribed: the app gets the Page's messages.
	Subscribed bool
	// TokenRefused: the Page's token is no longer taken; the rest is not known then.
	TokenRefused bool
	// MessagesOff is whether messaging is switched off in the Page's settings; nil where
	// Facebook does not tell.
	MessagesOff *bool
}

// Restriction is a Page's ban from sending.
type Restriction struct {
	Reason Untrusted `json:"reason"`
	// Since is Meta's time of the policy event, or when a send was refused.
	Since time.Time `json:"since"`
	// RetryAt is when one reply is let through again to see whether the ban still
	// stands; nil for a ban told by a policy event, which only `unblock` lifts.
	RetryAt *time.Time `json:"retry_at"`
}

// Public returns what anybody may know of a Page: that it exists, whether it is
// private, and whose it is.
func (p Page) Public() Page {
	return Page{ID: p.ID, PageID: p.PageID, Name: p.Name, Visibility: p.Visibility, Installer: p.Installer}
}

// Connected tells whether messages come and go: installed, with a token that
// works and a webhook subscription.
func (p Page) Connected() bool {
	return p.UninstalledAt == nil && !p.TokenRefused && p.Subscribed
}

// CanSee tells whether a user sees what an installation of a Page holds: its
// conversations, and all that hangs on them. A private one only its installer
// does, a shared one every user of the hub. An admin has no other eyes.
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
	// ManageKnown: Facebook showed that the token's owner has full control of the
	// Page (task MANAGE). A Page's token alone can't show it.
	ManageKnown bool
}

// ManagedPage is a Page that a person on Facebook may work with.
type ManagedPage struct {
	ID   MetaPageID
	Name Untrusted
	// Token is the Page's own access token, for that person. Never in a log or an answer.
	Token string
	// FullControl: they have the task MANAGE, and so may connect it.
	FullControl bool
}

// LogValue implements [slog.LogValuer]: neither name nor token is shown.
func (p ManagedPage) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(p.ID)), slog.Bool("full_control", p.FullControl))
}

// ConnectState is how far connecting a Page through the browser is.
type ConnectState string

// The states, in the order they come in; the last two are final.
const (
	// ConnectWaiting: the link was not opened yet.
	ConnectWaiting ConnectState = "waiting"
	// ConnectAtFacebook: the browser was sent to Facebook's dialog.
	ConnectAtFacebook ConnectState = "facebook"
	// ConnectChoosing: the Page and who sees it are being chosen.
	ConnectChoosing ConnectState = "choosing"
	// ConnectSubscribing: the Page is stored, and its webhooks are asked for.
	ConnectSubscribing ConnectState = "subscribing"
	ConnectDone        ConnectState = "connected"
	ConnectRefused     ConnectState = "refused"
)

// Final tells whether nothing more comes after a state.
func (s ConnectState) Final() bool { return s == ConnectDone || s == ConnectRefused }

// Connect is one attempt to connect a Page through the browser.
type Connect struct {
	ID string `json:"id"`
	// URL is the link to open in a browser; only told when the attempt begins.
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

// CheckState is how a part of the way between Facebook and the inbox stands.
type CheckState string

// The states of a check.
const (
	CheckOK CheckState = "ok"
	// CheckWrong: something has to be done.
	CheckWrong CheckState = "wrong"
	// CheckUnknown: it could not be found out.
	CheckUnknown CheckState = "unknown"
	// CheckOff: it is not set up, and need not be.
	CheckOff CheckState = "off"
)

// Check is one line of what the doctor found.
type Check struct {
	// ID names what was looked at: token, scopes, expiry, messages, subscription, fields,
	// policy, webhook, clock, news, test, raw, store, mail, crm, files.
	ID    string     `json:"id"`
	State CheckState `json:"state" enum:"ok,wrong,unknown,off"`
	// Detail is what is missing or counted, or why; a time is RFC 3339.
	Detail Untrusted `json:"detail"`
}

// PageExam is what Facebook tells of a connected Page and its token. A part that could
// not be asked is an error, in words without secrets.
type PageExam struct {
	TokenErr  error
	Valid     bool
	Missing   []string // scopes
	ExpiresAt time.Time

	SettingsErr error
	// MessagesOn: messaging is switched on; nil where Facebook does not tell.
	MessagesOn *bool

	SubscriptionErr error
	Subscribed      bool
	MissingFields   []string

	// Time is Facebook's clock; zero: it did not tell.
	Time time.Time
}

// GreetingLimit is the longest greeting, in characters.
//
// Source: Messenger Profile API, "Greeting".
const GreetingLimit = 160

// DefaultLocale is that of the greeting which everybody sees for whose language there is
// none.
const DefaultLocale = "default"

// Why a greeting is refused, besides an empty text ([TextEmpty]).
const (
	GreetingTooLong Code = "greeting_too_long"
	// GreetingDefault: without a default one there can't be one for a language.
	GreetingDefault Code = "greeting_default"
	// GreetingLocale: the locale is none of Facebook's.
	GreetingLocale Code = "greeting_locale"
)

// Greeting is what a Page says to whoever opens a conversation with it for the first
// time, in one language. Facebook shows it before the first message.
type Greeting struct {
	// Locale is as Facebook writes it, ja_JP, or [DefaultLocale].
	Locale string    `json:"locale" maxLength:"16"`
	Text   Untrusted `json:"text" maxLength:"4096"`
}

var localeForm = regexp.MustCompile(`^[a-z]{2,3}_[A-Z]{2}$`)

// Check refuses a greeting that Facebook would refuse.
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

// WithGreeting returns a Page's greetings with that one, in place of the one of its
// locale; the default one stands first. A first one must be the default.
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

// WithoutGreeting returns a Page's greetings without that of a locale; empty: none. The
// default one stays as long as there are others.
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

// GreetingFor returns the greeting that a customer with that locale sees.
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

// Preview is a greeting as a customer of that name sees it. Facebook knows which part of
// a name is which; here it is the order in which names of that script are written.
func (g Greeting) Preview(name Untrusted) Untrusted {
	first, last := nameParts(strings.Join(strings.Fields(string(name)), " "))
	return Untrusted(strings.NewReplacer(
		"{{user_first_name}}", first, "{{user_last_name}}", last, "{{user_full_name}}", strings.Join(strings.Fields(string(name)), " "),
	).Replace(string(g.Text)))
}

// nameParts splits a name: the family's name stands first where it is written in
// Chinese, Japanese or Korean script.
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
