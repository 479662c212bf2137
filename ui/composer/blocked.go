package composer

import (
	"strings"

	"parley/i18n"
	"parley/model"
)

// blocked returns why no reply is allowed, and what can be done.
func (b *Box) blocked() (why, todo string) {
	say, until := b.look.Say, ""
	if b.verdict.Until != nil {
		until = b.look.Moment(b.now, *b.verdict.Until)
	}
	switch b.verdict.Code {
	case model.Hidden:
		return say(i18n.ComposerHidden), say(i18n.ComposerHiddenDo)
	case model.PageDisconnected:
		return say(i18n.ComposerDisconnected), say(i18n.ComposerDisconnectedDo)
	case model.PageRestricted:
		return b.restricted(until)
	case model.MessagesOff:
		return say(i18n.ComposerMessagesOff), say(i18n.ComposerMessagesOffDo)
	case model.NotStarted:
		return say(i18n.ComposerNotStarted), say(i18n.ComposerNotStartedDo)
	case model.WindowClosed:
		why = say(i18n.ComposerClosed)
		if until != "" {
			why = say(i18n.ComposerClosedAt, "Time", until)
		}
		return why, say(i18n.ComposerClosedDo)
	case model.Unreachable:
		return say(i18n.ComposerUnreachable, "Name", b.name), say(i18n.ComposerUnreachableDo)
	case model.OtherApp:
		todo = say(i18n.ComposerOtherAppDo)
		if until != "" {
			todo = say(i18n.ComposerOtherAppUntil, "Time", until)
		}
		return say(i18n.ComposerOtherApp), todo
	case model.RateLimited:
		why = say(i18n.ComposerRateLimited)
		if until != "" {
			why = say(i18n.ComposerRateLimitedUntil, "Time", until)
		}
		return why, say(i18n.ComposerRateLimitedDo)
	default:
		return b.unjudged()
	}
}

// uncertain says that Facebook may refuse an allowed reply, and until when it is allowed: with
// the cause, and a short form; "" if that is not so.
func (b *Box) uncertain() (long, short string) {
	v := b.verdict
	if b.note || !v.Allowed || !v.Uncertain || v.Until == nil {
		return "", ""
	}
	until := b.look.Moment(b.now, *v.Until)
	return b.look.Say(i18n.ComposerUncertain, "Time", until), b.look.Say(i18n.WindowUncertain, "Time", until)
}

func (b *Box) restricted(until string) (why, todo string) {
	why = b.look.Say(i18n.ComposerRestricted)
	// Facebook ends some of its reasons with a full stop; the sentence has its own.
	if r := strings.TrimRight(b.reason, " .。"); r != "" {
		why = b.look.Say(i18n.ComposerRestrictedFor, "Reason", r)
	}
	if until != "" {
		return why, b.look.Say(i18n.ComposerRestrictedUntil, "Time", until)
	}
	return why, b.look.Say(i18n.ComposerRestrictedDo)
}

// unjudged is for a verdict that is not known yet, or newer than this program.
func (b *Box) unjudged() (why, todo string) {
	if id := i18n.Code(string(b.verdict.Code)); b.verdict.Code != "" && b.look.Words.Has(id) {
		return b.look.Say(id), ""
	}
	return b.look.Say(i18n.ComposerChecking), ""
}
