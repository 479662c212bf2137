package i18n_test

import (
	"testing"

	"parley/i18n"
	"parley/model"
)

// TestEveryReasonIsSaid in both languages: those that a reply, a reaction or a file is
// refused for.
func TestEveryReasonIsSaid(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		w := i18n.New(lang)
		for _, c := range []model.Code{
			model.Hidden, model.PageDisconnected, model.PageRestricted, model.MessagesOff, model.NotStarted, model.WindowClosed,
			model.Unreachable, model.OtherApp, model.RateLimited, model.NewerReply, model.SendAtPast, model.SendAtBeyond, model.CustomerWrote, model.TextEmpty, model.TextTooLong,
			model.NoReplyTarget, model.NoReactionTarget, model.AttachmentTooBig, model.AttachmentEmpty, model.AttachmentType,
			model.UploadQuota, model.UploadGone, model.MediaNotYet, model.MediaIsGone, model.MediaRefused, model.MediaUnreachable,
			model.MediaForeign, model.MediaTooBig, model.MediaExpired, model.OutcomeUnknown, model.NotSent, model.StorePutBack, model.PermissionMissing, model.AppSettings,
			model.NoSuchCustomer, model.ThreadRestricted, model.CommerceBlocked, model.AutomationActive, model.MessageGone,
			model.AttachmentRefused, model.GraphRefused,
		} {
			if !w.Has(i18n.Code(string(c))) {
				t.Errorf("%s: no words for %s", lang, c)
			}
		}
	}
}

// TestTroubleIsSaid: that Facebook did not answer is said only where it did not.
func TestTroubleIsSaid(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		w, said := i18n.New(lang), map[string]bool{}
		for _, e := range []model.MessageError{
			{Code: model.OutcomeUnknown},
			{Code: model.OutcomeUnknown, Unchecked: true},
			{Code: model.OutcomeUnknown, Detail: "(#2) x"},
			{Code: model.OutcomeUnknown, Detail: "(#2) x", Unchecked: true},
			{Code: model.NotSent},
			{Code: model.WindowClosed, Detail: "(#10) x"},
		} {
			id := i18n.Trouble(e)
			if !w.Has(id) || said[w.Say(id)] {
				t.Errorf("%s: no words of its own for %+v: %s", lang, e, id)
			}
			said[w.Say(id)] = true
			if silent := w.Say(i18n.Code("outcome_unknown")); e.Detail != "" && w.Say(id) == silent {
				t.Errorf("%s: %+v is said to be %q", lang, e, silent)
			}
		}
	}
}
