package server

import (
	"parley/cmd/cli"
	"parley/cmd/settings"
	"parley/hub"
	"parley/hub/mail"
	"parley/i18n"
)

// mailer returns what mails users who are away, in the hub's language; nil if that is not set up.
func (p *commands) mailer(s settings.Settings) (*mail.Mailer, error) {
	if s.SMTPURL == "" {
		return nil, nil //nolint:nilnil // no mailer is not an error
	}
	m, err := mail.New(mail.Config{
		URL: s.SMTPURL, To: s.SupportEmail, ReplyTo: s.PolicyReplyTo, Words: p.Words, Zone: p.Zone,
	})
	if err != nil {
		return nil, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	return m, nil
}

// mailed sets what the hub mails by: policy notices, where there is a support inbox, and users.
func mailed(o *hub.Options, m *mail.Mailer, s settings.Settings) {
	if m == nil {
		return
	}
	o.AwayMailer = m
	if s.SupportEmail != "" {
		o.Mailer = m
	}
}
