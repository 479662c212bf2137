package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/model"
)

// syncWorld is a conversation with a person of the CRM to link it to, whose transcript is
// written without waiting long.
type syncWorld struct {
	*recordWorld
	person model.RecordRef
}

// crmNote is a note as Pipedrive holds it.
type crmNote struct {
	ID      int64  `json:"id"`
	Content string `json:"content"`
	Person  int64  `json:"person_id"`
	Deal    int64  `json:"deal_id"`
	Lead    string `json:"lead_id"`
}

func newSyncWorld(t *testing.T) *syncWorld {
	t.Helper()
	w := &syncWorld{recordWorld: newRecordWorld(t)}
	w.person = w.found(w.rep, "山田 花子")[0].RecordRef
	return w
}

// notes are all notes on a record, the oldest first.
func (w *syncWorld) notes(of model.RecordRef) []crmNote {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), http.MethodGet, w.box.PipedriveURL+"/v1/notes?limit=500&sort=id&"+string(of.Type)+"_id="+of.ID, nil)
	w.must(err)
	req.Header.Set("X-Api-Token", w.box.PipedriveToken)
	resp, err := http.DefaultClient.Do(req)
	w.must(err)
	defer resp.Body.Close()
	var out struct{ Data []crmNote }
	w.must(json.NewDecoder(resp.Body).Decode(&out))
	return out.Data
}

// synced waits until the transcript stands as said, and returns the state of the link.
func (w *syncWorld) synced(state model.SyncState) model.Sync {
	w.Helper()
	var c model.Conversation
	for range 400 {
		w.get(w.rep, w.path(), &c)
		if len(c.Links) > 0 && c.Links[0].Sync != nil && c.Links[0].Sync.State == state {
			return *c.Links[0].Sync
		}
		time.Sleep(25 * time.Millisecond)
	}
	b, _ := json.Marshal(c.Links)
	w.Fatalf("the transcript is not %s: %s\n%s", state, b, w.logs.String())
	return model.Sync{}
}

func (w *syncWorld) record(who account, ref model.RecordRef, query string) model.RecordView {
	w.Helper()
	var v model.RecordView
	w.get(who, recordPath(ref)+query, &v)
	return v
}

// TestTranscriptIsWritten: what was said stands as a note on the linked record, escaped and
// with its authors' names, and who may see the record reads it there.
func TestTranscriptIsWritten(t *testing.T) {
	t.Parallel()
	w := newSyncWorld(t)
	w.customerWrites(meta, hanako, "m_html", "<b>太字</b> & <script>alert(1)</script>", time.Now())
	w.link(w.rep, w.person)
	if s := w.synced(model.SyncDone); s.At == nil {
		t.Errorf("done, but not when: %+v", s)
	}
	notes := w.notes(w.person)
	if len(notes) != 1 || !strings.Contains(notes[0].Content, "いくらですか？") || !strings.Contains(notes[0].Content, "&lt;b&gt;太字&lt;/b&gt; &amp; &lt;script&gt;") {
		t.Fatalf("notes: %+v", notes)
	}
	v := w.record(w.rep, w.person, "")
	if len(v.Transcripts) != 1 || len(v.Transcripts[0].Lines) != 2 || v.Transcripts[0].Lines[0].Text != "いくらですか？" {
		t.Errorf("the record's transcripts: %s", fmt.Sprintf("%d", len(v.Transcripts)))
	}
	for _, query := range []string{"?transcripts=false", "?for=" + string(w.conversation)} {
		if v := w.record(w.rep, w.person, query); v.Transcripts != nil {
			t.Errorf("with %s there are transcripts", query)
		}
	}
}
