package app

import (
	"slices"
	"testing"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
)

// noticed hands notices in as a reload or an event does.
func (w *world) noticed(list ...model.Notice) {
	w.sends([]inbox.Update{inbox.Noticed{Page: page1, Notices: list}})
}

func policyNotice(id string, seq int64, kind model.NoticeKind) model.Notice {
	return model.Notice{
		ID: id, PageID: page1, Seq: seq, Kind: kind, Event: "policy_enforcement", Reason: "too many links",
		CreatedAt: noon.Add(time.Duration(seq-200) * time.Minute),
	}
}

// TestNoticesStandUntilRead: as a banner, and in their view with what to do and how the
// mail stands; opening the view marks them as read, and the banner goes when the hub
// says so.
func TestNoticesStandUntilRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.hides("Facebook")
	warning, block := policyNotice("n1", 101, model.NoticePolicyWarning), policyNotice("n2", 102, model.NoticePolicyBlock)
	warning.Mail = &model.NoticeMail{State: model.MailFailed, Reason: "550 no\x1b[2J such user", At: noon, Tries: 9}
	block.Mail = &model.NoticeMail{State: model.Mailed, At: noon, Tries: 1}
	block.Read = &model.NoticeRead{By: model.UserRef{ID: "ken", Name: "Ken"}, At: noon}
	w.noticed(warning, block)
	w.shows("Aoyama Coffee: Facebook warns this Page. n shows it.")
	w.whole(120, 36)

	w.keys("n")
	w.shows("Facebook warns this Page.", "Reason: too many links", "answer the notice in the Page's", "unread",
		"could not be mailed", "such user", "It is lifted by now.", "Mailed to the support inbox")
	w.whole(120, 36)
	if !slices.Contains(w.hub.asked, "read notice 100 n1") || slices.Contains(w.hub.asked, "read notice 100 n2") {
		t.Errorf("asked %q", w.hub.asked)
	}
	w.keys("esc")
	w.shows("n shows it.") // until the hub says that it is read
	warning.Seq, warning.Read = 103, &model.NoticeRead{By: model.UserRef{ID: me, Name: "Aoi"}, At: noon}
	w.noticed(warning)
	w.hides("n shows it.", "warns")
}

// TestABlockStandsBeforeItsNotice: while a Page can't send, the banner says that, with
// the reason; what is lifted leaves the notice of it until that is read.
func TestABlockStandsBeforeItsNotice(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		w := newWorld(t, some(3), func(o *Options) { o.Words = i18n.New(lang) })
		w.noticed(policyNotice("n1", 101, model.NoticePolicyBlock))
		w.pageNow(102, func(p *model.Page) { p.Restricted = &model.Restriction{Reason: "too many links", Since: noon} })
		w.shows("Aoyama Coffee: "+w.Say(i18n.Code("page_restricted")), "too many links")
		w.hides(w.Say(i18n.MailNoticesBanner, "Page", "Aoyama Coffee", "Notice", w.Say(i18n.Notice("policy_block")), "Key", "n"))
		w.noticed(policyNotice("n2", 103, model.NoticePolicyUnblock))
		w.pageNow(104, func(p *model.Page) { p.Restricted = nil })
		w.shows(w.Say(i18n.MailNoticesBanner, "Page", "Aoyama Coffee", "Notice", w.Say(i18n.Notice("policy_unblock")), "Key", "n"))
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
			w := newWorld(t, some(3), func(o *Options) { o.Words = i18n.New(lang) })
			w.noticed(policyNotice("n1", 101, kind))
			w.keys("n")
			w.hides("[notice", "[mail")
			w.shows("Aoyama Coffee")
		}
	}
}
