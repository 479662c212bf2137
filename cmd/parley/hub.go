package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"parley/words"
)

func (p *program) hubCommand() *cobra.Command {
	var listen, db, bus, ssh, config string
	cmd := &cobra.Command{
		Use: "hub", Short: p.words.Say(words.HubShort), Long: p.words.Say(words.HubLong), Args: p.exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			flags := map[string]any{}
			for name, value := range map[string]string{"listen": listen, "db": db, "bus": bus, "ssh": ssh} {
				if cmd.Flags().Changed(name) {
					flags[name] = value
				}
			}
			s, err := p.settings(flags, config)
			if err != nil {
				return err
			}
			if err := p.checkHub(s); err != nil {
				return err
			}
			return p.runHub(cmd.Context(), s)
		},
	}
	f := cmd.Flags()
	f.StringVar(&listen, "listen", "", p.words.Say(words.FlagListen))
	f.StringVar(&db, "db", "", p.words.Say(words.FlagDB))
	f.StringVar(&bus, "bus", "", p.words.Say(words.FlagBus))
	f.StringVar(&ssh, "ssh", "", p.words.Say(words.FlagSSH))
	f.StringVar(&config, "config", "", p.words.Say(words.FlagConfig))
	return cmd
}

// checkHub refuses settings that a hub can't run with.
func (p *program) checkHub(s settings) error {
	if strings.Contains(s.DB, "://") {
		scheme, _, _ := strings.Cut(s.DB, "://")
		return usage(p.words.Say(words.ErrNotYet, "What", plain("--db "+scheme+"://")))
	}
	if s.Bus != "" {
		return usage(p.words.Say(words.ErrNotYet, "What", "--bus"))
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
		return usage(p.words.Say(words.ErrSettingMissing, "Names", strings.Join(missing, ", ")))
	}
	return nil
}

// runHub runs a hub until ctx ends.
func (p *program) runHub(ctx context.Context, s settings) error {
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
	if err := p.print(listening{Listen: h.address(), URL: h.url(), SSH: h.terminals.listening()}, func() {
		p.say(words.HubListening, "URL", h.url())
		p.sayTerminals(h.terminals)
	}); err != nil {
		return err
	}
	return p.stopped(words.ErrServer, h.run(ctx))
}

// listening is what a server prints when it listens.
type listening struct {
	Listen string `json:"listen"`
	URL    string `json:"url"`
	// SSH is where users come in over SSH, if they may.
	SSH *sshListening `json:"ssh,omitempty"`
}
