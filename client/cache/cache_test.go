package cache

import (
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/client/stream"
	"parley/model"
	"parley/model/inbox"
)

// TestARestoredClientEqualsAFreshOne: whatever happens, whenever the client leaves or is killed,
// the next one goes on from what is kept, and then holds what one that read all anew holds.
func TestARestoredClientEqualsAFreshOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		w := newWorld(t, dir)
		p := w.page("100")
		w.page("200")
		for i := range rapid.IntRange(0, 6).Draw(rt, "conversations") {
			w.writes(p, i)
		}
		w.welcomes()
		actions := w.actions()
		names := slices.Sorted(maps.Keys(actions))
		for _, name := range rapid.SliceOfN(rapid.SampledFrom(names), 1, 20).Draw(rt, "actions") {
			actions[name](rt)
		}
		w.leaves()
		w.open()
		w.welcomes()
		w.same()
		w.killed()
	})
}

// actions are all that may happen.
func (w *world) actions() map[string]func(*rapid.T) {
	page := func(rt *rapid.T) *hubPage {
		return w.page(rapid.SampledFrom([]model.PageID{"100", "200"}).Draw(rt, "page"))
	}
	customer := func(rt *rapid.T) int { return rapid.IntRange(0, 7).Draw(rt, "customer") }
	return map[string]func(*rapid.T){
		"write":      func(rt *rapid.T) { w.writes(page(rt), customer(rt)) },
		"link":       func(rt *rapid.T) { w.links(page(rt), customer(rt)) },
		"remove":     func(rt *rapid.T) { w.removes(page(rt), customer(rt)) },
		"notice":     func(rt *rapid.T) { w.notices(page(rt)) },
		"catch up":   func(rt *rapid.T) { w.catchesUp(page(rt)) },
		"catch up 2": func(rt *rapid.T) { w.catchesUp(page(rt)) },
		"flush":      func(*rapid.T) { w.cache.flush() },
		"merge": func(rt *rapid.T) {
			if p := w.cache.pages[page(rt).object.ID]; p != nil && p.reading == nil && p.name != "" {
				w.cache.flush()
				if err := p.merge(w.cache); err != nil {
					rt.Fatal(err)
				}
			}
		},
		"open": func(rt *rapid.T) {
			p := page(rt)
			w.opens(p, model.NewConversationID(p.object.ID, model.PSID(rapid.SampledFrom([]string{"5000", "5001"}).Draw(rt, "open"))))
			w.cache.remember(w.remembered())
		},
		"read anew": func(rt *rapid.T) {
			p := page(rt)
			n := customer(rt)
			w.reads(p, func() {
				w.writes(p, n)
				w.links(p, n)
				w.catchesUp(p)
			})
		},
		"another stream": func(rt *rapid.T) {
			p := page(rt)
			p.at.Epoch += "x"
			w.says(inbox.Dropped{Page: p.object.ID, Anew: true})
			w.reads(p)
		},
		"restart": func(*rapid.T) {
			w.leaves()
			w.open()
			w.welcomes()
		},
		"kill": func(*rapid.T) {
			w.killed()
			w.open()
			w.welcomes()
		},
	}
}

// started returns a client that holds two Pages of three conversations, one of them opened.
func started(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, t.TempDir())
	for _, id := range []model.PageID{"100", "200"} {
		for i := range 3 {
			w.writes(w.page(id), i)
		}
	}
	w.welcomes()
	p := w.page("100")
	w.opens(p, "100_5000")
	return w
}

func TestTheLastKnownStateIsShownAtOnce(t *testing.T) {
	t.Parallel()
	w := started(t)
	w.leaves()
	w.now = w.now.Add(time.Hour)
	w.open()
	if since, kept := w.box.KeptSince(); !kept || !since.Equal(noon) {
		t.Errorf("as of %v, %v", since, kept)
	}
	if n := w.box.View(inbox.Query{}).Len(); n != 6 {
		t.Errorf("%d conversations", n)
	}
	if r, _ := w.box.Conversation("100_5000"); !r.Stale {
		t.Error("a row is not marked")
	}
	if th, ok := w.box.Thread("100_5000"); !ok || len(th.Messages) != 1 || th.Stale {
		t.Errorf("the opened conversation: %v, %v", th, ok)
	}
	at := w.kept.Positions["200"]
	if at != w.hub["200"].at {
		t.Errorf("goes on from %+v", at)
	}
	w.welcomes()
	if _, kept := w.box.KeptSince(); kept {
		t.Error("still as of then")
	}
	w.same()
}

