package outbox_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/client/outbox"
	"parley/model"
)

const (
	hubURL       = "http://127.0.0.1:1"
	conversation = model.ConversationID("100_7001")
)

func kept(text model.Untrusted) model.Reply {
	return model.Reply{Conversation: conversation, ClientID: outbox.NewClientID(), Text: text}
}

// files returns the names in a folder, none where it is not there.
func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".run-") { // the lock of a run
			names = append(names, e.Name())
		}
	}
	return names
}

func TestKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state", "replies")
	k := outbox.NewKept(dir, hubURL)
	if _, found := k.Find(model.Reply{Conversation: conversation, Text: "hi"}); found {
		t.Error("found in a folder that is not there")
	}
	r := kept("hi\n\x1b[31m 山田 \u2028")
	for range 2 { // the same again is the same
		if err := k.Put(r); err != nil {
			t.Fatal(err)
		}
	}
	if names := files(t, dir); len(names) != 1 || names[0] != string(r.ClientID)+".json" {
		t.Errorf("kept as %s", names)
	}
	for path, want := range map[string]os.FileMode{
		dir: 0o700, filepath.Dir(dir): 0o700, filepath.Join(dir, string(r.ClientID)+".json"): 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
	id, found := outbox.NewKept(dir, hubURL).Find(model.Reply{Conversation: r.Conversation, Text: r.Text})
	if !found || id != r.ClientID {
		t.Errorf("found %q, %t", id, found)
	}
	for name, other := range map[string]model.Reply{
		"another text":         {Conversation: r.Conversation, Text: r.Text + " "},
		"another conversation": {Conversation: "100_7002", Text: r.Text},
	} {
		if _, found := k.Find(model.Reply{Conversation: other.Conversation, Text: other.Text}); found {
			t.Errorf("found for %s", name)
		}
	}
	if _, found := outbox.NewKept(dir, "https://example.com").Find(r); found {
		t.Error("found for another hub")
	}
	for range 2 { // forgetting what is gone is no error
		if err := k.Forget(r.ClientID); err != nil {
			t.Fatal(err)
		}
	}
	if names := files(t, dir); len(names) != 0 {
		t.Errorf("still there: %s", names)
	}
}

