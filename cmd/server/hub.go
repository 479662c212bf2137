package server

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/hubstore"
	"parley/cmd/settings"
	"parley/i18n"
)

// commands runs a hub.
type commands struct{ *cli.Program }

// New returns the commands that run a hub, and its sessions over SSH.
func New(p *cli.Program) []*cobra.Command {
	c := &commands{p}
	return []*cobra.Command{c.hubCommand(), c.terminalsCommand()}
}

func (p *commands) hubCommand() *cobra.Command {
	var config, profiler string
	var other OtherStore
	flags := NewFlags()
	cmd := &cobra.Command{
		Use: "hub", Short: p.Words.Say(i18n.HubShort), Long: p.Words.Say(i18n.HubLong), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := settings.Read(p.Program, flags.Given(cmd), config)
			if err != nil {
				return err
			}
			if err := p.checkHub(s); err != nil {
				return err
			}
			if err := p.checkProfiler(profiler); err != nil {
				return err
			}
			return p.runHub(cmd.Context(), s, other, profiler)
		},
	}
	AddFlags(p.Program, cmd, flags)
	// Flags, not settings: what is accepted once must not be accepted forever.
	cmd.Flags().BoolVar(&other.older, hubstore.FlagAcceptOlder, false, p.Words.Say(i18n.FlagAcceptOlderStore))
	cmd.Flags().BoolVar(&other.New, hubstore.FlagNewStore, false, p.Words.Say(i18n.FlagNewStore))
	cmd.Flags().StringVar(&profiler, "pprof", "", p.Words.Say(i18n.FlagPprof))
	cmd.Flags().StringVar(&config, "config", "", p.Words.Say(i18n.FlagConfig))
	cmd.AddCommand(p.migrateCommand())
	return cmd
}

// OtherStore says which store, other than the one it ran with, a hub accepts once.
type OtherStore struct{ older, New bool }

// Flags are the hub's settings that are also flags, by name.
type Flags struct {
	texts   map[string]*string
	proxies []string
}

// NewFlags returns flags of which none is given.
func NewFlags() *Flags {
	f := &Flags{texts: map[string]*string{}}
	for _, name := range []string{"listen", "db", "bus", "ssh", "tls-cert", "tls-key", "domain"} {
		f.texts[name] = new(string)
	}
	return f
}

// flagProxy is the flag that may be given several times.
const flagProxy = "trusted-proxy"

// Given returns the given flags as settings.
func (f *Flags) Given(cmd *cobra.Command) map[string]any {
	given := map[string]any{}
	for name, value := range f.texts {
		if cmd.Flags().Changed(name) {
			given[strings.ReplaceAll(name, "-", "_")] = *value
		}
	}
	if cmd.Flags().Changed(flagProxy) {
		given[strings.ReplaceAll(flagProxy, "-", "_")] = f.proxies
	}
	return given
}

// AddFlags adds the flags to a command.
func AddFlags(p *cli.Program, cmd *cobra.Command, f *Flags) {
	for name, says := range map[string]i18n.ID{
		"listen": i18n.FlagListen, "db": i18n.FlagDB, "bus": i18n.FlagBus, "ssh": i18n.FlagSSH,
		"tls-cert": i18n.FlagTLSCert, "tls-key": i18n.FlagTLSKey, "domain": i18n.FlagDomain,
	} {
		cmd.Flags().StringVar(f.texts[name], name, "", p.Words.Say(says))
	}
	cmd.Flags().StringSliceVar(&f.proxies, flagProxy, nil, p.Words.Say(i18n.FlagTrustedProxy))
}

// checkHub refuses settings that a hub can't run with.
func (p *commands) checkHub(s settings.Settings) error {
	if strings.Contains(s.DB, "://") && !settings.IsDatabase(s.DB) && !strings.HasPrefix(s.DB, settings.FileScheme) {
		scheme, _, _ := strings.Cut(s.DB, "://")
		return cli.Usage(p.Words.Say(i18n.ErrNotYet, "What", cli.Plain("--db "+scheme+"://")))
	}
	if s.Bus != "" {
		return cli.Usage(p.Words.Say(i18n.ErrNotYet, "What", "--bus"))
	}
	var missing []string
	type need struct{ name, value string }
	needs := []need{
		{"PARLEY_META_APP_ID", s.MetaAppID},
		{"PARLEY_META_APP_SECRET", strings.Trim(s.MetaAppSecret, ", ")},
		{"PARLEY_META_VERIFY_TOKEN", s.MetaVerifyToken},
	}
	if s.SupportEmail != "" { // without a server, nobody would be mailed, silently
		needs = append(needs, need{"PARLEY_SMTP_URL", s.SMTPURL})
	}
	for _, need := range needs {
		if strings.TrimSpace(need.value) == "" {
			missing = append(missing, need.name)
		}
	}
	// Pipedrive's app needs both values, or neither.
	if (s.PipedriveClientID == "") != (s.PipedriveClientSecret == "") {
		name := "PARLEY_PIPEDRIVE_CLIENT_SECRET"
		if s.PipedriveClientID == "" {
			name = "PARLEY_PIPEDRIVE_CLIENT_ID"
		}
		missing = append(missing, name)
	}
	if len(missing) > 0 {
		return cli.Usage(p.Words.Say(i18n.ErrSettingMissing, "Names", strings.Join(missing, ", ")))
	}
	if s.FeedbackURL != "" && !isLink(s.FeedbackURL) {
		return cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain("feedback_url: must be an address that begins with https://, http:// or mailto:")))
	}
	return p.checkDoors(s)
}

// isLink reports whether an address is one that a user can open.
func isLink(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	return (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" || u.Scheme == "mailto" && strings.Contains(u.Opaque, "@")
}

// runHub runs a hub until ctx ends. profiler is where its profiles are served; empty: nowhere.
func (p *commands) runHub(ctx context.Context, s settings.Settings, other OtherStore, profiler string) error {
	h, err := Open(ctx, p.Program, s, other)
	switch {
	case errors.Is(err, context.Canceled):
		return nil // cancelled before it started
	case err != nil:
		return err
	}
	if err := p.withProfiler(ctx, h, profiler, h.log); err != nil {
		return errors.Join(err, h.Abandon())
	}
	if s.SSH != "" {
		if err := WithTerminals(ctx, p.Program, s, h, nil); err != nil {
			return errors.Join(err, h.Abandon())
		}
	}
	if err := p.Print(listening{Listen: h.address(), URL: h.URL(), Metrics: h.metrics(), Profiles: h.profiles, SSH: h.Terminals.listening()}, func() {
		p.Say(i18n.HubListening, "URL", h.URL())
		if at := h.metrics(); at != "" {
			p.Say(i18n.HubFigures, "URL", "http://"+at+"/metrics")
		}
		if h.profiles != "" {
			p.Say(i18n.HubProfiles, "URL", "http://"+h.profiles+"/debug/pprof/")
		}
		SayTerminals(p.Program, h.Terminals)
	}); err != nil {
		return err
	}
	return Stopped(p.Program, i18n.ErrServer, h.Run(ctx))
}

// listening is what a server prints when it listens.
type listening struct {
	Listen string `json:"listen"`
	URL    string `json:"url"`
	// Metrics is the address of the metrics, if they are served.
	Metrics string `json:"metrics,omitempty"`
	// Profiles is the address of the profiles, if they are served.
	Profiles string `json:"pprof,omitempty"`
	// SSH is where users come in over SSH, if enabled.
	SSH *SSHListening `json:"ssh,omitempty"`
}
