package server

import (
	"parley/cmd/cli"
	"parley/cmd/settings"
	"parley/hub/mail"
	"parley/hub/notices"
	"parley/i18n"
)

// mailer returns what mails the support inbox, in the hub's language; nil if that is not set up.
func (p *commands) mailer(s settings.Settings) (notices.Mailer, error) {
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
