package crm

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"parley/hub/hookstate"
	"parley/hub/logkey"
	"parley/hub/sealing"
	"parley/hub/wake"
	"parley/model"
)

// Hooks manages webhooks of the CRM, with the company token.
type Hooks interface {
	Webhooks(ctx context.Context) ([]model.CRMWebhook, error)
	AddWebhook(ctx context.Context, w model.CRMWebhook) error
	RemoveWebhook(ctx context.Context, id int64) error
}

// crmHookUser is the user name in the CRM's webhooks.
const crmHookUser = "parley"

// crmHookPassword returns the password in the CRM's webhooks. It is derived from the hub's key,
// so that it is the same at each start and stored nowhere. It is empty if there is no key.
func (wh *Webhooks) crmHookPassword() string {
	if wh.vault == nil {
		return ""
	}
	return wh.vault.Derive("pipedrive webhooks")
}

// CRMWebhookAllowed reports whether name and password are those of the CRM's webhooks.
func (wh *Webhooks) CRMWebhookAllowed(name, password string) bool {
	want := wh.crmHookPassword()
	good := subtle.ConstantTimeCompare([]byte(name), []byte(crmHookUser)) & subtle.ConstantTimeCompare([]byte(password), []byte(want))
	return good == 1 && want != "" && wh.records != nil
}

// SubscribeCRM subscribes to the CRM's webhooks at that address, retrying until the CRM agrees,
// and checks the subscription once a day, until ctx ends.
func (wh *Webhooks) SubscribeCRM(ctx context.Context, callbackURL string) {
	const daily = 24 * time.Hour
	wh.hooked.Set(hookstate.Asking)
	for d := hookstate.Pause; ; {
		call, cancel := context.WithTimeout(ctx, 4*wh.timing.Call)
		err := wh.subscribeCRM(call, callbackURL)
		cancel()
		if ctx.Err() != nil {
			return
		}
		wait := daily
		if err == nil {
			wh.hooked.Set(hookstate.Subscribed)
			d = hookstate.Pause
		} else {
			wh.hooked.Set(hookstate.Refused)
			wh.log.Warn("subscribe to the CRM's webhooks", logkey.Error, err)
			wait, d = d, min(2*d, hookstate.PauseMost)
			var limit *model.CRMLimit
			if errors.As(err, &limit) {
				wait = max(wait, limit.Until.Sub(wh.now()))
			}
		}
		if !wake.Pause(ctx, wait) {
			return
		}
	}
}

// crmHookName names our webhook for one type of record. The name depends on the hub's key, but
// reveals nothing of the password.
func (wh *Webhooks) crmHookName(t model.RecordType) string {
	return "Parley " + string(t) + " " + wh.vault.Derive("pipedrive webhooks, which")[:8]
}

// subscribeCRM creates the missing webhooks. Then it removes those of ours that use the same
// address with another password, that the CRM switched off, or that go to a former address of
// this hub: their names show that they belong to its key.
func (wh *Webhooks) subscribeCRM(ctx context.Context, callbackURL string) error {
	if wh.vault == nil {
		return sealing.ErrNoVault
	}
	if wh.hooks == nil || !wh.company.KnowsCompany() {
		return errors.New("without a company token there are no webhooks")
	}
	there, err := wh.hooks.Webhooks(ctx)
	if err != nil {
		return err
	}
	have := make(map[model.RecordType]bool)
	var old []int64
	for _, w := range there {
		ours := w.Name == wh.crmHookName(w.Object)
		switch {
		case !ours && (w.URL != callbackURL || !strings.HasPrefix(w.Name, "Parley ")):
		case ours && w.URL == callbackURL && w.Object.Valid() && w.Active && !have[w.Object]:
			have[w.Object] = true
		default:
			old = append(old, w.ID)
		}
	}
	if err := wh.addHooks(ctx, callbackURL, have); err != nil {
		return err
	}
	for _, id := range old {
		if err := wh.hooks.RemoveWebhook(ctx, id); err != nil && !errors.Is(err, model.ErrCRMNotFound) {
			return err
		}
	}
	return nil
}

// addHooks creates the webhooks that are missing.
func (wh *Webhooks) addHooks(ctx context.Context, callbackURL string, have map[model.RecordType]bool) error {
	for _, t := range model.RecordTypes() {
		if have[t] {
			continue
		}
		err := wh.hooks.AddWebhook(ctx, model.CRMWebhook{
			Name: wh.crmHookName(t), URL: callbackURL, Object: t, User: crmHookUser, Password: wh.crmHookPassword(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Hooked returns whether the CRM sends us webhooks; "" if it can't be asked to.
func (wh *Webhooks) Hooked() string {
	if !wh.company.KnowsCompany() {
		return ""
	}
	return wh.hooked.Get()
}

// HookState returns the state of the subscription.
func (wh *Webhooks) HookState() string { return wh.hooked.Get() }
