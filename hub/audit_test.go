package hub_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/hub/accounts"
	"parley/model"
)

// audit returns what a user is told of the audit log, oldest first.
func (w *world) audit(u model.User) []model.AuditEntry {
	w.Helper()
	var all []model.AuditEntry
	for cursor, first := "", true; first || cursor != ""; first = false {
		list, next, err := w.hub.Audit(w.ctx, u, cursor, 3)
		w.must(err)
		all = append(all, list...)
		cursor = next
	}
	slices.Reverse(all)
	return all
}

// kinds are those entries in short: the kind, and who did it.
func kinds(all []model.AuditEntry) []string {
	var out []string
	for _, e := range all {
		who := "hub"
		if e.By != nil {
			who = e.By.Name
		}
		out = append(out, string(e.Kind)+" "+who)
	}
	return out
}

func (w *world) wantAudit(u model.User, want ...string) []model.AuditEntry {
	w.Helper()
	added := []string{"user_added hub", "user_added hub", "user_added hub"} // ann, ben and cat
	all := w.audit(u)
	if got := kinds(all); !slices.Equal(got, append(added, want...)) {
		w.Fatalf("%s is told %q, want %q", u.Name, got, want)
	}
	return all[len(added):]
}

func TestAuditOfAPage(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		w.graph.noManageShown = true
		w.connect(w.ann, model.Private)
		w.pass(time.Second)
		w.graph.noManageShown = false
		_, _, err := w.hub.ConnectPage(w.ctx, w.ann, connection(model.Shared))
		w.must(err)
		w.pass(time.Second)
		for _, v := range []model.Visibility{model.Private, model.Private} {
			_, err = w.hub.SetVisibility(w.ctx, w.ann, page, v)
			w.must(err)
		}
		w.pass(time.Second)
		for range 2 {
			_, err = w.hub.Uninstall(w.ctx, w.ben, page)
			w.must(err)
		}
		all := w.wantAudit(w.ben, "connected Ann", "repaired Ann", "visibility Ann", "uninstalled Ben")
		for i, want := range []struct {
			from, to string
			manage   any
		}{{"", "private", false}, {"private", "shared", true}, {"shared", "private", nil}, {"", "", nil}} {
			e := all[i]
			var manage any
			if e.ManageShown != nil {
				manage = *e.ManageShown
			}
			if e.Page != page || e.From != want.from || e.To != want.to || manage != want.manage || e.By.ID == "" || e.ID == "" {
				t.Errorf("entry %d: %+v", i, e)
			}
		}
		if d := all[3].At.Sub(all[0].At); d != 3*time.Second {
			t.Errorf("the first and the last are %s apart", d)
		}
	})
}

// What was refused is not in the log: nothing was done.
func TestAuditOfRefusals(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		_, _, err := w.hub.ConnectPage(w.ctx, w.ben, connection(""))
		w.refused(err, model.AlreadyConnected)
		_, err = w.hub.SetVisibility(w.ctx, w.ben, page, model.Private)
		w.refused(err, model.NotInstaller)
		_, err = w.hub.Uninstall(w.ctx, w.cat, page)
		w.refused(err, model.NotAdmin)
		_, err = accounts.RemoveUser(w.ctx, w.store, "Ann", time.Now())
		w.refused(err, model.StillInstaller)
		w.wantSignInRefused("ABCD-EFGH-JKLM-NPQR")
		w.wantAudit(w.ann, "connected Ann")
	})
}

func TestAuditOfUsers(t *testing.T) {
	inBareWorld(t, func(t *testing.T, w *world) {
		dan := w.add(accounts.NewUser{Name: "Dan", Email: "dan@example.com", Token: true})
		var said []string
		step := func(err error) {
			w.must(err)
			w.pass(time.Second)
		}
		w.pass(time.Second)
		token, _, err := w.hub.Login(w.ctx, dan.LoginCode)
		step(err)
		step(w.hub.Logout(w.ctx, token))
		for _, admin := range []bool{true, true, false} {
			_, err = accounts.SetAdmin(w.ctx, w.store, "Dan", admin, time.Now())
			step(err)
		}
		_, err = accounts.RemoveUser(w.ctx, w.store, "Dan", time.Now())
		step(err)
		all := w.wantAudit(w.ann, "user_added hub", "signed_in Dan", "signed_out Dan", "admin hub", "admin hub", "user_removed hub")
		for i, e := range all {
			said = append(said, e.From+">"+e.To)
			if about := e.User != nil && *e.User == dan.User.Ref(); about == (e.By != nil) || e.Page != "" {
				t.Errorf("entry %d: %+v", i, e)
			}
		}
		if want := []string{">", ">", ">", "false>true", "true>false", ">"}; !slices.Equal(said, want) {
			t.Errorf("changes %q", said)
		}
		raw, err := json.Marshal(all)
		w.must(err)
		for _, secret := range []string{dan.Token, token, dan.LoginCode, dan.User.Email} {
			if strings.Contains(string(raw), secret) {
				t.Errorf("the log holds a secret: %s", raw)
			}
		}
	})
}

// What was done inside a Page is told to admins who see it, without what was written.
func TestAuditOfReplies(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		_, err := w.hub.SetVisibility(w.ctx, w.ann, page, model.Private)
		w.must(err)
		w.graph.byDefault = refuses(model.GraphRefused)
		id := w.reply(hanako, "a secret text")
		w.wantState(id, model.Failed)
		w.pass(time.Second)
		_, err = w.hub.Retry(w.ctx, w.ann, id, model.NewConversationID(page, hanako), 1, nil)
		w.must(err)
		w.settle()
		_, err = w.hub.Drop(w.ctx, w.ann, id, model.NewConversationID(page, hanako), nil)
		w.must(err)
		all := w.wantAudit(w.ann, "connected Ann", "visibility Ann", "resent Ann", "dropped Ann")
		for _, e := range all[2:] {
			if e.Message != id || e.Conversation != model.NewConversationID(page, hanako) || e.Page != page {
				t.Errorf("told %+v", e)
			}
		}
		w.wantAudit(w.ben, "connected Ann", "visibility Ann")
		if _, _, err := w.hub.Audit(w.ctx, w.cat, "", 9); !errors.As(err, new(*model.Refusal)) {
			t.Errorf("a rep is told: %v", err)
		}
		if raw, err := json.Marshal(all); err != nil || strings.Contains(string(raw), "secret") {
			t.Errorf("the log holds a text: %s", raw)
		}
	})
}
