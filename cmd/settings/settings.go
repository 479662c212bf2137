// Package settings reads the settings of flags, variables and config.toml.
package settings

import (
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/v2"

	"parley/cmd/cli"
	"parley/hub"
	"parley/hub/pipedrive"
	"parley/i18n"
	"parley/model/notify"
	"parley/ui/pictures"
	"parley/ui/theme"
)

// Settings can be set by flags, PARLEY_* variables and config.toml, in order of precedence; else
// the defaults apply.
type Settings struct {
	Listen    string `koanf:"listen"`
	DB        string `koanf:"db"`
	Bus       string `koanf:"bus"`
	SSH       string `koanf:"ssh"`
	PublicURL string `koanf:"public_url"`

	// TrustedProxy are the networks of proxies whose headers about the client are believed.
	TrustedProxy []string `koanf:"trusted_proxy"`
	// TLSCert and TLSKey are files. Domain is the name for which the hub gets a certificate
	// itself, from the ACME directory at ACMEURL (empty: Let's Encrypt).
	TLSCert string `koanf:"tls_cert"`
	TLSKey  string `koanf:"tls_key"`
	Domain  string `koanf:"domain"`
	ACMEURL string `koanf:"acme_url"`
	// MetricsListen is the address of the metrics, empty to not serve them; MetricsToken is
	// required there, if set.
	MetricsListen string `koanf:"metrics_listen"`
	MetricsToken  string `koanf:"metrics_token"`

	// MasterKey is the key of the store's secrets; empty: it is in a file beside the store.
	MasterKey string `koanf:"master_key"`

	MetaAppID     string `koanf:"meta_app_id"`
	MetaAppSecret string `koanf:"meta_app_secret"`
	// MetaAppSecretOld is the previous secret: webhooks signed with it are accepted, too.
	MetaAppSecretOld string `koanf:"meta_app_secret_old"`
	MetaVerifyToken  string `koanf:"meta_verify_token"`
	MetaGraphURL     string `koanf:"meta_graph_url"`
	MetaDialogURL    string `koanf:"meta_dialog_url"`
	MetaVersion      string `koanf:"meta_version"`

	// Pipedrive: the URL of its API and the company token; the OAuth app by which users sign in,
	// and its URL; and whether an unknown colleague gets an account by signing in.
	PipedriveURL          string `koanf:"pipedrive_url"`
	PipedriveToken        string `koanf:"pipedrive_token"`
	PipedriveClientID     string `koanf:"pipedrive_client_id"`
	PipedriveClientSecret string `koanf:"pipedrive_client_secret"`
	PipedriveOAuthURL     string `koanf:"pipedrive_oauth_url"`
	PipedriveNewUsers     bool   `koanf:"pipedrive_new_users"`

	// SMTPURL is the mail server for mails to SupportEmail about acts of Facebook's policy team;
	// replies to these go to PolicyReplyTo.
	SMTPURL       string `koanf:"smtp_url"`
	SupportEmail  string `koanf:"support_email"`
	PolicyReplyTo string `koanf:"policy_reply_to"`

	// MediaQuota is how much of what customers send is kept, MediaAge for how long; 0: for as
	// long as their messages.
	MediaQuota Bytes         `koanf:"media_quota"`
	MediaAge   time.Duration `koanf:"media_age"`

	// FeedbackURL is where users can report what they miss.
	FeedbackURL string `koanf:"feedback_url"`

	Hub   string `koanf:"hub"`
	Token string `koanf:"token"`
	// CacheTTL is how long the inbox shows, before the hub answers, what it last knew of a Page
	// after the hub confirmed access to it; 0: nothing is kept.
	CacheTTL time.Duration `koanf:"cache_ttl"`

	// Lang is the language set in config.toml; empty: the system's. It is looked up before the
	// settings are read: see [cli.Program.Languages].
	Lang string `koanf:"lang"`
	// The screen: its theme, by name or file; its glyphs (auto, unicode, ascii), whether
	// the open conversation follows the selection, whether the next that waits opens after done,
	// snooze and assign, and the keys of commands.
	Theme   string              `koanf:"theme"`
	Glyphs  string              `koanf:"glyphs"`
	Preview bool                `koanf:"preview"`
	Advance bool                `koanf:"auto_advance"`
	Keys    map[string][]string `koanf:"keys"`
	// Pictures is how large customers' pictures are shown in the conversation: off, small, large.
	Pictures string `koanf:"pictures"`
	// Mouse: the screen takes the mouse, and with it the terminal's selecting of text, unless shift
	// is held. ListWidth and PanelWidth are the widths of the list and the panel; 0: what suits the
	// screen.
	Mouse      bool `koanf:"mouse"`
	ListWidth  int  `koanf:"list_width"`
	PanelWidth int  `koanf:"panel_width"`
	// Accessible: the inbox is lines instead of a screen, for a screen reader.
	Accessible bool `koanf:"accessible"`
	// GuideLine: the demo says what to try next.
	GuideLine bool `koanf:"guide_line"`
	// Macros are this user's macros. They stand in config.toml only.
	Macros []Macro `koanf:"macros"`
	// Notify is how this terminal notifies (auto, osc9, osc777, bell, off); empty: as the user's
	// own preferences on the hub say.
	Notify string `koanf:"notify"`
	// Hooks are commands of this machine that are run on events. They stand in config.toml only.
	Hooks []Hook `koanf:"hooks"`

	// SendHold is how long a reply is held back after enter, in which it can be taken back.
	SendHold time.Duration `koanf:"send_hold"`

	// ShowTyping and ShowSeen: customers see that a rep types, and that their messages were
	// read.
	ShowTyping bool `koanf:"show_typing"`
	ShowSeen   bool `koanf:"show_seen"`

	Timing hub.Timing `koanf:"timing"`
}

