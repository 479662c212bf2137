package page_test

import (
	"slices"
	"testing"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
	"parley/ui/uitest"
)

// noticed hands notices in as a reload or an event does.
func noticed(w *uitest.World, list ...model.Notice) {
	w.Sends([]inbox.Update{inbox.Noticed{Page: uitest.Page, Notices: list}})
}

func policyNotice(id string, seq int64, kind model.NoticeKind) model.Notice {
	return model.Notice{
		ID: id, PageID: uitest.Page, Seq: seq, Kind: kind, Event: "policy_enforcement", Reason: "too many links",
		CreatedAt: uitest.Noon.Add(time.Duration(seq-200) * time.Minute),
	}
}

// TestNoticesStandUntilRead: as a banner, and in their view with what to do and how the
// mail stands; opening the view marks them as read, and the banner goes when the hub
// says so.
func TestNoticesStandUntilRead(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Hides("Facebook")
	warning, block := policyNotice("n1", 101, model.NoticePolicyWarning), policyNotice("n2", 102, model.NoticePolicyBlock)
	warning.Mail = &model.NoticeMail{State: model.MailFailed, Reason: "550 no\x1b[2J such user", At: uitest.Noon, Tries: 9}
	block.Mail = &model.NoticeMail{State: model.Mailed, At: uitest.Noon, Tries: 1}
	block.Read = &model.NoticeRead{By: model.UserRef{ID: "ken", Name: "Ken"}, At: uitest.Noon}
	noticed(w, warning, block)
	w.Shows("Aoyama Coffee: Facebook warns this Page. n shows it.")
	w.Whole(120, 36)

	w.Keys("n")
	w.Shows("Facebook warns this Page.", "Reason: too many links", "answer the notice in the Page's", "unread",
		"could not be mailed", "such user", "It is lifted by now.", "Mailed to the support inbox")
	w.Whole(120, 36)
	if !slices.Contains(w.Hub.Asked, "read notice 100 n1") || slices.Contains(w.Hub.Asked, "read notice 100 n2") {
		t.Errorf("asked %q", w.Hub.Asked)
	}
	w.Keys("esc")
	w.Shows("n shows it.") // until the hub says that it is read
	warning.Seq, warning.Read = 103, &model.NoticeRead{By: model.UserRef{ID: uitest.Me, Name: "Aoi"}, At: uitest.Noon}
	noticed(w, warning)
	w.Hides("n shows it.", "warns")
}

// TestABlockStandsBeforeItsNotice: while a Page can't send, the banner says that, with
// the reason; what is lifted leaves the notice of it until that is read.
func TestABlockStandsBeforeItsNotice(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Words = i18n.New(lang) })
		noticed(w, policyNotice("n1", 101, model.NoticePolicyBlock))
		w.PageNow(102, func(p *model.Page) { p.Restricted = &model.Restriction{Reason: "too many links", Since: uitest.Noon} })
		w.Shows("Aoyama Coffee: "+w.Say(i18n.Code("page_restricted")), "too many links")
		w.Hides(w.Say(i18n.MailNoticesBanner, "Page", "Aoyama Coffee", "Notice", w.Say(i18n.Notice("policy_block")), "Key", "n"))
		noticed(w, policyNotice("n2", 103, model.NoticePolicyUnblock))
		w.PageNow(104, func(p *model.Page) { p.Restricted = nil })
		w.Shows(w.Say(i18n.MailNoticesBanner, "Page", "Aoyama Coffee", "Notice", w.Say(i18n.Notice("policy_unblock")), "Key", "n"))
	}
}

// TestEveryKindOfNotice: none shows the id of a sentence that is missing.
func TestEveryKindOfNotice(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for _, kind := range []model.NoticeKind{
			model.NoticePolicyWarning, model.NoticePolicyBlock, model.NoticePolicyUnblock, model.NoticeUnknown,
			model.NoticeAppRoles, model.NoticeSubscriptionLost, model.NoticeSubscriptionBack, model.NoticeTokenRefused, model.NoticeSyncLimited,
		} {
			w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Words = i18n.New(lang) })
			noticed(w, policyNotice("n1", 101, kind))
			w.Keys("n")
			w.Hides("[notice", "[mail")
			w.Shows("Aoyama Coffee")
		}
	}
}
