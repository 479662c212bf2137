package hub_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/hub/accounts"
	"parley/hub/hubtest"
	"parley/model"
)

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

func wantAudit(w *hubtest.World, u model.User, want ...string) []model.AuditEntry {
	w.Helper()
	added := []string{"user_added hub", "user_added hub", "user_added hub"} // ann, ben and cat
	all := w.Audit(u)
	if got := kinds(all); !slices.Equal(got, append(added, want...)) {
		w.Fatalf("%s is told %q, want %q", u.Name, got, want)
	}
	return all[len(added):]
}

func TestAuditOfAPage(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Graph.ManageHidden = true
		w.Connect(w.Ann, model.Private)
		w.Pass(time.Second)
		w.Graph.ManageHidden = false
		_, _, err := w.Hub.ConnectPage(w.Ctx, w.Ann, hubtest.Connection(model.Shared))
		w.Must(err)
		w.Pass(time.Second)
		for _, v := range []model.Visibility{model.Private, model.Private} {
			_, err = w.Hub.SetVisibility(w.Ctx, w.Ann, page, v)
			w.Must(err)
		}
		w.Pass(time.Second)
		for range 2 {
			_, err = w.Hub.Uninstall(w.Ctx, w.Ben, page)
			w.Must(err)
		}
		all := wantAudit(w, w.Ben, "connected Ann", "repaired Ann", "visibility Ann", "uninstalled Ben")
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
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		_, _, err := w.Hub.ConnectPage(w.Ctx, w.Ben, hubtest.Connection(""))
		w.WantRefused(err, model.AlreadyConnected)
		_, err = w.Hub.SetVisibility(w.Ctx, w.Ben, page, model.Private)
		w.WantRefused(err, model.NotInstaller)
		_, err = w.Hub.Uninstall(w.Ctx, w.Cat, page)
		w.WantRefused(err, model.NotAdmin)
		_, err = accounts.RemoveUser(w.Ctx, w.Store, "Ann", time.Now())
		w.WantRefused(err, model.StillInstaller)
		w.WantNoSignIn("ABCD-EFGH-JKLM-NPQR")
		wantAudit(w, w.Ann, "connected Ann")
	})
}

func TestAuditOfUsers(t *testing.T) {
	hubtest.InBareWorld(t, func(t *testing.T, w *hubtest.World) {
		dan := w.AddAccount(accounts.NewUser{Name: "Dan", Email: "dan@example.com", Token: true})
		var said []string
		step := func(err error) {
			w.Must(err)
			w.Pass(time.Second)
		}
		w.Pass(time.Second)
		token, _, err := w.Hub.Login(w.Ctx, dan.LoginCode)
		step(err)
		step(w.Hub.Logout(w.Ctx, token))
		for _, admin := range []bool{true, true, false} {
			_, err = accounts.SetAdmin(w.Ctx, w.Store, "Dan", admin, time.Now())
			step(err)
		}
		_, err = accounts.RemoveUser(w.Ctx, w.Store, "Dan", time.Now())
		step(err)
		all := wantAudit(w, w.Ann, "user_added hub", "signed_in Dan", "signed_out Dan", "admin hub", "admin hub", "user_removed hub")
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
		w.Must(err)
		for _, secret := range []string{dan.Token, token, dan.LoginCode, dan.User.Email} {
			if strings.Contains(string(raw), secret) {
				t.Errorf("the log holds a secret: %s", raw)
			}
		}
	})
}

// What was done inside a Page is told to admins who see it, without what was written.
func TestAuditOfReplies(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		_, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Private)
		w.Must(err)
		w.Graph.ByDefault = hubtest.Refuses(model.GraphRefused)
		id := w.Reply(hanako, "a secret text")
		w.WantState(id, model.Failed)
		w.Pass(time.Second)
		_, err = w.Hub.Retry(w.Ctx, w.Ann, id, model.NewConversationID(page, hanako), 1, nil)
		w.Must(err)
		w.Settle()
		_, err = w.Hub.Drop(w.Ctx, w.Ann, id, model.NewConversationID(page, hanako), nil)
		w.Must(err)
		all := wantAudit(w, w.Ann, "connected Ann", "visibility Ann", "resent Ann", "dropped Ann")
		for _, e := range all[2:] {
			if e.Message != id || e.Conversation != model.NewConversationID(page, hanako) || e.Page != page {
				t.Errorf("told %+v", e)
			}
		}
		wantAudit(w, w.Ben, "connected Ann", "visibility Ann")
		if _, _, err := w.Hub.Audit(w.Ctx, w.Cat, "", 9); !errors.As(err, new(*model.Refusal)) {
			t.Errorf("a rep is told: %v", err)
		}
		if raw, err := json.Marshal(all); err != nil || strings.Contains(string(raw), "secret") {
			t.Errorf("the log holds a text: %s", raw)
		}
	})
}
