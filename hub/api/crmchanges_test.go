package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/model"
)

// changeWorld is a recordWorld whose hub has subscribed to Pipedrive's webhooks.
type changeWorld struct {
	*recordWorld
	ears map[string]*listener
}

func newChangeWorld(t *testing.T) *changeWorld {
	t.Helper()
	w := &changeWorld{recordWorld: newRecordWorld(t)}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.hub.SubscribeCRM(ctx, w.server.URL+"/webhooks/pipedrive")
	}()
	t.Cleanup(func() { stop(); <-done })
	deadline := time.Now().Add(20 * time.Second)
	for w.hub.Ready(t.Context()).CRMWebhooks != "subscribed" {
		if time.Now().After(deadline) {
			t.Fatalf("not subscribed: %s", w.logs.String())
		}
		time.Sleep(5 * time.Millisecond)
	}
	w.ears = map[string]*listener{"rep": w.listen(w.rep), "installer": w.listen(w.installer)}
	for name, l := range w.ears {
		l.hello(resume{page: w.position(map[string]account{"rep": w.rep, "installer": w.installer}[name], page)})
	}
	return w
}

// hand does something in Pipedrive as one of its users by their own hands.
func (w *changeWorld) hand(method, path, by string, body any) map[string]any {
	w.Helper()
	b, err := json.Marshal(body)
	w.must(err)
	req, err := http.NewRequestWithContext(w.Context(), method, w.box.ControlURL+"/pipedrive/"+path+"?by="+by, bytes.NewReader(b))
	w.must(err)
	res, err := http.DefaultClient.Do(req)
	w.must(err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	w.must(err)
	if res.StatusCode/100 != 2 {
		w.Fatalf("%s %s: %d %s", method, path, res.StatusCode, raw)
	}
	var out map[string]any
	w.must(json.Unmarshal(raw, &out))
	return out
}

const (
	byInstaller = "installer@example.com"
	byRep       = "rep@example.com"
)

// lines are what the conversation says of records to somebody, oldest first.
func (w *changeWorld) lines(who account) (all []string) {
	w.Helper()
	for _, m := range w.messages(who, page, hanako) {
		if m.Event != nil && m.Event.Kind == model.EventRecord {
			all = append(all, strings.TrimSpace(string(m.Author.Name)+" "+m.Event.Action+" "+m.Event.Record.Ref().String()+" "+string(m.Event.Payload)))
		}
	}
	return all
}

// comes waits until a line about a record came by the stream.
func (w *changeWorld) comes(name, action string) {
	w.Helper()
	w.ears[name].until(action, func() bool { return strings.Contains(raw(w.ears[name]), `"action":"`+action+`"`) })
}

func (w *changeWorld) path1(r model.RecordRef) string { return string(r.Type) + "s/" + r.ID }

// TestChangesOfADeal: what somebody does in Pipedrive with a deal that is linked is said
// once in the conversation, to who may see the deal and to nobody else; the panel is told.
func TestChangesOfADeal(t *testing.T) {
	t.Parallel()
	w := newChangeWorld(t)
	w.link(w.installer, w.hidden.RecordRef)
	w.comes("installer", "linked")
	told := len(linkChanges(t, w.ears["installer"]))
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"stage_id": 3})
	w.comes("installer", "stage")
	w.ears["installer"].until("the panel is told", func() bool { return len(linkChanges(t, w.ears["installer"])) > told })
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"status": "won"})
	w.comes("installer", "won")
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"status": "open"})
	w.comes("installer", "reopened")
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"status": "lost", "lost_reason": "高い"})
	w.comes("installer", "lost")
	told = len(linkChanges(t, w.ears["installer"]))
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"title": hiddenDeal + " 改", "value": 1234567})
	w.ears["installer"].until("the new title", func() bool { return len(linkChanges(t, w.ears["installer"])) > told })
	of := w.hidden.String()
	want := []string{"Ines linked " + of, "stage " + of + " 交渉中", "won " + of, "reopened " + of, "lost " + of}
	if got := w.lines(w.installer); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("lines %q, want %q", got, want)
	}
	if got := linkChanges(t, w.ears["installer"]); got[len(got)-1].Links[0].Title != hiddenDeal+" 改" {
		t.Errorf("told of %+v", got[len(got)-1])
	}
	w.hides(w.rep, w.guest)
	w.ears["rep"].beat()
	if s := raw(w.ears["rep"]); strings.Contains(s, hiddenDeal) || strings.Contains(s, `"kind":"link"`) || strings.Contains(s, `"record"`) || strings.Contains(s, "交渉中") {
		t.Errorf("the rep was sent %s", s)
	}
	if strings.Contains(w.logs.String(), hiddenDeal) {
		t.Error("the log holds the title of a record")
	}
}
