package composer

import (
	"strings"

	"parley/model"
	"parley/words"
)

// blocked returns why no reply is allowed, and what can be done.
func (b *Box) blocked() (why, todo string) {
	say, until := b.look.Say, ""
	if b.verdict.Until != nil {
		until = b.look.Moment(b.now, *b.verdict.Until)
	}
	switch b.verdict.Code {
	case model.Hidden:
		return say(words.ComposerHidden), say(words.ComposerHiddenDo)
	case model.PageDisconnected:
		return say(words.ComposerDisconnected), say(words.ComposerDisconnectedDo)
	case model.PageRestricted:
		return b.restricted(until)
	case model.MessagesOff:
		return say(words.ComposerMessagesOff), say(words.ComposerMessagesOffDo)
	case model.NotStarted:
		return say(words.ComposerNotStarted), say(words.ComposerNotStartedDo)
	case model.WindowClosed:
		why = say(words.ComposerClosed)
		if until != "" {
			why = say(words.ComposerClosedAt, "Time", until)
		}
		return why, say(words.ComposerClosedDo)
	case model.Unreachable:
		return say(words.ComposerUnreachable, "Name", b.name), say(words.ComposerUnreachableDo)
	case model.OtherApp:
		todo = say(words.ComposerOtherAppDo)
		if until != "" {
			todo = say(words.ComposerOtherAppUntil, "Time", until)
		}
		return say(words.ComposerOtherApp), todo
	case model.RateLimited:
		why = say(words.ComposerRateLimited)
		if until != "" {
			why = say(words.ComposerRateLimitedUntil, "Time", until)
		}
		return why, say(words.ComposerRateLimitedDo)
	default:
		return b.unjudged()
	}
}

// uncertain returns that Facebook may refuse what is allowed, and until when it is, with the
// cause and shorter; nothing where that is not so.
func (b *Box) uncertain() (long, short string) {
	v := b.verdict
	if b.note || !v.Allowed || !v.Uncertain || v.Until == nil {
		return "", ""
	}
	until := b.look.Moment(b.now, *v.Until)
	return b.look.Say(words.ComposerUncertain, "Time", until), b.look.Say(words.WindowUncertain, "Time", until)
}

func (b *Box) restricted(until string) (why, todo string) {
	why = b.look.Say(words.ComposerRestricted)
	// Facebook ends its reasons with a full stop or without one; the sentence has its own.
	if r := strings.TrimRight(b.reason, " .。"); r != "" {
		why = b.look.Say(words.ComposerRestrictedFor, "Reason", r)
	}
	if until != "" {
		return why, b.look.Say(words.ComposerRestrictedUntil, "Time", until)
	}
	return why, b.look.Say(words.ComposerRestrictedDo)
}

// unjudged is for a verdict that has not come yet, and for one that is newer than this
// program.
func (b *Box) unjudged() (why, todo string) {
	if id := words.Code(string(b.verdict.Code)); b.verdict.Code != "" && b.look.Words.Has(id) {
		return b.look.Say(id), ""
	}
	return b.look.Say(words.ComposerChecking), ""
}