// TestAnOpenedConversationOfAFewIsShown, however few blocks there are.
func TestAnOpenedConversationOfAFewIsShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, t.TempDir())
	p := w.page("100")
	w.writes(p, 0)
	w.welcomes()
	w.opens(p, "100_5000")
	for range 2 {
		w.leaves()
		w.open()
		if th, ok := w.box.Thread("100_5000"); !ok || len(th.Messages) != 1 || th.Stale {
			t.Fatalf("%v, %v", th, ok)
		}
	}
}

func TestWhatMustGoIsGoneFromTheDisk(t *testing.T) {
	t.Parallel()
	for name, happens := range map[string]func(w *world){
		"access lost":    func(w *world) { w.flips("100") },
		"another stream": func(w *world) { w.says(inbox.Dropped{Page: "100", Anew: true}) },
		"listed as hidden": func(w *world) {
			hidden := w.hub["100"].object.Public()
			w.says(inbox.PagesListed{Pages: []model.Page{hidden, w.hub["200"].object}})
		},
		"made private to another": func(w *world) {
			p := w.hub["100"]
			p.object.Visibility, p.object.Installer.ID = model.Private, "u-other"
			p.changed(model.ChangePage, func(seq int64) any {
				p.object.Seq = seq
				return p.object
			})
			w.catchesUp(p)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := started(t)
			w.cache.remember(w.remembered())
			w.cache.flush()
			w.somewhere(mark("100"))
			happens(w)
			w.nowhere(mark("100"))
			w.somewhere(mark("200"))
			w.killed()
			w.open()
			if n := w.box.View(inbox.Query{Page: "100"}).Len(); n != 0 {
				t.Errorf("the next start shows %d conversations", n)
			}
		})
	}
}

func TestASignedOutUserKeepsNothing(t *testing.T) {
	t.Parallel()
	w := started(t)
	w.cache.flush()
	w.says(inbox.Connection{State: inbox.Offline, Cause: stream.ErrSignedOut})
	w.nowhere(mark("100"), mark("200"))
}

func TestAnotherUserKeepsNothing(t *testing.T) {
	t.Parallel()
	w := started(t)
	w.cache.flush()
	w.says(inbox.Welcomed{Now: w.now, User: model.User{ID: "u-other"}})
	w.nowhere(mark("100"), mark("200"))
}

func TestADeletedConversationIsGoneFromTheDisk(t *testing.T) {
	t.Parallel()
	w := started(t)
	w.cache.remember(w.remembered())
	w.cache.flush()
	w.links(w.hub["100"], 0)
	w.catchesUp(w.hub["100"])
	w.cache.flush()
	late := w.remembered() // of before the screen knew
	w.somewhere("of customer-0")
	w.removes(w.hub["100"], 0)
	w.catchesUp(w.hub["100"])
	w.nowhere("mark-of-100 of customer-0", "in 100_5000")
	w.cache.remember(late)
	w.cache.flush()
	w.nowhere("in 100_5000")
	w.leaves()
	w.open()
	w.welcomes()
	w.same()
}

// TestAKilledClientShowsNothingOnceTheHubAnswered: it was killed before it could erase a Page
// that it lost. Nothing tells the next one before the hub does.
func TestAKilledClientShowsNothingOnceTheHubAnswered(t *testing.T) {
	t.Parallel()
	w := started(t)
	w.cache.flush()
	delete(w.hub, "100") // and nobody heard
	w.killed()
	w.open()
	if n := w.box.View(inbox.Query{Page: "100"}).Len(); n != 3 {
		t.Fatalf("%d conversations before the hub answered", n)
	}
	w.says(inbox.Dropped{Page: "100"}, inbox.Welcomed{Now: w.now, User: me, Sees: []model.PageID{"200"}})
	w.nowhere(mark("100"))
	if n := w.box.View(inbox.Query{Page: "100"}).Len(); n != 0 {
		t.Errorf("%d conversations", n)
	}
}

