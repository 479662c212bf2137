package hub

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"parley/hub/logkey"
	"parley/hub/sealing"
	"parley/hub/wake"
	"parley/model"
)

// Hooks is what the hub needs to be told of what happens in the CRM, by the company token.
type Hooks interface {
	Webhooks(ctx context.Context) ([]model.CRMWebhook, error)
	AddWebhook(ctx context.Context, w model.CRMWebhook) error
	RemoveWebhook(ctx context.Context, id int64) error
}

// crmHookUser is by which name the CRM's webhooks come.
const crmHookUser = "parley"

// crmHookPassword is by which password they do: it follows from the hub's key, so that it
// is the same at each start and kept nowhere. Empty: there is no key.
func (h *Hub) crmHookPassword() string {
	if h.vault == nil {
		return ""
	}
	return h.vault.Derive("pipedrive webhooks")
}

// CRMMayTell tells whether name and password are those of the CRM's webhooks.
func (h *Hub) CRMMayTell(name, password string) bool {
	want := h.crmHookPassword()
	good := subtle.ConstantTimeCompare([]byte(name), []byte(crmHookUser)) & subtle.ConstantTimeCompare([]byte(password), []byte(want))
	return good == 1 && want != "" && h.records != nil
}

// SubscribeCRM has the CRM tell what happens to its records, at that address, again and
// again until it agrees; and looks once a day whether it still does, until ctx ends.
func (h *Hub) SubscribeCRM(ctx context.Context, callbackURL string) {
	const daily = 24 * time.Hour
	h.crmHooked.set("asking")
	for d := subscribePause; ; {
		call, cancel := context.WithTimeout(ctx, 4*h.timing.CRMCall)
		err := h.subscribeCRM(call, callbackURL)
		cancel()
		if ctx.Err() != nil {
			return
		}
		wait := daily
		if err == nil {
			h.crmHooked.set("subscribed")
			d = subscribePause
		} else {
			h.crmHooked.set("refused")
			h.log.Warn("subscribe to the CRM's webhooks", logkey.Error, err)
			wait, d = d, min(2*d, subscribePauseMax)
			var limit *model.CRMLimit
			if errors.As(err, &limit) {
				wait = max(wait, limit.Until.Sub(h.now()))
			}
		}
		if !wake.Pause(ctx, wait) {
			return
		}
	}
}

// crmHookName names our webhooks of one kind of records. It tells their password from
// another one, and nothing of it.
func (h *Hub) crmHookName(t model.RecordType) string {
	return "Parley " + string(t) + " " + h.vault.Derive("pipedrive webhooks, which")[:8]
}

// subscribeCRM makes the webhooks that are missing. Then those of ours are taken away that
// came to the same address by another password, that the CRM switched off, or that go to
// an address where this hub was before: their names tell that they are of its key.
func (h *Hub) subscribeCRM(ctx context.Context, callbackURL string) error {
	if h.vault == nil {
		return sealing.ErrNoVault
	}
	if h.hooks == nil || !h.crm.KnowsCompany() {
		return errors.New("without a company token there are no webhooks")
	}
	there, err := h.hooks.Webhooks(ctx)
	if err != nil {
		return err
	}
	have := make(map[model.RecordType]bool)
	var old []int64
	for _, w := range there {
		ours := w.Name == h.crmHookName(w.Object)
		switch {
		case !ours && (w.URL != callbackURL || !strings.HasPrefix(w.Name, "Parley ")):
		case ours && w.URL == callbackURL && w.Object.Valid() && w.Active && !have[w.Object]:
			have[w.Object] = true
		default:
			old = append(old, w.ID)
		}
	}
	if err := h.addHooks(ctx, callbackURL, have); err != nil {
		return err
	}
	for _, id := range old {
		if err := h.hooks.RemoveWebhook(ctx, id); err != nil && !errors.Is(err, model.ErrCRMNotFound) {
			return err
		}
	}
	return nil
}

// addHooks makes the webhooks that are not there.
func (h *Hub) addHooks(ctx context.Context, callbackURL string, have map[model.RecordType]bool) error {
	for _, t := range model.RecordTypes() {
		if have[t] {
			continue
		}
		err := h.hooks.AddWebhook(ctx, model.CRMWebhook{
			Name: h.crmHookName(t), URL: callbackURL, Object: t, User: crmHookUser, Password: h.crmHookPassword(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// crmHookCheck tells whether the CRM tells what happens there.
func (h *Hub) crmHookCheck() model.Check {
	if h.crm == nil || !h.crm.KnowsCompany() {
		return model.Check{ID: "crm_webhook", State: model.CheckOff}
	}
	state := h.crmHooked.get()
	return check("crm_webhook", state == "subscribed", state)
}
