package drafts_test

import (
	"errors"
	"maps"
	"testing"
	"time"

	"parley/model"
	"parley/ui/app"
	"parley/ui/conversation"
	"parley/ui/uitest"
)

// disk keeps drafts whole.
type disk map[model.DraftOf]model.Draft

func (d disk) Save(of model.DraftOf, draft model.Draft) error {
	if draft.Empty() {
		delete(d, of)
	} else {
		d[of] = draft
	}
	return nil
}

// machine is one with some files.
type machine map[string]bool

func (m machine) Check(path string) (model.File, error) {
	if !m[path] {
		return model.File{}, errors.New("no file")
	}
	return model.File{Path: path, Size: 3, SHA256: "x"}, nil
}

func (machine) Complete(path string) string { return path }

var (
	first = model.DraftOf{Conversation: uitest.Talk(0, 0).ID}
	note  = model.DraftOf{Conversation: uitest.Talk(1, 0).ID, Note: true}
)

// begin begins a run with what an earlier one left.
func begin(t *testing.T, kept disk, files machine) *uitest.World {
	typed := maps.Clone(kept)
	return uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Drafts, o.Typed, o.Files = kept, typed, files })
}

// TestDraftsComeBackWhole: text, files and quote are there after a restart, as they were.
func TestDraftsComeBackWhole(t *testing.T) {
	t.Parallel()
	kept, files := disk{}, machine{"/tmp/desk.png": true, "/tmp/bill.pdf": true}
	w := begin(t, kept, files)
	ms := uitest.Incoming(2)
	for i := range ms {
		ms[i].MID = model.MID("m_" + string(rune('a'+i)))
	}
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Keys("enter", "Q", "esc", "esc")
	if len(kept) > 0 {
		t.Errorf("a quote that was taken away is kept: %v", kept)
	}
	for path := range files {
		w.Keys("A")
		w.Types(path)
		w.Keys("enter", "esc", "esc")
	}
	w.Passes(conversation.DraftPause)
	if len(kept) > 0 {
		t.Errorf("files that were taken away are kept: %v", kept)
	}
	w.Keys("Q")
	w.Types("Look at these")
	w.Passes(conversation.DraftPause)
	for _, path := range []string{"/tmp/desk.png", "/tmp/bill.pdf"} {
		f, _ := files.Check(path)
		d := kept[first]
		d.Files = append(d.Files, f)
		kept[first] = d
	}
	if d := kept[first]; d.ReplyTo == "" || d.Text != "Look at these" {
		t.Fatalf("kept %+v", d)
	}

	w = begin(t, kept, files)
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Keys("enter", "r")
	w.Shows("Look at these", "with desk.png, bill.pdf")
	w.Keys("enter")
	if n := len(w.Hub.Replies); n != 1 || len(w.Hub.Replies[0].Files) != 2 || w.Hub.Replies[0].ReplyTo == "" {
		t.Errorf("sent %+v", w.Hub.Replies)
	}
	if len(kept) > 0 {
		t.Errorf("kept after it was sent: %v", kept)
	}
}

// TestAFileThatIsGone by the restart is said, and the draft stays without it.
func TestAFileThatIsGone(t *testing.T) {
	t.Parallel()
	kept := disk{first: {Text: "Here", Files: []model.File{{Path: "/tmp/desk.png", SHA256: "x"}, {Path: "/tmp/bill.pdf", SHA256: "y"}}, UpdatedAt: uitest.Noon}}
	w := begin(t, kept, machine{"/tmp/bill.pdf": true})
	w.Shows("desk.png is no longer there.", "is kept without it.")
	if d := kept[first]; len(d.Files) != 1 || d.Files[0].Path != "/tmp/bill.pdf" || d.Text != "Here" {
		t.Errorf("kept %+v", d)
	}
	w.Keys("enter", "r")
	w.Shows("Here", "with bill.pdf")
}

// TestTheListOfDrafts names each with its customer, words, age and files, and goes on with it.
func TestTheListOfDrafts(t *testing.T) {
	t.Parallel()
	at := uitest.Noon.Add(-3 * time.Hour)
	kept := disk{
		first: {Text: "The price is\n40 euros", Files: []model.File{{Path: "/tmp/bill.pdf"}}, UpdatedAt: at},
		note:  {Text: "Ask Ken", UpdatedAt: uitest.Noon.Add(-5 * time.Minute)},
	}
	w := begin(t, kept, machine{"/tmp/bill.pdf": true})
	w.Keys("d")
	w.Shows("reply", "note", "The price is", "with bill.pdf", "3h", "Ask Ken", "5m", "ctrl+d discards it")
	w.Keys("enter")
	if of := w.TypedOf(); of != note || w.Typed() != "Ask Ken" {
		t.Errorf("opened %v: %q", of, w.Typed())
	}
	w.Keys("esc", "d")
	w.Types("price")
	w.Hides("Ask Ken")
	w.Keys("enter")
	if of := w.TypedOf(); of != first || w.Typed() != "The price is\n40 euros" {
		t.Errorf("opened %v: %q", of, w.Typed())
	}
}

// TestADraftIsDiscarded by one key, and undone with all that was with it.
func TestADraftIsDiscarded(t *testing.T) {
	t.Parallel()
	was := model.Draft{Text: "The price", Files: []model.File{{Path: "/tmp/bill.pdf", SHA256: "x"}}, ReplyTo: "m1", UpdatedAt: uitest.Noon}
	kept := disk{first: was}
	w := begin(t, kept, machine{"/tmp/bill.pdf": true})
	w.Keys("enter", "d", "ctrl+d")
	w.Shows("discarded.")
	if len(kept) > 0 || w.Typed() != "" {
		t.Errorf("on disk %v, in the composer %q", kept, w.Typed())
	}
	w.Keys("z")
	if d := kept[first]; d.Text != was.Text || len(d.Files) != 1 || d.ReplyTo != "m1" || w.Typed() != "The price" {
		t.Errorf("on disk %+v, in the composer %q", d, w.Typed())
	}
}

// TestDraftsOfHiddenPages leave the disk as soon as the hub says that they may not be seen.
func TestDraftsOfHiddenPages(t *testing.T) {
	t.Parallel()
	kept := disk{
		first:                   {Text: "of a Page that becomes private", UpdatedAt: uitest.Noon},
		note:                    {Text: "a note", UpdatedAt: uitest.Noon},
		{Conversation: "200_1"}: {Text: "of a Page that is not known yet", UpdatedAt: uitest.Noon},
	}
	w := begin(t, kept, nil)
	w.Keys("enter", "r")
	w.Types("More ")
	w.Hidden()
	w.Passes(conversation.DraftPause)
	if len(kept) != 1 || kept[model.DraftOf{Conversation: "200_1"}].Text == "" {
		t.Errorf("on disk %v", kept)
	}
	if of, d := w.Unsaved(); of.Conversation != "" || !d.Empty() {
		t.Errorf("would still save %+v of %s", d, of.Conversation)
	}
}

// TestScheduledRepliesAreListed with their time.
func TestScheduledRepliesAreListed(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	c := uitest.Talk(1, 0, func(c *model.Conversation) { c.Seq = 500 })
	at := uitest.Noon.Add(2 * time.Hour)
	c.Scheduled = &at
	w.Arrives(c)
	w.Keys("d")
	w.Shows("scheduled", "14:00")
	w.Keys("ctrl+d")
	w.Shows("The hub has it.")
	w.Keys("enter")
	if w.Screen.Shown != c.ID {
		t.Errorf("opened %s", w.Screen.Shown)
	}
}
