// Package settings reads what flags, variables and config.toml set.
package settings

import (
	"errors"
	"path/filepath"
	"reflect"
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
)

// Settings are what can be set by flags, PARLEY_* variables and config.toml, in that
// order; then the defaults stand.
type Settings struct {
	Listen    string `koanf:"listen"`
	DB        string `koanf:"db"`
	Bus       string `koanf:"bus"`
	SSH       string `koanf:"ssh"`
	PublicURL string `koanf:"public_url"`

	// TrustedProxy are the networks of proxies that say whom a request comes from.
	TrustedProxy []string `koanf:"trusted_proxy"`
	// TLSCert and TLSKey are files, Domain the name of a certificate that the hub gets
	// itself, of the authority with that directory (empty: Let's Encrypt).
	TLSCert string `koanf:"tls_cert"`
	TLSKey  string `koanf:"tls_key"`
	Domain  string `koanf:"domain"`
	ACMEURL string `koanf:"acme_url"`
	// MetricsListen is where the hub's figures are told, empty for nowhere; MetricsToken
	// is asked for there, if there is one.
	MetricsListen string `koanf:"metrics_listen"`
	MetricsToken  string `koanf:"metrics_token"`

	// MasterKey opens the store's secrets; empty: a file beside the store holds it.
	MasterKey string `koanf:"master_key"`

	MetaAppID     string `koanf:"meta_app_id"`
	MetaAppSecret string `koanf:"meta_app_secret"`
	// MetaAppSecretOld is the secret before this one: webhooks signed by it are taken, too.
	MetaAppSecretOld string `koanf:"meta_app_secret_old"`
	MetaVerifyToken  string `koanf:"meta_verify_token"`
	MetaGraphURL     string `koanf:"meta_graph_url"`
	MetaDialogURL    string `koanf:"meta_dialog_url"`
	MetaVersion      string `koanf:"meta_version"`

	// Pipedrive: where its API is and the company's token; the app by which users sign in
	// and where they let it in; and whether an unknown colleague gets an account by that.
	PipedriveURL          string `koanf:"pipedrive_url"`
	PipedriveToken        string `koanf:"pipedrive_token"`
	PipedriveClientID     string `koanf:"pipedrive_client_id"`
	PipedriveClientSecret string `koanf:"pipedrive_client_secret"`
	PipedriveOAuthURL     string `koanf:"pipedrive_oauth_url"`
	PipedriveNewUsers     bool   `koanf:"pipedrive_new_users"`

	// SMTPURL is the mail server by which SupportEmail is told what Facebook's policy team
	// does; an answer to such a mail goes to PolicyReplyTo.
	SMTPURL       string `koanf:"smtp_url"`
	SupportEmail  string `koanf:"support_email"`
	PolicyReplyTo string `koanf:"policy_reply_to"`

	// FeedbackURL is where users say what they miss.
	FeedbackURL string `koanf:"feedback_url"`

	Hub   string `koanf:"hub"`
	Token string `koanf:"token"`

	// Lang is the language of all that a user reads, as config.toml says it; empty: the
	// system's. It is found before the settings are read: see [cli.Program.Languages].
	Lang string `koanf:"lang"`
	// The screen: its ground (auto, dark, light), its glyphs (auto, unicode, ascii),
	// whether the conversation follows the selection, and the keys of commands.
	Theme   string              `koanf:"theme"`
	Glyphs  string              `koanf:"glyphs"`
	Preview bool                `koanf:"preview"`
	Keys    map[string][]string `koanf:"keys"`

	// ShowTyping and ShowSeen: customers are shown that a rep types, and that their
	// messages were read.
	ShowTyping bool `koanf:"show_typing"`
	ShowSeen   bool `koanf:"show_seen"`

	Timing hub.Timing `koanf:"timing"`
}

const (
	envPrefix  = "PARLEY_"
	timingPart = "timing"
)

