package demo

import (
	"fmt"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/server"
	"parley/i18n"
	"parley/sandbox"
)

// Defaults of the sandbox: lively enough to look at, calm enough to follow.
const (
	sandboxPeople = 12
	sandboxRate   = 0.2
	// sandboxSupport is a support inbox; the sandbox's mail server accepts mail for anybody.
	sandboxSupport = "support@example.com"
)

func (p *commands) sandboxCommand() *cobra.Command {
	o := sandbox.Options{Listen: "127.0.0.1:0", Seed: 1}
	cmd := &cobra.Command{
		Use: "sandbox", Short: p.Words.Say(i18n.SandboxShort), Long: p.Words.Say(i18n.SandboxLong), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := sandbox.New(o)
			if err != nil {
				return cli.Failed(p.Words.Say(i18n.ErrListen, "Address", cli.Plain(o.Listen), "Reason", cli.Plain(err.Error())))
			}
			if err := p.Print(s.Info(), func() { p.sandboxReady(s.Info()) }); err != nil {
				return err
			}
			return server.Stopped(p.Program, i18n.ErrSandbox, s.Run(cmd.Context()))
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Listen, "listen", o.Listen, p.Words.Say(i18n.FlagListen))
	f.Uint64Var(&o.Seed, "seed", o.Seed, p.Words.Say(i18n.FlagSeed))
	f.IntVar(&o.Customers, "customers", sandboxPeople, p.Words.Say(i18n.FlagSandboxPeople))
	f.Float64Var(&o.Rate, "rate", sandboxRate, p.Words.Say(i18n.FlagSandboxRate))
	f.IntVar(&o.History, "conversations", 0, p.Words.Say(i18n.FlagSandboxHistory))
	f.IntVar(&o.Past, "past", 0, p.Words.Say(i18n.FlagSandboxPast))
	return cmd
}

// sandboxReady prints what a hub needs, for pasting into a shell.
func (p *commands) sandboxReady(i sandbox.Info) {
	p.Say(i18n.SandboxReady)
	for _, v := range []struct{ name, value string }{
		{"PARLEY_META_GRAPH_URL", i.GraphURL},
		{"PARLEY_META_DIALOG_URL", i.DialogURL},
		{"PARLEY_META_APP_ID", i.AppID},
		{"PARLEY_META_APP_SECRET", i.AppSecret},
		{"PARLEY_META_VERIFY_TOKEN", i.VerifyToken},
		{"PARLEY_SMTP_URL", i.SMTPURL},
		{"PARLEY_SUPPORT_EMAIL", sandboxSupport},
	} {
		p.Line(fmt.Sprintf("export %s=%s", v.name, v.value))
	}
	// Commented out: with a CRM, the admins are those of Pipedrive.
	p.Line("# " + p.Words.Say(i18n.SandboxPipedrive))
	for _, v := range []struct{ name, value string }{
		{"PARLEY_PIPEDRIVE_URL", i.PipedriveURL},
		{"PARLEY_PIPEDRIVE_TOKEN", i.PipedriveToken},
		{"PARLEY_PIPEDRIVE_OAUTH_URL", i.PipedriveOAuthURL},
		{"PARLEY_PIPEDRIVE_CLIENT_ID", i.PipedriveClientID},
		{"PARLEY_PIPEDRIVE_CLIENT_SECRET", i.PipedriveClientSecret},
	} {
		p.Line(fmt.Sprintf("# export %s=%s", v.name, v.value))
	}
	for _, v := range []struct{ name, value string }{
		{"page_id", i.PageID}, {"page_token", i.PageToken}, {"control_url", i.ControlURL},
	} {
		p.Line(fmt.Sprintf("# %-12s %s", v.name, v.value))
	}
	p.sandboxByHand(i.ControlURL)
}

// sandboxByHand prints how to act by hand as customers and Facebook.
func (p *commands) sandboxByHand(control string) {
	p.Line("# " + p.Words.Say(i18n.SandboxByHand))
	for _, request := range []string{
		`/customers/1001/messages -d '{"text": "Hello", "name": "Ken Sato"}'`,
		`/customers/1001/events -d '{"event": "message-sticker"}'`,
		`/page -d '{"policy": "block", "reason": "Spam"}'`,
		`/page -d '{"policy": "unblock"}'`,
		`/faults -d '{"on": "send", "kind": "error", "code": 551}'`,
		"/events",
		"",
	} {
		p.Line("# curl " + control + request)
	}
}
