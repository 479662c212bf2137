package compact

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parley/hub/store"
	"parley/model"
)

// met is an ordinary conversation.
func met() store.Conversation {
	at := time.Date(2026, 5, 27, 19, 23, 56, 125_000_000, time.UTC)
	until := at.Add(24 * time.Hour)
	return store.Conversation{
		Conversation: model.Conversation{
			ID: "443677336169256_7117093789905066", PageID: "443677336169256", Seq: 41402, Status: model.Open, Unread: 6, Labels: []string{},
			Customer: model.Customer{PSID: "7117093789905066", Name: "Grace Sato", Locale: "en_US"}, Waits: model.WaitsNobody, Started: true,
			LastMessage: &model.Summary{
				ID: "443677336169256_01a22fa6-6428-7ae3-96e0-2790b5392e55", Direction: model.Out, Author: model.Author{Kind: model.ByPage},
				Text: "Thanks for writing! Let me check the stock.", SentAt: at, State: model.Sent,
			}, WindowUntil: &until, UpdatedAt: at,
		}, OpenedAt: at, InboundAt: at, OtherAppAt: at, ProfileAt: at.Add(time.Hour),
	}
}

func keptAgain(c store.Conversation) (store.Conversation, []byte, error) {
	kept, err := Conversation(c)
	is := store.Conversation{Conversation: model.Conversation{ID: c.ID, PageID: c.PageID, Seq: c.Seq, UpdatedAt: c.UpdatedAt}}
	if err == nil {
		err = ReadConversation(kept, &is)
	}
	return is, kept, err
}

// TestConversation: an ordinary conversation is the same once it was kept, in a seventh of its room.
func TestConversation(t *testing.T) {
	t.Parallel()
	is, kept, err := keptAgain(met())
	if diff := cmp.Diff(met(), is); err != nil || diff != "" {
		t.Errorf("(-was +is): %s %v", diff, err)
	}
	if wide, _ := json.Marshal(met()); len(kept) > len(wide)/7 {
		t.Errorf("%d bytes instead of %d", len(kept), len(wide))
	}
}

// TestAnyConversation: whatever one of its fields is, a conversation comes back as from JSON.
func TestAnyConversation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := store.Conversation{}
		if rapid.Bool().Draw(t, "ordinary") {
			c = met()
		}
		fill(t, reflect.ValueOf(&c).Elem(), 0)
		c.UpdatedAt = c.UpdatedAt.UTC().Truncate(time.Microsecond)
		if c.UpdatedAt.UnixMicro() == 0 {
			c.UpdatedAt = time.Time{}
		}
		wide, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var want store.Conversation
		if err := json.Unmarshal(wide, &want); err != nil {
			t.Fatal(err)
		}
		is, _, err := keptAgain(c)
		again, _ := json.Marshal(is)
		before, _ := json.Marshal(want)
		if diff := cmp.Diff(string(before), string(again)); err != nil || diff != "" {
			t.Fatalf("(-was +is): %s %v", diff, err)
		}
	})
}

// fill sets some fields of a value to something.
func fill(t *rapid.T, v reflect.Value, depth int) {
	if depth > 4 || v.Type() != reflect.TypeFor[store.Conversation]() && v.Type() != reflect.TypeFor[model.Conversation]() && rapid.IntRange(0, 2).Draw(t, "leave") > 0 {
		return
	}
	switch v.Type() {
	case reflect.TypeFor[time.Time]():
		at := time.UnixMicro(rapid.Int64Range(0, 1<<51).Draw(t, "time")).UTC()
		v.Set(reflect.ValueOf(rapid.SampledFrom([]time.Time{at, at.Add(1), at.In(time.FixedZone("", 3600)), {}}).Draw(t, "kind")))
		return
	}
	switch v.Kind() { //nolint:exhaustive // those that there are
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(t, v.Field(i), depth+1)
			}
		}
	case reflect.String:
		v.SetString(rapid.SampledFrom([]string{"", "open", "out", "sent", "user", "customer", "1_2", "見積", "1", "1_01a22fa6-6428-7ae3-96e0-2790b5392e55"}).Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(0, 1<<33).Draw(t, "number"))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 2).Draw(t, "length"), 2))
		for i := range v.Len() {
			fill(t, v.Index(i), depth+1)
		}
	}
}

// FuzzReadConversation: whatever stands in the file, reading it ends, and without a panic.
func FuzzReadConversation(f *testing.F) {
	kept, err := Conversation(met())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(kept)
	f.Fuzz(func(_ *testing.T, kept []byte) {
		c := met()
		_ = ReadConversation(kept, &c)
	})
}

func BenchmarkConversation(b *testing.B) {
	c := met()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Conversation(c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadConversation(b *testing.B) {
	c := met()
	kept, _ := Conversation(c)
	b.ReportAllocs()
	for b.Loop() {
		if err := ReadConversation(kept, &c); err != nil {
			b.Fatal(err)
		}
	}
}
