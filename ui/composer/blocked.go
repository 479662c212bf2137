package composer

import (
	"strings"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/ui/look"
)

// judged is the verdict on a reply, with what its reasons name.
type judged struct {
	now     time.Time
	name    string
	verdict model.Verdict
	reason  string
	// closed is the end of the last open window seen here.
	closed *time.Time
	// keys are those that it names.
	keys Keys
}

// set sets the verdict. That of a window that closes meanwhile becomes one of a closed window.
func (j *judged) set(now time.Time, name string, v model.Verdict, reason string) {
	if v.Allowed && v.Until != nil {
		j.closed = v.Until
		if !now.Before(*v.Until) {
			v = model.Verdict{Code: model.WindowClosed}
		}
	}
	if v.Code == model.WindowClosed && v.Until == nil {
		v.Until = j.closed
	}
	j.now, j.name, j.verdict, j.reason = now, name, v, reason
}

// blocked returns why no reply is allowed, and what can be done.
func (j judged) blocked(l look.Look) (why, todo string) {
	say, until := l.Say, ""
	if j.verdict.Until != nil {
		until = l.Moment(j.now, *j.verdict.Until)
	}
	switch j.verdict.Code {
	case model.Hidden:
		return say(i18n.ComposerHidden), say(i18n.ComposerHiddenDo, "Key", j.keys.Back)
	case model.PageDisconnected:
		return say(i18n.ComposerDisconnected), say(i18n.ComposerDisconnectedDo)
	case model.PageRestricted:
		return j.restricted(l, until)
	case model.MessagesOff:
		return say(i18n.ComposerMessagesOff), say(i18n.ComposerMessagesOffDo)
	case model.NotStarted:
		return say(i18n.ComposerNotStarted), say(i18n.ComposerNotStartedDo, "Key", j.keys.Share)
	case model.WindowClosed:
		why = say(i18n.ComposerClosed)
		if until != "" {
			why = say(i18n.ComposerClosedAt, "Time", until)
		}
		return why, say(i18n.ComposerClosedDo, "Key", j.keys.Share)
	case model.Unreachable:
		return say(i18n.ComposerUnreachable, "Name", j.name), say(i18n.ComposerUnreachableDo)
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
		return j.unjudged(l)
	}
}

// uncertain says that Facebook may refuse an allowed reply, and until when it is allowed: with
// the cause, and a short form; "" if that is not so.
func (b *Box) uncertain() (long, short string) {
	v := b.judged.verdict
	if b.note || !v.Allowed || !v.Uncertain || v.Until == nil {
		return "", ""
	}
	until := b.look.Moment(b.judged.now, *v.Until)
	return b.look.Say(i18n.ComposerUncertain, "Time", until), b.look.Say(i18n.WindowUncertain, "Time", until)
}

func (j judged) restricted(l look.Look, until string) (why, todo string) {
	why = l.Say(i18n.ComposerRestricted)
	// Facebook ends some of its reasons with a full stop; the sentence has its own.
	if r := strings.TrimRight(j.reason, " .。"); r != "" {
		why = l.Say(i18n.ComposerRestrictedFor, "Reason", r)
	}
	if until != "" {
		return why, l.Say(i18n.ComposerRestrictedUntil, "Time", until)
	}
	return why, l.Say(i18n.ComposerRestrictedDo)
}

// unjudged is for a verdict that is not known yet, or newer than this program.
func (j judged) unjudged(l look.Look) (why, todo string) {
	if id := i18n.Code(string(j.verdict.Code)); j.verdict.Code != "" && l.Words.Has(id) {
		return l.Say(id), ""
	}
	return l.Say(i18n.ComposerChecking), ""
}