// The folder may be called anything; a text may be no UTF-8.
func TestKeptFindsWhatItKept(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"plain", "[abc]", "a*b?", `back\slash`, "[", "山田"} {
		k := outbox.NewKept(filepath.Join(t.TempDir(), folder), hubURL)
		for _, text := range []model.Untrusted{"hi", "", "broken \xff\xc3 bytes", "\xff\xff", "lone \xed\xa0\x80", "\u0000"} {
			r := kept(text)
			if err := k.Put(r); err != nil {
				t.Fatal(err)
			}
			if id, found := k.Find(model.Reply{Conversation: r.Conversation, Text: r.Text}); !found || id != r.ClientID {
				t.Errorf("folder %q: %q is not found again", folder, string(text))
			}
			if err := k.Forget(r.ClientID); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestCorruptedFilesAreIgnored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := outbox.NewKept(dir, hubURL)
	good := kept("hi")
	encode := func(r model.Reply) string {
		b, err := json.Marshal(struct {
			Hub string `json:"hub"`
			model.Reply
		}{hubURL, r})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	named := func(id model.ClientID) string {
		r := good
		r.ClientID = id
		return encode(r)
	}
	for name, content := range map[string]string{
		"0190b8a0-0000-7000-8000-000000000001.json": "",
		"0190b8a0-0000-7000-8000-000000000002.json": encode(good)[:20],
		"0190b8a0-0000-7000-8000-000000000003.json": "\x00\x00\x00",
		"0190b8a0-0000-7000-8000-000000000004.json": "null",
		"0190b8a0-0000-7000-8000-000000000005.json": "[]",
		"0190b8a0-0000-7000-8000-000000000006.json": named(""),
		"0190b8a0-0000-7000-8000-000000000007.json": named("../../x"),
		"0190b8a0-0000-7000-8000-000000000008.json": named("0190b8a0-0000-7000-8000-000000000009"), // another's
		".new-123":  named("0190b8a0-0000-7000-8000-00000000000a"), // begun, not renamed
		"notes.txt": "hi",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "0190b8a0-0000-7000-8000-00000000000b.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	if id, found := k.Find(model.Reply{Conversation: good.Conversation, Text: good.Text}); found {
		t.Errorf("found %q among what is broken", id)
	}
	if err := k.Put(good); err != nil {
		t.Fatal(err)
	}
	if id, found := k.Find(model.Reply{Conversation: good.Conversation, Text: good.Text}); !found || id != good.ClientID {
		t.Errorf("found %q, %t", id, found)
	}
}

// An id becomes a file's name: nothing but a UUID may.
func TestKeptRefusesOtherIDs(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := filepath.Join(root, "replies")
	k := outbox.NewKept(dir, hubURL)
	id := string(outbox.NewClientID())
	for _, bad := range []string{
		"", "x", "..", "../x", "/etc/passwd", "../" + id, id + "/..", "../../" + id[6:], strings.Repeat("../", 12),
		"/" + id + "/", "{" + id + "}", "." + id + "x", "urn:uuid:" + id, strings.ReplaceAll(id, "-", ""), id + "\x00", id[:35] + "/",
		"a\x00" + id[2:],
	} {
		r := kept("hi")
		r.ClientID = model.ClientID(bad)
		if err := k.Put(r); err == nil {
			t.Errorf("%q is taken for an id", bad)
		}
	}
	if names := files(t, dir); len(names) != 0 {
		t.Errorf("left behind: %q", names)
	}
	if names := files(t, root); len(names) > 1 {
		t.Errorf("left outside: %q", names)
	}
}

// A reply that may be on its way is not overwritten by another that is given its id.
func TestKeptIsNotOverwritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := outbox.NewKept(dir, hubURL)
	r := kept("hi \xff")
	if err := k.Put(r); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*model.Reply){
		"another text":         func(o *model.Reply) { o.Text = "another" },
		"another conversation": func(o *model.Reply) { o.Conversation = "100_7002" },
	} {
		o := r
		change(&o)
		if err := k.Put(o); !errors.Is(err, outbox.ErrKeptOther) {
			t.Errorf("%s: %v", name, err)
		}
		if id, found := k.Find(model.Reply{Conversation: r.Conversation, Text: r.Text}); !found || id != r.ClientID {
			t.Errorf("%s: the first is gone", name)
		}
	}
	if err := outbox.NewKept(dir, "https://example.com").Put(r); !errors.Is(err, outbox.ErrKeptOther) {
		t.Errorf("another hub: %v", err)
	}
	if err := k.Put(r); err != nil {
		t.Errorf("the same again: %v", err)
	}
}

// What a crash left half written goes when the folder is opened; what may just be
// written stays, and so does what is no file of ours.
func TestLeftoversAreSwept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, fresh := time.Now().Add(-2*time.Hour), time.Now()
	for name, at := range map[string]time.Time{".new-1": old, ".new-2": fresh, "notes.txt": old} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, []byte("{"), 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	r := kept("hi")
	if err := outbox.NewKept(dir, hubURL).Put(r); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, string(r.ClientID)+".json")
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	outbox.NewKept(dir, hubURL)
	want := []string{".new-2", string(r.ClientID) + ".json", "notes.txt"}
	if names := files(t, dir); !slices.Equal(names, want) {
		t.Errorf("the folder holds %q, want %q", names, want)
	}
}

func TestKeptReplyIsLoggedWithoutItsText(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("logged", "reply", kept("only for the two of us"))
	if out := b.String(); strings.Contains(out, "two of us") || !strings.Contains(out, "client_id") {
		t.Errorf("logged as %s", out)
	}
}

