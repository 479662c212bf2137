package accounts_test

import (
	"net/http"
	"testing"

	"parley/hub/api/apitest"
	"parley/model/notify"
)

// TestNotificationsAreOnesOwn: everybody reads and changes their own; what is left out stays,
// and what makes no sense changes nothing.
func TestNotificationsAreOnesOwn(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	of := func(who apitest.Account) (p notify.Preferences) {
		t.Helper()
		w.Do(who, http.MethodGet, "/v1/me/notifications", nil).Want(http.StatusOK).Into(&p)
		return p
	}
	if p := of(w.Ann); !p.On(notify.NewInMine) || p.Content {
		t.Errorf("before anything is set: %+v", p)
	}
	w.Do(w.Ann, http.MethodPatch, "/v1/me/notifications", map[string]any{"quiet_hours": "19:00-08:00", "kinds": []notify.Kind{notify.Mentioned}}).Want(http.StatusOK)
	w.Do(w.Ann, http.MethodPatch, "/v1/me/notifications", map[string]any{"content": true}).Want(http.StatusOK)
	for _, wrong := range []map[string]any{{"quiet_hours": "at night"}, {"kinds": []string{"lunch"}}, {"method": "loud"}, {"every": 0}} {
		w.Do(w.Ann, http.MethodPatch, "/v1/me/notifications", wrong).Want(http.StatusUnprocessableEntity)
	}
	if p := of(w.Ann); p.QuietHours != "19:00-08:00" || len(p.Kinds) != 1 || !p.Content || p.Method != notify.Auto {
		t.Errorf("afterwards: %+v", p)
	}
	if p := of(w.Ben); p.QuietHours != "" || p.Content {
		t.Errorf("another's: %+v", p)
	}
}
