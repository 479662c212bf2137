package health

import (
	"context"
	"fmt"
	"strings"
	"time"

	"parley/hub/hookstate"
	"parley/hub/receive"
	"parley/hub/store"
	"parley/model"
)

// clockSlack is how far our clock may be from Facebook's: reply windows are judged by
// ours.
const clockSlack = time.Minute

// Doctor looks at everything between Facebook and the inbox of a Page, for those who see
// it: one check a line, in the order in which they should be mended.
func (h *Health) Doctor(ctx context.Context, user model.User, id model.PageID) ([]model.Check, error) {
	page, token, err := h.pageWithToken(ctx, user, id)
	if err != nil {
		return nil, err
	}
	exam := h.meta.Examine(ctx, token, page.PageID)
	out := h.storeChecks(ctx)
	out = append(out, tokenChecks(exam, h.now())...)
	out = append(out, pageChecks(exam, page)...)
	out = append(out, h.webhookCheck(), clockCheck(exam, h.now()))
	more, err := h.storedChecks(ctx, user, page)
	if err != nil {
		return nil, err
	}
	return append(append(out, more...), h.crmCheck(), h.crmHookCheck(), h.filesCheck(), h.mediaCheck()), nil
}

func check(id string, good bool, detail string) model.Check {
	c := model.Check{ID: id, State: model.CheckOK, Detail: model.Untrusted(detail)}
	if !good {
		c.State = model.CheckWrong
	}
	return c
}

func unknown(id string, err error) model.Check {
	return model.Check{ID: id, State: model.CheckUnknown, Detail: model.Untrusted(err.Error()).Valid()}
}

// storeChecks check the store and whether it was put back from a copy. They say nothing about
// what it holds of other Pages.
func (h *Health) storeChecks(ctx context.Context) []model.Check {
	r := h.Ready(ctx)
	history := check("history", true, "")
	if r.StorePutBack != nil {
		history = check("history", false, r.StorePutBack.UTC().Format(time.RFC3339))
	}
	if r.Store == receive.StoreGone {
		return []model.Check{check("store_files", false, ""), history}
	}
	return []model.Check{check("store", r.Ready, h.store.Engine()), history}
}

func tokenChecks(e model.PageExam, now time.Time) []model.Check {
	if e.TokenErr != nil {
		return []model.Check{unknown("token", e.TokenErr)}
	}
	out := []model.Check{
		check("token", e.Valid, ""),
		check("scopes", !e.Valid || len(e.Missing) == 0, strings.Join(e.Missing, ", ")),
	}
	if e.Valid && !e.ExpiresAt.IsZero() {
		const soon = 7 * 24 * time.Hour
		out = append(out, check("expiry", e.ExpiresAt.After(now.Add(soon)), e.ExpiresAt.UTC().Format(time.RFC3339)))
	}
	return out
}

func pageChecks(e model.PageExam, p store.Page) []model.Check {
	var out []model.Check
	switch {
	case e.SettingsErr != nil:
		out = append(out, unknown("messages", e.SettingsErr))
	case e.MessagesOn == nil:
		out = append(out, check("messages", !p.MessagesOff, ""))
	default:
		out = append(out, check("messages", *e.MessagesOn, ""))
	}
	if e.SubscriptionErr != nil {
		out = append(out, unknown("subscription", e.SubscriptionErr))
	} else {
		out = append(out, check("subscription", e.Subscribed, ""))
		if e.Subscribed {
			out = append(out, check("fields", len(e.MissingFields) == 0, strings.Join(e.MissingFields, ", ")))
		}
	}
	reason := ""
	if p.Restricted != nil {
		reason = string(p.Restricted.Reason)
	}
	return append(out, check("policy", p.Restricted == nil, reason))
}

// webhookCheck tells whether Meta shook hands with our address for webhooks.
func (h *Health) webhookCheck() model.Check {
	state := h.webhooks.Get()
	return check("webhook", state == hookstate.Subscribed, state)
}

func clockCheck(e model.PageExam, now time.Time) model.Check {
	if e.Time.IsZero() {
		return model.Check{ID: "clock", State: model.CheckUnknown}
	}
	off := now.Sub(e.Time).Round(time.Second)
	return check("clock", off.Abs() <= clockSlack, off.String())
}

// storedChecks are those of what the store holds.
func (h *Health) storedChecks(ctx context.Context, user model.User, p store.Page) (out []model.Check, err error) {
	err = h.store.Read(ctx, func(r store.Reader) error {
		head, err := r.Head(p.ID)
		if err != nil {
			return err
		}
		rows, err := r.Events(p.ID, head-1, 1)
		if err != nil {
			return err
		}
		for _, row := range rows {
			out = append(out, check("news", true, row.At.UTC().Format(time.RFC3339)))
		}
		tested, err := r.TestedAt()
		if err != nil {
			return err
		}
		if !tested.IsZero() {
			out = append(out, check("test", true, tested.Format(time.RFC3339)))
		}
		if user.Admin { // it counts the events of all Pages
			counters, err := r.Counters()
			if err != nil {
				return err
			}
			n := counters[receive.CounterNotUnderstood]
			out = append(out, check("raw", n == 0, fmt.Sprint(n)))
		}
		mail, err := h.mailCheck(r, p.ID)
		out = append(out, mail)
		return err
	})
	return out, err
}

// mailCheck tells how the newest mail about the Page stands.
func (h *Health) mailCheck(r store.Reader, page model.PageID) (model.Check, error) {
	if !h.mails {
		return model.Check{ID: "mail", State: model.CheckOff}, nil
	}
	const recent = 20
	list, _, err := r.Notices([]model.PageID{page}, "", recent)
	for _, n := range list {
		if n.Mail != nil && n.Mail.State != model.Mailed && n.Mail.Reason != "" {
			return check("mail", false, string(n.Mail.Reason)), err
		}
	}
	return check("mail", true, ""), err
}

// crmCheck tells whether a CRM is set up; whom it lets in shows at sign-in.
func (h *Health) crmCheck() model.Check {
	if !h.hasCRM {
		return model.Check{ID: "crm", State: model.CheckOff}
	}
	return check("crm", true, "")
}

// crmHookCheck tells whether the CRM tells what happens there.
func (h *Health) crmHookCheck() model.Check {
	state := h.crm.Hooked()
	if state == "" {
		return model.Check{ID: "crm_webhook", State: model.CheckOff}
	}
	return check("crm_webhook", state == hookstate.Subscribed, state)
}

// filesCheck names files with secrets that others than their owner may use.
func (h *Health) filesCheck() model.Check {
	var loose []string
	if h.looseFiles != nil {
		loose = h.looseFiles()
	}
	return check("files", len(loose) == 0, strings.Join(loose, ", "))
}

// mediaCheck tells whether what customers send is fetched and kept.
func (h *Health) mediaCheck() model.Check {
	switch c := h.media(); {
	case c.Off:
		return model.Check{ID: "media", State: model.CheckOff}
	case c.Unwritable:
		return check("media", false, "")
	case !c.Failing.IsZero():
		return check("media_fetch", false, c.Failing.UTC().Format(time.RFC3339))
	case c.Pressed:
		return check("media_room", false, "")
	}
	return check("media", true, "")
}
