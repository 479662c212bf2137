package compact

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/hub/store"
	"parley/model"
)

// said is an ordinary message.
func said() store.Message {
	at := time.Date(2026, 5, 22, 5, 26, 46, 789_000_000, time.UTC)
	return store.Message{
		Message: model.Message{
			ID: "1_01a22fa6-6406-7270-b1bb-5b8d40caffc4", Seq: 8, MID: "m_9t4UoPfh", ConversationID: "1_2", Direction: model.In,
			Author: model.Author{Kind: model.ByCustomer}, Text: "お問い合わせありがとうございます。", Attachments: []model.Attachment{}, Reactions: []model.Reaction{},
			SentAt: at,
		}, Order: at, FirstSeq: 7, MetaTime: true,
	}
}

// messages are of all kinds.
func messages() []store.Message {
	long, reply, other := said(), said(), said()
	long.Text = model.Untrusted(strings.Repeat("long, and longer. ", 200))
	reply.Author = model.Author{Kind: model.ByUser, ID: "u", Name: "Aiko"}
	reply.Direction, reply.State, reply.ClientID, reply.Attempt, reply.Number = model.Out, model.Sent, "c", 2, 5
	reply.SentAt = reply.SentAt.Add(time.Nanosecond)
	other.Attachments, other.Reactions, other.Deleted = nil, nil, true
	was := model.Untrusted("before")
	other.Was, other.EditNumber, other.ReactedAt = &was, 3, map[model.AuthorKind]time.Time{model.ByCustomer: other.Order}
	other.Event = &model.Notable{Kind: model.EventReferral}
	other.Error = &model.MessageError{Code: "c"}
	return []store.Message{said(), {}, long, reply, other}
}

// TestMessage: a message is the same once it was kept.
func TestMessage(t *testing.T) {
	t.Parallel()
	for _, m := range messages() {
		kept, err := Message(m)
		if err != nil {
			t.Fatal(err)
		}
		is := columns(m)
		if err := ReadMessage(kept, &is); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, is); diff != "" {
			t.Errorf("(-was +is): %s", diff)
		}
		if wide, _ := json.Marshal(m); len(kept) > len(wide)/2 {
			t.Errorf("%d bytes instead of %d", len(kept), len(wide))
		}
	}
}

// columns returns what stands in columns.
func columns(m store.Message) store.Message {
	return store.Message{
		Message: model.Message{ID: m.ID, MID: m.MID, ConversationID: m.ConversationID, Direction: m.Direction, State: m.State},
		Order:   m.Order, FirstSeq: m.FirstSeq, MetaTime: m.MetaTime,
	}
}

// FuzzReadMessage: whatever stands in the file, reading it ends, and without a panic.
func FuzzReadMessage(f *testing.F) {
	for _, m := range messages() {
		kept, err := Message(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(kept)
	}
	f.Add([]byte{message1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(_ *testing.T, kept []byte) {
		m := said()
		_ = ReadMessage(kept, &m)
	})
}

func BenchmarkMessage(b *testing.B) {
	m := said()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Message(m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadMessage(b *testing.B) {
	m := said()
	kept, _ := Message(m)
	b.ReportAllocs()
	for b.Loop() {
		if err := ReadMessage(kept, &m); err != nil {
			b.Fatal(err)
		}
	}
}