// A note is found as a note, and a reply as a reply, though they say the same.
func TestKeptTellsNotesFromReplies(t *testing.T) {
	t.Parallel()
	k := outbox.NewKept(filepath.Join(t.TempDir(), "replies"), hubURL)
	note := kept("同じ文")
	note.Note = true
	if err := k.Put(note); err != nil {
		t.Fatal(err)
	}
	if id, found := k.Find(model.Reply{Conversation: note.Conversation, Text: note.Text}); found {
		t.Errorf("the note is found as reply %s", id)
	}
	reply := kept(note.Text)
	if err := k.Put(reply); err != nil {
		t.Fatal(err)
	}
	if id, found := k.Find(model.Reply{Conversation: note.Conversation, Text: note.Text}); !found || id != reply.ClientID {
		t.Errorf("found %q, %t, want the reply", id, found)
	}
	if id, found := k.Find(model.Reply{Conversation: note.Conversation, Text: note.Text, Note: true}); !found || id != note.ClientID {
		t.Errorf("found %q, %t, want the note", id, found)
	}
	reply.ClientID = note.ClientID
	if err := k.Put(reply); !errors.Is(err, outbox.ErrKeptOther) {
		t.Errorf("a reply in the place of a note: %v", err)
	}
}

// The same text kept twice is two replies, in the order in which they were typed; those to
// another hub are not among them.
func TestKeptOfOneText(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "replies")
	k := outbox.NewKept(dir, hubURL)
	r := kept("ok")
	r.At = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	if err := k.Put(r); err != nil {
		t.Fatal(err)
	}
	second := kept("ok")
	second.At = r.At.Add(-time.Minute)
	if err := k.Put(second); err != nil {
		t.Fatal(err)
	}
	other := kept("to another hub")
	if err := outbox.NewKept(dir, "https://other.example.com").Put(other); err != nil {
		t.Fatal(err)
	}
	if all := k.All(); len(all) != 2 || all[0].ClientID != second.ClientID || all[1].ClientID != r.ClientID {
		t.Errorf("all: %v", all)
	}
	// Handed in again later, it keeps the time at which it was typed.
	again := r
	again.At = r.At.Add(time.Hour)
	if err := k.Put(again); err != nil {
		t.Fatal(err)
	}
	if all := k.All(); !all[1].At.Equal(r.At) {
		t.Errorf("typed at %v, want %v", all[1].At, r.At)
	}
}

// TestKeptKeepTheOrderOfTheKeys: the number of the first time counts, whatever clocks say.
func TestKeptKeepTheOrderOfTheKeys(t *testing.T) {
	t.Parallel()
	k := outbox.NewKept(filepath.Join(t.TempDir(), "replies"), hubURL)
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	var want []model.Untrusted
	var all []model.Reply
	for i, text := range []model.Untrusted{"one", "two", "three", "four"} {
		r := kept(text)
		r.At, r.Number = at.Add(-time.Duration(i)*time.Hour), at.UnixMicro()+int64(i) // its clock was set back
		if text == "three" {
			r.At, r.Number = at.Add(2*time.Microsecond), 0 // by a version that knew no numbers
		}
		want, all = append(want, text), append(all, r)
	}
	for _, i := range []int{2, 0, 3, 1} {
		if err := k.Put(all[i]); err != nil {
			t.Fatal(err)
		}
	}
	again := all[0]
	again.Number, again.SeenSeq = at.Add(time.Hour).UnixMicro(), 7
	if err := k.Put(again); err != nil {
		t.Fatal(err)
	}
	var got []model.Untrusted
	for _, r := range k.All() {
		got = append(got, r.Text)
		if r.Text == "one" && (r.Number != all[0].Number || r.SeenSeq != 7) {
			t.Errorf("kept again with number %d, seen %d", r.Number, r.SeenSeq)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("kept in the order %q, want %q", got, want)
	}
}

// TestAHeldReplyIsKept as one that was never posted, until it is about to be.
func TestAHeldReplyIsKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := outbox.NewKept(dir, hubURL)
	r := kept("held")
	r.Held, r.Number = true, 7
	for _, held := range []bool{true, false} {
		r.Held = held
		if err := k.Put(r); err != nil {
			t.Fatal(err)
		}
		if all := outbox.NewKept(dir, hubURL).All(); len(all) != 1 || all[0].Held != held || all[0].Number != 7 {
			t.Errorf("held %v is kept as %+v", held, all)
		}
	}
}
