package accounts

import (
	"context"
	"errors"
	"time"

	"parley/hub/audit"
	"parley/hub/logkey"
	"parley/hub/sealing"
	"parley/hub/secret"
	"parley/hub/store"
	"parley/model"
)

// deviceLife is how long a sign-in through a browser may take.
const deviceLife = 10 * time.Minute

// DeviceCode is the beginning of a sign-in through a browser (RFC 8628).
type DeviceCode struct {
	// DeviceCode is the secret with which the waiting program asks.
	DeviceCode string `json:"device_code" doc:"a secret: who holds it gets the token"`
	// UserCode is what people compare or type.
	UserCode string `json:"user_code" example:"WDJB-MJHT"`
	// VerificationURL is where the browser goes; Complete has the code in it.
	VerificationURL string `json:"verification_url"`
	Complete        string `json:"verification_url_complete"`
	// Interval and ExpiresIn are in seconds.
	Interval  int `json:"interval" doc:"seconds between two questions"`
	ExpiresIn int `json:"expires_in" doc:"seconds"`
}

// canSignIn refuses if users can't sign in through the CRM.
func (a *Accounts) canSignIn() error {
	if a.crm == nil || !a.crm.SignsIn() {
		return model.Refuse(model.NoBrowserLogin)
	}
	if a.vault == nil {
		return sealing.ErrNoVault
	}
	return nil
}

// BeginDeviceLogin begins a sign-in through a browser.
func (a *Accounts) BeginDeviceLogin(ctx context.Context) (DeviceCode, error) {
	if err := a.canSignIn(); err != nil {
		return DeviceCode{}, err
	}
	const attempts = 4 // a short code may be in use
	for range attempts {
		out := DeviceCode{
			DeviceCode: secret.New(secret.TokenBytes), UserCode: newShortCode(), VerificationURL: a.loginURL,
			Interval: max(1, int((a.loginPoll+time.Second-1)/time.Second)), ExpiresIn: int(deviceLife / time.Second),
		}
		out.Complete = a.loginURL + "?code=" + out.UserCode
		err := a.store.Accounts(ctx, func(tx store.AccountTx) error {
			now := a.now()
			if err := tx.ForgetDeviceLogins(now); err != nil {
				return err
			}
			return tx.AddDeviceLogin(store.DeviceLogin{
				Hash: secret.Hash(out.DeviceCode), CodeHash: secret.Hash(out.UserCode), Expires: now.Add(deviceLife),
			})
		})
		if !errors.Is(err, store.ErrConflict) {
			return out, err
		}
	}
	return DeviceCode{}, store.ErrUnavailable
}

// openDevice returns a sign-in that still waits for a browser.
func (a *Accounts) openDevice(r store.Reader, by store.DeviceKey, code string) (store.DeviceLogin, error) {
	return a.stillOpen(r.DeviceLogin(by, secret.Hash(code)))
}

// stillOpen refuses a sign-in that no longer waits for a browser, or does not exist.
func (a *Accounts) stillOpen(d store.DeviceLogin, err error) (store.DeviceLogin, error) {
	if errors.Is(err, store.ErrNotFound) {
		return d, model.Refuse(model.LoginExpired)
	}
	if err == nil && (!a.now().Before(d.Expires) || d.User != "" || d.Refused != "") {
		err = model.Refuse(model.LoginExpired)
	}
	return d, err
}

// DeviceWaits refuses a short code whose sign-in does not wait for a browser.
func (a *Accounts) DeviceWaits(ctx context.Context, code string) error {
	if err := a.canSignIn(); err != nil {
		return err
	}
	return a.store.Read(ctx, func(r store.Reader) error {
		_, err := a.openDevice(r, store.ByShortCode, code)
		return err
	})
}

// SendToCRM records that the user of a browser confirmed the short code, and returns where the
// browser goes next. Only that browser may come back, once.
func (a *Accounts) SendToCRM(ctx context.Context, code, browser string) (string, error) {
	if err := a.canSignIn(); err != nil {
		return "", err
	}
	state := secret.New(secret.TokenBytes)
	err := a.store.Accounts(ctx, func(tx store.AccountTx) error {
		d, err := a.openDevice(tx, store.ByShortCode, code)
		if err != nil {
			return err
		}
		d.StateHash, d.BrowserHash = secret.Hash(state), secret.Hash(browser)
		return tx.ChangeDeviceLogin(d)
	})
	if err != nil {
		return "", err
	}
	return a.crm.AuthorizeURL(a.callbackURL(), state), nil
}

func (a *Accounts) callbackURL() string { return a.loginURL + "/callback" }

// CRMOrigin returns the origin that browsers are sent to; "" if there is none.
func (a *Accounts) CRMOrigin() string {
	if a.canSignIn() != nil {
		return ""
	}
	return a.crm.AuthorizeOrigin()
}

