package main

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"parley/i18n"
)

// hubCommands runs a hub.
type hubCommands struct{ *program }

func (p *hubCommands) hubCommand() *cobra.Command {
	var config string
	var acceptOlder, newStore bool
	flags := newHubFlags()
	cmd := &cobra.Command{
		Use: "hub", Short: p.words.Say(i18n.HubShort), Long: p.words.Say(i18n.HubLong), Args: p.exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := readSettings(p.program, flags.given(cmd), config)
			if err != nil {
				return err
			}
			if err := p.checkHub(s); err != nil {
				return err
			}
			s.acceptOlder, s.newStore = acceptOlder, newStore
			return p.runHub(cmd.Context(), s)
		},
	}
	addHubFlags(p.program, cmd, flags)
	// Neither is a setting: what is accepted once must not be accepted for ever.
	cmd.Flags().BoolVar(&acceptOlder, flagAcceptOlder, false, p.words.Say(i18n.FlagAcceptOlder))
	cmd.Flags().BoolVar(&newStore, flagNewStore, false, p.words.Say(i18n.FlagNewStore))
	cmd.Flags().StringVar(&config, "config", "", p.words.Say(i18n.FlagConfig))
	return cmd
}

// hubFlags are the settings of a hub that are flags, too, by their names there.
type hubFlags struct {
	texts   map[string]*string
	proxies []string
}

func newHubFlags() *hubFlags {
	f := &hubFlags{texts: map[string]*string{}}
	for _, name := range []string{"listen", "db", "bus", "ssh", "tls-cert", "tls-key", "domain"} {
		f.texts[name] = new(string)
	}
	return f
}

// flagProxy names the flag that may be given several times.
const flagProxy = "trusted-proxy"

// given are the flags that were given, as settings.
func (f *hubFlags) given(cmd *cobra.Command) map[string]any {
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

func addHubFlags(p *program, cmd *cobra.Command, f *hubFlags) {
	for name, says := range map[string]i18n.ID{
		"listen": i18n.FlagListen, "db": i18n.FlagDB, "bus": i18n.FlagBus, "ssh": i18n.FlagSSH,
		"tls-cert": i18n.FlagTLSCert, "tls-key": i18n.FlagTLSKey, "domain": i18n.FlagDomain,
	} {
		cmd.Flags().StringVar(f.texts[name], name, "", p.words.Say(says))
	}
	cmd.Flags().StringSliceVar(&f.proxies, flagProxy, nil, p.words.Say(i18n.FlagTrustedProxy))
}

// checkHub refuses settings that a hub can't run with.
func (p *hubCommands) checkHub(s settings) error {
	if strings.Contains(s.DB, "://") {
		scheme, _, _ := strings.Cut(s.DB, "://")
		return usage(p.words.Say(i18n.ErrNotYet, "What", plain("--db "+scheme+"://")))
	}
	if s.Bus != "" {
		return usage(p.words.Say(i18n.ErrNotYet, "What", "--bus"))
	}
	var missing []string
	type need struct{ name, value string }
	needs := []need{
		{"PARLEY_META_APP_ID", s.MetaAppID},
		{"PARLEY_META_APP_SECRET", strings.Trim(s.MetaAppSecret, ", ")},
		{"PARLEY_META_VERIFY_TOKEN", s.MetaVerifyToken},
	}
	if s.SMTPURL != "" || s.SupportEmail != "" { // half of it would mail nobody, and say nothing
		needs = append(needs, need{"PARLEY_SMTP_URL", s.SMTPURL}, need{"PARLEY_SUPPORT_EMAIL", s.SupportEmail})
	}
	for _, need := range needs {
		if strings.TrimSpace(need.value) == "" {
			missing = append(missing, need.name)
		}
	}
	// The app of Pipedrive is used as a whole or not at all.
	if (s.PipedriveClientID == "") != (s.PipedriveClientSecret == "") {
		name := "PARLEY_PIPEDRIVE_CLIENT_SECRET"
		if s.PipedriveClientID == "" {
			name = "PARLEY_PIPEDRIVE_CLIENT_ID"
		}
		missing = append(missing, name)
	}
	if len(missing) > 0 {
		return usage(p.words.Say(i18n.ErrSettingMissing, "Names", strings.Join(missing, ", ")))
	}
	if s.FeedbackURL != "" && !isLink(s.FeedbackURL) {
		return usage(p.words.Say(i18n.ErrSetting, "Reason", plain("feedback_url: must be an address that begins with https://, http:// or mailto:")))
	}
	return p.checkDoors(s)
}

// isLink tells whether an address is one that a user can open.
func isLink(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	return (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" || u.Scheme == "mailto" && strings.Contains(u.Opaque, "@")
}

// runHub runs a hub until ctx ends.
func (p *hubCommands) runHub(ctx context.Context, s settings) error {
	h, err := p.newHubServer(ctx, s)
	switch {
	case errors.Is(err, context.Canceled):
		return nil // told to end before it began
	case err != nil:
		return err
	}
	if s.SSH != "" {
		if err := p.withTerminals(ctx, s, h, nil); err != nil {
			return errors.Join(err, h.abandon())
		}
	}
	if err := p.print(listening{Listen: h.address(), URL: h.url(), Metrics: h.metrics(), SSH: h.terminals.listening()}, func() {
		p.say(i18n.HubListening, "URL", h.url())
		if at := h.metrics(); at != "" {
			p.say(i18n.HubFigures, "URL", "http://"+at+"/metrics")
		}
		sayTerminals(p.program, h.terminals)
	}); err != nil {
		return err
	}
	return stopped(p.program, i18n.ErrServer, h.run(ctx))
}

// listening is what a server prints when it listens.
type listening struct {
	Listen string `json:"listen"`
	URL    string `json:"url"`
	// Metrics is where the hub's figures are told, if they are.
	Metrics string `json:"metrics,omitempty"`
	// SSH is where users come in over SSH, if they may.
	SSH *sshListening `json:"ssh,omitempty"`
}