func TestOnlyWhatTheHubConfirmedInTimeIsShown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		later time.Duration
		shows int
	}{
		"in time":              {12*time.Hour - time.Second, 6},
		"too late":             {12 * time.Hour, 0},
		"a clock set back":     {-time.Second, 0},
		"a clock set far back": {-24 * 365 * time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := started(t)
			w.leaves()
			w.now = w.now.Add(c.later)
			w.open()
			if n := w.box.View(inbox.Query{}).Len(); n != c.shows {
				t.Errorf("%d conversations", n)
			}
			if c.shows == 0 {
				w.nowhere(mark("100"), mark("200"))
			}
		})
	}
}

// TestAPageThatTheHubNoLongerConfirmsIsErased, although others are confirmed, and without a
// restart.
func TestAPageThatTheHubNoLongerConfirmsIsErased(t *testing.T) {
	t.Parallel()
	w := started(t)
	w.leaves()
	w.now = w.now.Add(time.Hour)
	w.open()
	w.says(inbox.HubTime{Now: w.now, Sees: []model.PageID{"200"}})
	w.now = w.now.Add(11 * time.Hour)
	w.cache.expire(t.Context())
	w.nowhere(mark("100"))
	w.somewhere(mark("200"))
	if !slices.Equal(w.forgot, []model.PageID{"100"}) {
		t.Errorf("dropped from the screen: %v", w.forgot)
	}
}

func TestNothingOfAnotherLoginIsShown(t *testing.T) {
	t.Parallel()
	w := started(t)
	w.leaves()
	w.login = "another token"
	w.open()
	if n := w.box.View(inbox.Query{}).Len(); n != 0 {
		t.Errorf("%d conversations", n)
	}
	w.leaves()
	if err := Forget(w.root, "https://hub.example.com/"); err != nil {
		t.Fatal(err)
	}
	w.nowhere(mark("100"))
	left, err := filepath.Glob(filepath.Join(w.root, "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestOneProcessKeeps: another one of the same user goes without, and is not in its way.
func TestOneProcessKeeps(t *testing.T) {
	t.Parallel()
	w := started(t)
	second := Open(w.cache.o)
	if second != nil {
		t.Fatal("two processes keep the same")
	}
	second.Remember(Remembered{})
	second.Close(Remembered{})
	if k := second.Restore(); len(k.First()) > 0 || len(k.Positions) > 0 {
		t.Error("something is restored")
	}
	w.leaves()
}

func TestOnlyTheUserMayReadTheFiles(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("has no modes")
	}
	w := started(t)
	w.cache.remember(w.remembered())
	w.writes(w.hub["100"], 1)
	w.catchesUp(w.hub["100"])
	w.leaves()
	files := 0
	err := filepath.WalkDir(w.root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		want := os.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		} else {
			files++
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", filepath.Base(path), got, want)
		}
		if strings.Contains(path, "token") || strings.Contains(path, "hub.example") {
			t.Errorf("%s names what it is of", path)
		}
		return err
	})
	if err != nil || files < 6 {
		t.Errorf("%d files, %v", files, err)
	}
}

// TestADamagedFileIsDroppedWithoutAWord, whichever it is and wherever it is damaged.
func TestADamagedFileIsDroppedWithoutAWord(t *testing.T) {
	t.Parallel()
	for _, name := range []string{indexName, baseSuffix, logSuffix, openedSuffix} {
		for how, damage := range map[string]func([]byte) []byte{
			"half":  func(b []byte) []byte { return b[:len(b)/2] },
			"a bit": func(b []byte) []byte { b[len(b)-len(b)/3] ^= 4; return b },
			"empty": func([]byte) []byte { return nil },
			"another version": func(b []byte) []byte {
				return []byte(strings.Replace(strings.Replace(string(b), "cache 1", "cache 2", 1), `"version":1`, `"version":2`, 1))
			},
			"longer": func(b []byte) []byte { return append(b, "parley"...) },
		} {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				w := started(t)
				w.writes(w.hub["100"], 1)
				w.catchesUp(w.hub["100"])
				w.leaves()
				files, err := filepath.Glob(filepath.Join(w.cache.dir, "*"+name))
				if err != nil || len(files) == 0 {
					t.Fatalf("no such file: %v", err)
				}
				for _, f := range files {
					b, err := os.ReadFile(f)
					if err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(f, damage(b), fileMode); err != nil {
						t.Fatal(err)
					}
				}
				w.open()
				w.welcomes()
				w.same()
				w.leaves()
				w.open()
				if n := w.box.View(inbox.Query{}).Len(); n != 6 {
					t.Errorf("%d conversations are kept again", n)
				}
			})
		}
	}
}