// CameBack is what a browser brings back from the CRM.
type CameBack struct {
	State, Code string
	// Browser is the browser's own secret.
	Browser string
}

// FinishDeviceLogin signs in a user who comes back from the CRM. If the CRM can't be reached,
// the sign-in keeps waiting, and its link can be opened again.
func (a *Accounts) FinishDeviceLogin(ctx context.Context, c CameBack) (model.User, error) {
	if err := a.canSignIn(); err != nil {
		return model.User{}, err
	}
	d, err := a.useState(ctx, c)
	if err != nil {
		return model.User{}, a.refuseDevice(ctx, d, err)
	}
	if c.Code == "" {
		return model.User{}, a.refuseDevice(ctx, d, model.Refuse(model.LoginDenied))
	}
	grant, err := a.crm.Exchange(ctx, c.Code, a.callbackURL())
	if errors.Is(err, model.ErrCRMRefused) { // the code is too old, or was used
		return model.User{}, model.Refuse(model.LoginExpired)
	}
	if err != nil {
		return model.User{}, err
	}
	u, err := a.admit(ctx, d, grant)
	return u, a.refuseDevice(ctx, d, err)
}

// useState uses up a state and returns its sign-in. A browser that the state was not given to
// uses it up as well.
func (a *Accounts) useState(ctx context.Context, c CameBack) (store.DeviceLogin, error) {
	var d store.DeviceLogin
	var other bool
	err := a.store.Accounts(ctx, func(tx store.AccountTx) (err error) {
		if d, err = a.openDevice(tx, store.ByState, c.State); err != nil {
			return err
		}
		other = !secret.Is(d.BrowserHash, c.Browser)
		d.StateHash, d.BrowserHash = nil, nil
		return tx.ChangeDeviceLogin(d)
	})
	if err == nil && other {
		err = model.Refuse(model.OtherBrowser)
	}
	return d, err
}

// refuseDevice records that nobody will sign in, if why is a refusal that says so. The log gets
// the code, not the person.
func (a *Accounts) refuseDevice(ctx context.Context, d store.DeviceLogin, why error) error {
	var refusal *model.Refusal
	if !errors.As(why, &refusal) {
		return why
	}
	a.log.Info("sign-in through the CRM refused", logkey.Code, string(refusal.Code))
	if refusal.Code == model.LoginExpired || refusal.Code == model.OtherBrowser { // it may be started again
		return why
	}
	err := a.store.Accounts(ctx, func(tx store.AccountTx) error {
		now, err := tx.DeviceLogin(store.ByDeviceCode, d.Hash)
		if err != nil || now.User != "" {
			return err
		}
		now.Refused = refusal.Code
		return tx.ChangeDeviceLogin(now)
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return why
}

// TakeDeviceLogin gives the waiting program its token once somebody has signed in. Until then
// it refuses with [model.LoginPending], or [model.SlowDown] if it is asked too often.
func (a *Accounts) TakeDeviceLogin(ctx context.Context, device string) (token string, user model.User, err error) {
	if err := a.canSignIn(); err != nil {
		return "", model.User{}, err
	}
	hash := secret.Hash(device)
	var d store.DeviceLogin
	err = a.store.Read(ctx, func(r store.Reader) (err error) {
		d, err = r.DeviceLogin(store.ByDeviceCode, hash)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", model.User{}, model.Refuse(model.LoginExpired)
	case err != nil:
		return "", model.User{}, err
	case !a.now().Before(d.Expires):
		return "", model.User{}, model.Refuse(model.LoginExpired)
	case d.Refused != "":
		return "", model.User{}, model.Refuse(d.Refused)
	case d.User == "":
		if a.polls.early(hash, a.now(), a.loginPoll) {
			return "", model.User{}, model.Refuse(model.SlowDown)
		}
		return "", model.User{}, model.Refuse(model.LoginPending)
	}
	token = secret.New(secret.TokenBytes)
	err = a.store.Accounts(ctx, func(tx store.AccountTx) (err error) {
		if err = tx.RemoveDeviceLogin(hash); err != nil { // of two simultaneous requests one gets it
			return err
		}
		if user, err = tx.User(d.User); err != nil {
			return err
		}
		if user, err = a.company.Admitted(tx, user); err != nil {
			return err
		}
		now := a.now()
		if err := tx.AddToken(secret.Hash(token), user.ID, now); err != nil {
			return err
		}
		e := audit.Entry(model.AuditSignedIn, user, now)
		e.Via = string(model.FromPipedrive)
		return tx.AddAudit(e)
	})
	if errors.Is(err, store.ErrNotFound) {
		return "", model.User{}, model.Refuse(model.LoginExpired)
	}
	if err != nil {
		return "", model.User{}, err
	}
	return token, user, nil
}
