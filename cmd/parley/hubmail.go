package main

import (
	"parley/hub"
	"parley/hub/mail"
	"parley/i18n"
)

// mailer returns what mails the support inbox, in the hub's language; nil where that is
// not set up.
func (p *hubCommands) mailer(s settings) (hub.Mailer, error) {
	if s.SMTPURL == "" {
		return nil, nil //nolint:nilnil // no mailer is not an error
	}
	m, err := mail.New(mail.Config{
		URL: s.SMTPURL, To: s.SupportEmail, ReplyTo: s.PolicyReplyTo, Words: p.words, Zone: p.zone,
	})
	if err != nil {
		return nil, usage(p.words.Say(i18n.ErrSetting, "Reason", plain(err.Error())))
	}
	return m, nil
}
