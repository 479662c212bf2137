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
func (w *Webhooks) crmHookPassword() string {
	if w.vault == nil {
		return ""
	}
	return w.vault.Derive("pipedrive webhooks")
}

// CRMWebhookAllowed reports whether name and password are those of the CRM's webhooks.
func (w *Webhooks) CRMWebhookAllowed(name, password string) bool {
	want := w.crmHookPassword()
	good := subtle.ConstantTimeCompare([]byte(name), []byte(crmHookUser)) & subtle.ConstantTimeCompare([]byte(password), []byte(want))
	return good == 1 && want != "" && w.records != nil
}

// SubscribeCRM subscribes to the CRM's webhooks at that address, retrying until the CRM agrees,
// and checks the subscription once a day, until ctx ends.
func (w *Webhooks) SubscribeCRM(ctx context.Context, callbackURL string) {
	const daily = 24 * time.Hour
	w.hooked.Set(hookstate.Asking)
	for d := hookstate.Pause; ; {
		call, cancel := context.WithTimeout(ctx, 4*w.timing.Call)
		err := w.subscribeCRM(call, callbackURL)
		cancel()
		if ctx.Err() != nil {
			return
		}
		wait := daily
		if err == nil {
			w.hooked.Set(hookstate.Subscribed)
			d = hookstate.Pause
		} else {
			w.hooked.Set(hookstate.Refused)
			w.log.Warn("subscribe to the CRM's webhooks", logkey.Error, err)
			wait, d = d, min(2*d, hookstate.PauseMost)
			var limit *model.CRMLimit
			if errors.As(err, &limit) {
				wait = max(wait, limit.Until.Sub(w.now()))
			}
		}
		if !wake.Pause(ctx, wait) {
			return
		}
	}
}

// crmHookName names our webhook for one type of record. The name depends on the hub's key, but
// reveals nothing of the password.
func (w *Webhooks) crmHookName(t model.RecordType) string {
	return "Parley " + string(t) + " " + w.vault.Derive("pipedrive webhooks, which")[:8]
}

// subscribeCRM creates the missing webhooks. Then it removes those of ours that use the same
// address with another password, that the CRM switched off, or that go to a former address of
// this hub: their names show that they belong to its key.
func (w *Webhooks) subscribeCRM(ctx context.Context, callbackURL string) error {
	if w.vault == nil {
		return sealing.ErrNoVault
	}
	if w.hooks == nil || !w.company.KnowsCompany() {
		return errors.New("without a company token there are no webhooks")
	}
	there, err := w.hooks.Webhooks(ctx)
	if err != nil {
		return err
	}
	have := make(map[model.RecordType]bool)
	var old []int64
	for _, one := range there {
		ours := one.Name == w.crmHookName(one.Object)
		switch {
		case !ours && (one.URL != callbackURL || !strings.HasPrefix(one.Name, "Parley ")):
		case ours && one.URL == callbackURL && one.Object.Valid() && one.Active && !have[one.Object]:
			have[one.Object] = true
		default:
			old = append(old, one.ID)
		}
	}
	if err := w.addHooks(ctx, callbackURL, have); err != nil {
		return err
	}
	for _, id := range old {
		if err := w.hooks.RemoveWebhook(ctx, id); err != nil && !errors.Is(err, model.ErrCRMNotFound) {
			return err
		}
	}
	return nil
}

// addHooks creates the webhooks that are missing.
func (w *Webhooks) addHooks(ctx context.Context, callbackURL string, have map[model.RecordType]bool) error {
	for _, t := range model.RecordTypes() {
		if have[t] {
			continue
		}
		err := w.hooks.AddWebhook(ctx, model.CRMWebhook{
			Name: w.crmHookName(t), URL: callbackURL, Object: t, User: crmHookUser, Password: w.crmHookPassword(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Hooked returns whether the CRM sends us webhooks; "" if it can't be asked to.
func (w *Webhooks) Hooked() string {
	if !w.company.KnowsCompany() {
		return ""
	}
	return w.hooked.Get()
}

// HookState returns the state of the subscription.
func (w *Webhooks) HookState() string { return w.hooked.Get() }
