package outbox_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/client/outbox"
	"parley/model"
)

var drafted = time.Date(2026, 10, 5, 12, 0, 0, 123456789, time.UTC)

type fataler interface {
	Helper()
	Fatal(args ...any)
}

// drafts are those of replies.
func drafts(t fataler, d *outbox.Drafts) map[model.ConversationID]model.Draft {
	t.Helper()
	all, err := d.All()
	if err != nil {
		t.Fatal(err)
	}
	return replies(all)
}

func replies(all map[model.DraftOf]model.Draft) map[model.ConversationID]model.Draft {
	if all == nil {
		return nil
	}
	out := map[model.ConversationID]model.Draft{}
	for of, d := range all {
		if !of.Note {
			out[of.Conversation] = d
		}
	}
	return out
}

func reply(id model.ConversationID) model.DraftOf { return model.DraftOf{Conversation: id} }

func TestDrafts(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state", "drafts")
	d := outbox.NewDrafts(dir, hubURL)
	if all := drafts(t, d); len(all) != 0 || all == nil {
		t.Errorf("a folder that is not there holds %v", all)
	}
	const text = model.Untrusted("はい、\n\x1b[31m 本日 \u2028")
	tokyo := time.FixedZone("", 9*60*60)
	for _, s := range []model.Untrusted{"は", text} {
		if err := d.Save(reply(conversation), draft(string(s), drafted.In(tokyo))); err != nil {
			t.Fatal(err)
		}
	}
	names := files(t, dir)
	if len(names) != 1 || strings.Contains(names[0], "100") || strings.Contains(names[0], "7001") {
		t.Errorf("kept as %q", names)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, names[0]): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
	all := drafts(t, outbox.NewDrafts(dir, hubURL)) // as after a crash
	if got := all[conversation]; len(all) != 1 || got.Text != text || !got.UpdatedAt.Equal(drafted) {
		t.Errorf("%d kept, %q at %s", len(all), string(got.Text), got.UpdatedAt)
	}
	if other := drafts(t, outbox.NewDrafts(dir, "https://example.com")); len(other) != 0 {
		t.Errorf("another hub has %v", other)
	}
	for range 2 { // forgetting what is gone is no error
		if err := d.Save(reply(conversation), draft("", drafted)); err != nil {
			t.Fatal(err)
		}
	}
	if names := files(t, dir); len(names) != 0 {
		t.Errorf("still there: %q", names)
	}
}

// Ids come from a hub: whatever they hold, they lead out of no folder and into no
// other's file.
func TestDraftsOfOddNames(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := filepath.Join(root, "drafts")
	d := outbox.NewDrafts(dir, hubURL)
	ids := []model.ConversationID{".", "..", "../x", "/etc/passwd", "a\x00b", "a", "A", "100_7001", model.ConversationID(strings.Repeat("x", 5000))}
	for _, id := range ids {
		if err := d.Save(reply(id), draft("to "+string(id), drafted)); err != nil {
			t.Fatalf("%q: %v", id, err)
		}
	}
	all := drafts(t, d)
	for _, id := range ids {
		if all[id].Text != model.Untrusted("to "+id) {
			t.Errorf("%q holds %q", id, string(all[id].Text))
		}
	}
	if names := files(t, root); len(names) != 1 || len(files(t, dir)) != len(ids) {
		t.Errorf("%q, %d files in the folder", names, len(files(t, dir)))
	}
}

func TestBrokenDraftsAreTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := outbox.NewDrafts(dir, hubURL)
	for _, id := range []model.ConversationID{"100_1", "100_2"} {
		if err := d.Save(reply(id), draft("a secret text", drafted)); err != nil {
			t.Fatal(err)
		}
	}
	good := files(t, dir)[0]
	content, err := os.ReadFile(filepath.Join(dir, good))
	if err != nil {
		t.Fatal(err)
	}
	broken := map[string][]byte{
		"cut.json": content[:len(content)-9], "empty.json": {}, "null.json": []byte("null"), "list.json": []byte("[]"),
		"zeros.json": {0, 0, 0}, "other.json": content, // under a name that is not its own
		strings.Repeat("0", 64) + ".json": []byte(`{"hub":"x","conversation":"y","text":"z"}`),
		"huge.json":                       make([]byte, 3<<20),
	}
	for name, b := range broken {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// What is no draft at all is passed over.
	for _, name := range []string{".new-123", "notes.txt", ".DS_Store"} {
		if err := os.WriteFile(filepath.Join(dir, name), content[:5], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	all, err := d.All()
	if len(all) != 2 || replies(all)["100_1"].Text != "a secret text" {
		t.Errorf("%d drafts are left", len(all))
	}
	if err == nil {
		t.Fatal("nothing is told of broken files")
	}
	for name := range broken {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not told of: %v", name, err)
		}
	}
	if s := err.Error(); !strings.Contains(s, "folder.json") || strings.Contains(s, "secret") || strings.Contains(s, "notes") || strings.Contains(s, ".new") {
		t.Errorf("told: %s", s)
	}
}

func TestDraftsThatCannotBeKept(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d := outbox.NewDrafts(file, hubURL)
	if err := d.Save(reply(conversation), draft("hi", drafted)); err == nil {
		t.Error("kept in a file")
	}
	if all, err := d.All(); err == nil || all == nil {
		t.Errorf("a file holds %v (%v)", all, err)
	}
	if err := outbox.NewDrafts(t.TempDir(), hubURL).Save(reply(conversation), draft("hi", time.Unix(1<<60, 0))); err == nil {
		t.Error("kept at a time that can't be written")
	}
}

// Several windows write at once; what is there is always a whole draft of one of them.
func TestDraftsBySeveral(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	texts := []model.Untrusted{"one", model.Untrusted(strings.Repeat("two ", 10_000))}
	var writing sync.WaitGroup
	for _, text := range texts {
		writing.Go(func() {
			for range 20 {
				if err := outbox.NewDrafts(dir, hubURL).Save(reply(conversation), draft(string(text), drafted)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 20 {
		if got, ok := drafts(t, outbox.NewDrafts(dir, hubURL))[conversation]; ok && !slices.Contains(texts, got.Text) {
			t.Errorf("read a text of %d bytes", len(got.Text))
		}
	}
	writing.Wait()
	if names := files(t, dir); len(names) != 1 {
		t.Errorf("left behind: %q", names)
	}
}

// Whatever is put and forgotten in whatever order, what is there is what was put last.
func TestDraftsAreAMap(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	hubs := rapid.SampledFrom([]string{hubURL, hubURL + "/", "https://hub.example.com", ""})
	ids := rapid.SampledFrom([]model.ConversationID{"100_1", "100_2", "100~2_1", "_", ""})
	texts := rapid.OneOf(rapid.Just(""), rapid.String(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 1, 20), func(b []byte) string { return string(b) }))
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(root, "")
		if err != nil {
			r.Fatal(err)
		}
		want := map[string]map[model.ConversationID]model.Draft{}
		for i := range rapid.IntRange(0, 12).Draw(r, "steps") {
			hub, id := hubs.Draw(r, "hub"), ids.Draw(r, "conversation")
			text, at := model.Untrusted(texts.Draw(r, "text")), drafted.Add(time.Duration(i)*time.Minute)
			d := outbox.NewDrafts(dir, hub)
			if rapid.Bool().Draw(r, "forget") {
				text = ""
			}
			if err := d.Save(reply(id), draft(string(text), at)); err != nil {
				r.Fatal(err)
			}
			if want[hub] == nil {
				want[hub] = map[model.ConversationID]model.Draft{}
			}
			delete(want[hub], id)
			if text != "" && id != "" {
				want[hub][id] = model.Draft{Text: text.Valid(), UpdatedAt: at}
			}
		}
		for hub, held := range want {
			got := drafts(t, outbox.NewDrafts(dir, hub))
			if a, b := asJSON(r, got), asJSON(r, held); a != b {
				r.Fatalf("%q holds %s, want %s", hub, a, b)
			}
		}
	})
}

func asJSON(r *rapid.T, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		r.Fatal(err)
	}
	return string(b)
}

// Drafts of notes are no drafts of replies.
func TestDraftsOfNotesAreKeptApart(t *testing.T) {
	t.Parallel()
	d := outbox.NewDrafts(filepath.Join(t.TempDir(), "drafts"), hubURL)
	at, note := time.Now(), model.DraftOf{Conversation: conversation, Note: true}
	for _, err := range []error{d.Save(reply(conversation), draft("to you", at)), d.Save(note, draft("among us", at))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := map[model.DraftOf]model.Untrusted{reply(conversation): "to you", note: "among us"}
	all, err := d.All()
	for of, text := range want {
		if err != nil || len(all) != len(want) || all[of].Text != text {
			t.Errorf("kept: %v, %v", all, err)
		}
	}
	if err := d.Save(note, draft("", at)); err != nil {
		t.Fatal(err)
	}
	if all, err := d.All(); err != nil || len(all) != 1 || all[reply(conversation)].Text != "to you" {
		t.Errorf("left: %v, %v", all, err)
	}
}

// What was typed before what is kept changes nothing: it was written late.
func TestDraftsSavedLate(t *testing.T) {
	t.Parallel()
	d := outbox.NewDrafts(t.TempDir(), hubURL)
	for i, text := range []string{"newer", "older", ""} {
		if err := d.Save(reply(conversation), draft(text, drafted.Add(-time.Duration(i)*time.Second))); err != nil {
			t.Fatal(err)
		}
	}
	if got := drafts(t, d)[conversation].Text; got != "newer" {
		t.Errorf("kept %q", got)
	}
}

func draft(text string, at time.Time) model.Draft {
	return model.Draft{Text: model.Untrusted(text), UpdatedAt: at}
}

// TestDraftsKeepFilesAndQuotes, but nothing of an upload; one without any text is a draft, too.
func TestDraftsKeepFilesAndQuotes(t *testing.T) {
	t.Parallel()
	d := outbox.NewDrafts(t.TempDir(), hubURL)
	was := model.Draft{Files: []model.File{{Path: "/tmp/a\xff.png", SHA256: "x", Size: 3, Upload: "u1"}}, ReplyTo: "m1", UpdatedAt: drafted.UTC()}
	if err := d.Save(reply(conversation), was); err != nil {
		t.Fatal(err)
	}
	got := drafts(t, d)[conversation]
	was.Files[0].Upload = ""
	if got.Text != "" || got.ReplyTo != was.ReplyTo || !slices.Equal(got.Files, was.Files) || !got.UpdatedAt.Equal(was.UpdatedAt) {
		t.Errorf("kept %+v, want %+v", got, was)
	}
	if err := d.Save(reply(conversation), model.Draft{UpdatedAt: drafted}); err != nil || len(drafts(t, d)) > 0 {
		t.Errorf("discarded, and still there: %v, %v", drafts(t, d), err)
	}
}