// Defaults are the settings where nothing is set.
func Defaults() Settings {
	return Settings{
		Listen:        "127.0.0.1:8080",
		DB:            filepath.Join(xdg.DataHome, "parley", "hub.db"),
		MetaGraphURL:  "https://graph.facebook.com",
		MetaDialogURL: "https://www.facebook.com",
		MetaVersion:   "v27.0",
		MetricsListen: "127.0.0.1:9095",

		PipedriveURL:      pipedrive.DefaultURL,
		PipedriveOAuthURL: pipedrive.DefaultOAuthURL,

		Theme:  themeAuto,
		Glyphs: GlyphsAuto,
		Timing: hub.DefaultTiming(),

		ShowTyping: true,
		ShowSeen:   true,
	}
}

// Read reads the settings. flags holds those given as flags; configFile is
// empty for the one in the user's configuration folder, which need not exist.
func Read(p *cli.Program, flags map[string]any, configFile string) (Settings, error) {
	l, err := ReadLayers(p, flags, configFile)
	if err != nil {
		return Settings{}, err
	}
	return Decode(p, l)
}

// Layers are the places that settings come from, the later over the earlier.
type Layers struct {
	File, variables, flags *koanf.Koanf
	// Path is that of the file.
	Path string
}

// ReadLayers reads each place that settings come from.
func ReadLayers(p *cli.Program, flags map[string]any, configFile string) (Layers, error) {
	l := Layers{File: koanf.New("."), variables: koanf.New("."), flags: koanf.New("."), Path: configFile}
	if l.Path == "" {
		l.Path = cli.ConfigPath()
	}
	if p.Seat != nil { // it is the hub's, not the user's
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
	if err != nil {
		return Layers{}, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	return l, nil
}

// Decode makes settings of the layers, on the defaults.
func Decode(p *cli.Program, l Layers) (Settings, error) {
	k := koanf.New(".")
	err := errors.Join(k.Merge(l.File), k.Merge(l.variables), k.Merge(l.flags))
	if err != nil {
		return Settings{}, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	s := Defaults()
	err = k.UnmarshalWithConf("", &s, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: &s, TagName: "koanf", WeaklyTypedInput: true, ZeroFields: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(
			meant, mapstructure.StringToWeakSliceHookFunc(","), mapstructure.StringToTimeDurationHookFunc(),
		),
	}})
	if err != nil {
		return Settings{}, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(decodeReason(err))))
	}
	if err := errors.Join(checkTiming(s.Timing), checkScreen(s)); err != nil {
		return Settings{}, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	return s, nil
}

// errDuration and errKind refuse a value that would be taken for something else than was
// meant: a number for so many billionths of a second, a list for its first word.
var (
	errDuration = errors.New("must be a duration such as 90s or 5m")
	errKind     = errors.New("is of another kind than it must be")
)

// meant refuses a value of another kind than the setting has.
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

// Values of the settings theme and glyphs.
const (
	themeAuto     = "auto"
	ThemeDark     = "dark"
	ThemeLight    = "light"
	GlyphsAuto    = "auto"
	glyphsUnicode = "unicode"
	GlyphsASCII   = "ascii"
)

var (
	errTheme  = errors.New("theme: must be auto, dark or light")
	errGlyphs = errors.New("glyphs: must be auto, unicode or ascii")
)

func checkScreen(s Settings) error {
	switch s.Theme {
	case themeAuto, ThemeDark, ThemeLight:
	default:
		return errTheme
	}
	switch s.Glyphs {
	case GlyphsAuto, glyphsUnicode, GlyphsASCII:
	default:
		return errGlyphs
	}
	return nil
}

// decodeReason is what is wrong with the values of settings, on one line.
func decodeReason(err error) string {
	if values := errors.Unwrap(err); values != nil {
		err = values
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}

// variable turns PARLEY_META_APP_ID into meta_app_id, PARLEY_TIMING_LEASE into
// timing.lease. One that is set to nothing counts as not set, but where nothing says
// something.
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

// checkLang refuses a language of config.toml that nothing is said in.
func checkLang(p *cli.Program, file *koanf.Koanf) error {
	switch file.String(cli.LangKey) {
	case "", "en", "ja":
		return nil
	}
	return cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", "lang: must be en or ja"))
}