// TestAFolderThatCantBeWrittenKeepsNothing: the user signed out in another window.
func TestAFolderThatIsGoneKeepsNothing(t *testing.T) {
	t.Parallel()
	w := started(t)
	if err := os.RemoveAll(w.root); err != nil {
		t.Fatal(err)
	}
	w.writes(w.hub["100"], 1)
	w.catchesUp(w.hub["100"])
	w.leaves()
	if _, err := os.Stat(w.root); err == nil {
		t.Error("it is back")
	}
}

// TestManyChangesAreWrittenOnce: an object that changes often is written once in a while, and
// what was written before goes when the log is merged.
func TestManyChangesAreWrittenOnce(t *testing.T) {
	t.Parallel()
	w := started(t)
	p := w.hub["100"]
	w.cache.flush()
	before := w.cache.pages["100"].logSize
	for range 500 {
		w.writes(p, 1)
		w.catchesUp(p)
	}
	w.cache.flush()
	if grown := w.cache.pages["100"].logSize - before; grown > 2000 {
		t.Errorf("500 changes of a conversation take %d bytes", grown)
	}
	if err := w.cache.pages["100"].merge(w.cache); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(w.disk(), "mark-of-100 of customer-1:"); n != 1 {
		t.Errorf("the conversation is there %d times", n)
	}
	w.leaves()
	w.open()
	w.welcomes()
	w.same()
}

// TestUpdatesPassAfterWhatMustGoIsGone is the order on which everything else depends.
func TestUpdatesPassAfterWhatMustGoIsGone(t *testing.T) {
	t.Parallel()
	w := started(t)
	w.cache.flush()
	updates := make(chan []inbox.Update, 1)
	updates <- []inbox.Update{inbox.Dropped{Page: "100"}}
	close(updates)
	passed := 0
	w.cache.Relay(t.Context(), updates, func(u []inbox.Update) {
		passed += len(u)
		w.nowhere(mark("100"))
	})
	if passed != 1 {
		t.Errorf("%d updates passed", passed)
	}
	delete(w.hub, "100")
	if ids := slices.Collect(maps.Keys(w.cache.pages)); !slices.Equal(ids, []model.PageID{"200"}) {
		t.Errorf("kept: %v", ids)
	}
}

// FuzzFiles: whatever stands in the files, reading them ends, and shows only what fits.
func FuzzFiles(f *testing.F) {
	var p packer
	block := func(list ...entry) []byte {
		var raw []byte
		for _, e := range list {
			raw = appendEntry(raw, e)
		}
		return p.block(raw)
	}
	row := entry{ofConversation, "5000", 2, []byte(`{"id":"100_5000","seq":2}`)}
	at := entry{kind: ofPosition, body: []byte(`{"epoch":"e","seq":2}`)}
	object := entry{kind: ofPage, body: []byte(`{"id":"100","sees":true}`)}
	f.Add(append(append([]byte(magic), block(row)...), block(object, at)...), append([]byte(magic), block(entry{ofLinks, "5000", 3, []byte(`[]`)})...))
	f.Add([]byte(magic), []byte("parley cache 2\n"))
	f.Add([]byte{}, block(row))
	f.Fuzz(func(t *testing.T, base, log []byte) {
		dir := t.TempDir()
		c := &Cache{o: Options{Root: dir, Now: time.Now}, dir: dir, pages: map[model.PageID]*page{}}
		p := &page{id: "100", name: newName("100"), confirmed: noon}
		c.pages["100"] = p
		for suffix, b := range map[string][]byte{baseSuffix: base, logSuffix: log, openedSuffix: base} {
			if err := os.WriteFile(p.file(dir, suffix), b, fileMode); err != nil {
				t.Fatal(err)
			}
		}
		box := inbox.NewInbox(me)
		kept := c.Restore()
		_, _ = box.Apply(kept.First()...)
		c.o.Forget = nil
		for _, k := range kept.pages {
			for len(k.frames) > 0 {
				if _, err := k.next(); err != nil {
					break
				}
			}
			k.readOpened()
		}
		v := box.View(inbox.Query{})
		for i := range v.Len() {
			if r, _ := v.At(i); r.PageID != "100" {
				t.Errorf("a conversation of Page %s", r.PageID)
			}
		}
	})
}