// Hook is a command that is run when something happens: see client/hooks.
type Hook struct {
	Event   string   `koanf:"event"`
	Command []string `koanf:"command"`
	Content bool     `koanf:"content"`
}

const (
	envPrefix  = "PARLEY_"
	timingPart = "timing"
)

// Defaults returns the settings if nothing is set.
func Defaults() Settings {
	return Settings{
		Listen:        "127.0.0.1:8080",
		DB:            filepath.Join(xdg.DataHome, "parley", "hub.db"),
		MetaGraphURL:  "https://graph.facebook.com",
		MetaDialogURL: "https://www.facebook.com",
		MetaVersion:   "v27.0",
		MetricsListen: "127.0.0.1:9095",
		CacheTTL:      12 * time.Hour,

		PipedriveURL:      pipedrive.DefaultURL,
		PipedriveOAuthURL: pipedrive.DefaultOAuthURL,

		Theme:   theme.Auto,
		Glyphs:  GlyphsAuto,
		Preview: true,
		Advance: true,
		Mouse:   true,

		Pictures:  string(pictures.Small),
		Timing:    hub.DefaultTiming(),
		GuideLine: true,

		MediaQuota: 20 * gigabyte,

		ShowTyping: true,
		ShowSeen:   true,
	}
}

// Read reads the settings. flags are those given as flags; configFile is empty for the one in
// the user's configuration folder, which need not exist.
func Read(p *cli.Program, flags map[string]any, configFile string) (Settings, error) {
	l, err := ReadLayers(p, flags, configFile)
	if err != nil {
		return Settings{}, err
	}
	return Decode(p, l)
}

// Layers are the places where settings are set; later ones take precedence.
type Layers struct {
	File, variables, flags *koanf.Koanf
	// chosen is what the user changed on the screen; whatever is set elsewhere takes precedence.
	chosen *koanf.Koanf
	// Path is the path of the file.
	Path string
}

// ReadLayers reads each layer.
func ReadLayers(p *cli.Program, flags map[string]any, configFile string) (Layers, error) {
	l := Layers{File: koanf.New("."), variables: koanf.New("."), flags: koanf.New("."), chosen: loadChosen(p), Path: configFile}
	if l.Path == "" {
		l.Path = cli.ConfigPath()
	}
	if p.Seat != nil { // the file is the hub's, not the user's
		l.Path = ""
	} else if err := loadFile(p, l.File, l.Path, configFile != ""); err != nil {
		return Layers{}, err
	}
	if err := checkLang(p, l.File); err != nil {
		return Layers{}, err
	}
	variables := env.Provider(".", env.Opt{
		Prefix: envPrefix, EnvironFunc: func() []string { return p.Env }, TransformFunc: variable,
	})
	err := errors.Join(l.variables.Load(variables, nil), l.flags.Load(confmap.Provider(flags, "."), nil))
	l.variables.Delete("hooks") // which commands run is said in the user's own file
	l.variables.Delete("macros")
	if err != nil {
		return Layers{}, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	return l, nil
}

// Decode merges the layers over the defaults.
func Decode(p *cli.Program, l Layers) (Settings, error) {
	k := koanf.New(".")
	err := errors.Join(k.Merge(l.chosen), k.Merge(l.File), k.Merge(l.variables), k.Merge(l.flags))
	if err != nil {
		return Settings{}, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	s := Defaults()
	err = k.UnmarshalWithConf("", &s, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: &s, TagName: "koanf", WeaklyTypedInput: true, ZeroFields: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(
			meant, mapstructure.StringToWeakSliceHookFunc(","), mapstructure.StringToTimeDurationHookFunc(), mapstructure.TextUnmarshallerHookFunc(),
		),
	}})
	if err != nil {
		return Settings{}, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(decodeReason(err))))
	}
	if err := errors.Join(checkTiming(s.Timing), checkScreen(s), checkMacros(s.Macros), checkMedia(s), checkCache(s)); err != nil {
		return Settings{}, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	return s, nil
}

