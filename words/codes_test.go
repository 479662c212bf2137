package words_test

import (
	"testing"

	"parley/model"
	"parley/words"
)

// TestEveryReasonIsSaid in both languages: those that a reply, a reaction or a file is
// refused for.
func TestEveryReasonIsSaid(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		w := words.New(lang)
		for _, c := range []model.Code{
			model.Hidden, model.PageDisconnected, model.PageRestricted, model.MessagesOff, model.NotStarted, model.WindowClosed,
			model.Unreachable, model.OtherApp, model.RateLimited, model.NewerReply, model.TextEmpty, model.TextTooLong,
			model.NoReplyTarget, model.NoReactionTarget, model.AttachmentTooBig, model.AttachmentEmpty, model.AttachmentType,
			model.UploadQuota, model.UploadGone, model.OutcomeUnknown, model.NotSent, model.PermissionMissing, model.AppSettings,
			model.NoSuchCustomer, model.ThreadRestricted, model.CommerceBlocked, model.AutomationActive, model.MessageGone,
			model.AttachmentRefused, model.GraphRefused,
		} {
			if !w.Has(words.Code(string(c))) {
				t.Errorf("%s: no words for %s", lang, c)
			}
		}
	}
}