// errDuration and errKind refuse a value that would silently mean something else: a number as
// that many nanoseconds, a list as its first word.
var (
	errDuration = errors.New("must be a duration such as 90s or 5m")
	errKind     = errors.New("is of another kind than it must be")
)

// meant refuses a value of another kind than the setting's.
func meant(from, to reflect.Type, value any) (any, error) {
	switch {
	case from.Kind() == reflect.String || from == to:
	case to == reflect.TypeFor[time.Duration]():
		return nil, errDuration
	case to.Kind() == reflect.String, to.Kind() == reflect.Bool:
		return nil, errKind
	}
	return value, nil
}

// Values of the settings glyphs and of grounds.
const (
	ThemeDark     = "dark"
	ThemeLight    = "light"
	GlyphsAuto    = "auto"
	glyphsUnicode = "unicode"
	GlyphsASCII   = "ascii"
)

// mostWidth is the widest that a pane can be asked to be.
const mostWidth = 1000

// mostHold is the longest that replies may be held back.
const mostHold = time.Minute

var (
	errGlyphs   = errors.New("glyphs: must be auto, unicode or ascii")
	errWidth    = errors.New("list_width, panel_width: must be a number of columns up to 1000, or 0")
	errHold     = errors.New("send_hold: must be between 0s and 60s")
	errHooks    = errors.New("hooks: each needs a command, a list of words, and an event: new_in_mine, new_in_others, new_in_unassigned, assigned_to_me, mentioned or closing_in_mine")
	errNotify   = errors.New("notify: must be auto, osc9, osc777, bell or off")
	errPictures = errors.New("pictures: must be off, small or large")
)

func checkScreen(s Settings) error {
	switch s.Glyphs {
	case GlyphsAuto, glyphsUnicode, GlyphsASCII:
	default:
		return errGlyphs
	}
	if s.ListWidth < 0 || s.PanelWidth < 0 || s.ListWidth > mostWidth || s.PanelWidth > mostWidth {
		return errWidth
	}
	if !slices.Contains(pictures.Sizes(), pictures.Size(s.Pictures)) {
		return errPictures
	}
	if s.SendHold < 0 || s.SendHold > mostHold {
		return errHold
	}
	if s.Notify != "" && !slices.Contains(notify.Methods(), notify.Method(s.Notify)) {
		return errNotify
	}
	for _, h := range s.Hooks {
		if !notify.Kind(h.Event).Known() || len(h.Command) == 0 || h.Command[0] == "" {
			return errHooks
		}
	}
	return nil
}

var errMediaAge = errors.New("media_age: must be a duration such as 8760h, or 0s")

func checkMedia(s Settings) error {
	if s.MediaAge < 0 {
		return errMediaAge
	}
	return nil
}

// decodeReason returns what is wrong with the values of settings, on one line.
func decodeReason(err error) string {
	if values := errors.Unwrap(err); values != nil {
		err = values
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}

// variable turns PARLEY_META_APP_ID into meta_app_id, PARLEY_TIMING_LEASE into timing.lease. An
// empty variable counts as not set, unless being empty is a value of the setting.
func variable(name, value string) (string, any) {
	if value == "" && name != "PARLEY_METRICS_LISTEN" {
		return "", nil
	}
	key := strings.ToLower(strings.TrimPrefix(name, envPrefix))
	if rest, ok := strings.CutPrefix(key, timingPart+"_"); ok {
		key = timingPart + "." + rest
	}
	return key, value
}

var errTiming = errors.New("timing: every deadline must be above zero, and lease longer than send_deadline")

func checkTiming(t hub.Timing) error {
	all := append([]time.Duration{
		t.SendDeadline, t.Lease, t.AskAfter, t.CheckGrace, t.QueueLimit, t.RetryPause, t.RetryPauseMax,
		t.MailCall, t.MailPause, t.MailPauseMax, t.MailLimit,
		t.MediaFetch, t.MediaRetry, t.MediaRetryMax, t.MediaLimit,
		t.Webhook, t.GraphCall, t.PageCheck, t.ConversationsPause, t.ImportPause, t.ImportPauseMax, t.Heads, t.Dead, t.Progress, t.Revalidate, t.Roles, t.CRMCall, t.CRMNightly, t.CRMPause, t.SyncPause, t.SyncMost, t.SyncRetry, t.SyncRetryMax, t.SyncGap, t.LoginPoll, t.Retention,
	}, t.UnknownChecks...)
	for _, d := range all {
		if d <= 0 {
			return errTiming
		}
	}
	if t.Lease <= t.SendDeadline {
		return errTiming
	}
	return nil
}

// checkLang refuses a language of config.toml that we don't have.
func checkLang(p *cli.Program, file *koanf.Koanf) error {
	switch file.String(cli.LangKey) {
	case "", "en", "ja":
		return nil
	}
	return cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", "lang: must be en or ja"))
}
