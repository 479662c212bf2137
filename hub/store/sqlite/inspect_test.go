package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/hub/store"
	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/identity"
	"parley/hub/store/sqlite/sqldb"
)

// goOn writes that many changes of a Page.
func goOn(t testing.TB, s *Store, changes int) {
	t.Helper()
	for range changes {
		if err := putPage(s, "1"); err != nil {
			t.Fatal(err)
		}
	}
}

// foldAll folds the log in from outside; what is written next begins another.
func foldAll(t testing.TB, path string) {
	t.Helper()
	db, err := sql.Open(sqldb.Driver, sqldb.DSN(path, sqldb.ForWriting))
	if err != nil {
		t.Fatal(err)
	}
	var busy, pages, done int
	err = db.QueryRowContext(t.Context(), `PRAGMA wal_checkpoint(truncate)`).Scan(&busy, &pages, &done)
	if err = errors.Join(err, db.Close()); err != nil || busy != 0 {
		t.Fatalf("fold the log in: %v, busy %d", err, busy)
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeFile(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, disk.FileMode); err != nil {
		t.Fatal(err)
	}
}

// killed leaves a store in another folder as it would lie there if the process of the hub
// that has it open ended now, and returns its path.
func killed(t testing.TB, s *Store) string {
	t.Helper()
	s.marker.Update()
	path := filepath.Join(t.TempDir(), "hub.db")
	writeFile(t, path, readFile(t, s.path))
	writeFile(t, path+disk.LogSuffix, readFile(t, s.path+disk.LogSuffix))
	m, ok := identity.ReadMark(s.path)
	if !ok {
		t.Fatal("no mark")
	}
	if err := m.Save(path, start); err != nil {
		t.Fatal(err)
	}
	return path
}

// lies is what lies in a folder, but for locks and for SQLite's index of the log, which is
// made anew from it.
func lies(t testing.TB, path string) map[string]string {
	t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); !e.IsDir() && !strings.HasSuffix(name, ".lock") && !strings.HasSuffix(name, disk.IndexSuffix) {
			out[name] = string(readFile(t, filepath.Join(filepath.Dir(path), name)))
		}
	}
	if out[filepath.Base(path)+disk.LogSuffix] == "" { // none, or an empty one: the same
		delete(out, filepath.Base(path)+disk.LogSuffix)
	}
	return out
}

// history is a store at some moments: each is what would lie there if the hub were killed
// then.
type history struct {
	id string
	// early has its first changes in the log; folded is later, with another log; late is
	// later still, with the same log, and far with one more log.
	early, folded, late, far string
	// closed is after the hub ended well.
	closed string
}

const (
	earlyChanges, foldedChanges, lateChanges, farChanges = 3, 6, 9, 12
)

func newHistory(t testing.TB) history {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hub.db")
	s, err := Open(t.Context(), path, Options{Exclusive: true})
	if err != nil {
		t.Fatal(err)
	}
	h := history{id: s.ID()}
	goOn(t, s, 1)
	foldAll(t, path)
	goOn(t, s, earlyChanges-1)
	h.early = killed(t, s)
	foldAll(t, path)
	goOn(t, s, foldedChanges-earlyChanges)
	h.folded = killed(t, s)
	goOn(t, s, lateChanges-foldedChanges)
	h.late = killed(t, s)
	foldAll(t, path)
	goOn(t, s, farChanges-lateChanges)
	h.far = killed(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	h.closed = path
	return h
}

// copyOf copies a store as the hub left it to a folder of its own, with a mark of its own.
func copyOf(t testing.TB, path string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "hub.db")
	for _, suffix := range []string{"", disk.LogSuffix} {
		b, err := os.ReadFile(path + suffix)
		if err == nil {
			writeFile(t, to+suffix, b)
		} else if !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	m, ok := identity.ReadMark(path)
	if !ok {
		t.Fatal("no mark")
	}
	if err := m.Save(to, start); err != nil {
		t.Fatal(err)
	}
	return to
}

// lifeOf reads a store's incarnation.
func lifeOf(t testing.TB, s *Store) (life store.Incarnation) {
	t.Helper()
	err := s.Read(t.Context(), func(r store.Reader) (err error) {
		life, err = r.Incarnation()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return life
}

// TestWhatIsPutBackIsRecognised: of all that may lie there when a hub starts, what
// contradicts the mark is refused, untouched, and taken only where that is wanted; what
// may be a copy is another store; and what is simply the hub's own goes on.
func TestWhatIsPutBackIsRecognised(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	put := func(of, to string, suffixes ...string) {
		for _, suffix := range suffixes {
			writeFile(t, to+suffix, readFile(t, of+suffix))
		}
	}
	remove := func(path string) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	other := filepath.Join(t.TempDir(), "other.db")
	o := openAt(t, other, Options{Exclusive: true})
	goOn(t, o, 40)
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		base string
		do   func(path string)
		want store.Difference
		// changes is how many it holds once it is opened.
		changes int64
	}{
		"killed early":         {h.early, nil, "", earlyChanges},
		"killed late":          {h.late, nil, "", lateChanges},
		"killed far":           {h.far, nil, "", farChanges},
		"ended well":           {h.closed, nil, "", farChanges},
		"gone":                 {h.closed, func(p string) { remove(p) }, store.Missing, 0},
		"gone, its log stays":  {h.far, func(p string) { remove(p) }, store.Missing, 0},
		"emptied":              {h.closed, func(p string) { writeFile(t, p, nil) }, store.Missing, 0},
		"emptied under a log":  {h.far, func(p string) { writeFile(t, p, nil) }, store.Missing, 0},
		"older":                {h.closed, func(p string) { put(h.early, p, "", disk.LogSuffix) }, store.Older, earlyChanges},
		"older, killed":        {h.far, func(p string) { put(h.early, p, "", disk.LogSuffix) }, store.Older, earlyChanges},
		"older, without a log": {h.closed, func(p string) { put(h.far, p, "") }, store.Older, lateChanges},
		"another hub's":        {h.closed, func(p string) { put(other, p, "") }, store.Other, 40},
		"another's under a log": {
			h.far, func(p string) { put(other, p, "") }, store.Mixed, 40,
		},
		"older under the log":         {h.far, func(p string) { put(h.early, p, "") }, store.Mixed, 1},
		"a log before under the file": {h.far, func(p string) { put(h.late, p, "") }, store.Mixed, earlyChanges},
		"an old log":                  {h.closed, func(p string) { put(h.early, p, disk.LogSuffix) }, store.Mixed, farChanges},
		"an old log, killed":          {h.far, func(p string) { put(h.folded, p, disk.LogSuffix) }, store.Mixed, lateChanges},
		"its log is gone":             {h.far, func(p string) { remove(p + disk.LogSuffix) }, store.Older, lateChanges},
		"its log is cut short": {h.far, func(p string) {
			writeFile(t, p+disk.LogSuffix, readFile(t, p+disk.LogSuffix)[:disk.LogHeader+disk.LogFrame+disk.PageSize])
		}, store.Older, lateChanges},
		"older of the same log": {h.late, func(p string) { put(h.folded, p, "") }, "", lateChanges}, // the log holds all of it
		"copied":                {h.closed, func(p string) { put(p, p, ".mark") }, "", farChanges},  // the same bytes into the same file
		"copied anew": {h.closed, func(p string) {
			b := readFile(t, p+".mark")
			remove(p + ".mark")
			writeFile(t, p+".mark", b)
		}, store.Copied, farChanges},
		"a whole folder put back in place": {h.closed, func(p string) { put(h.late, p, "", disk.LogSuffix, ".mark") }, store.Copied, lateChanges},
		"its mark is gone":                 {h.closed, func(p string) { remove(p + ".mark") }, store.Unmarked, farChanges},
		"its mark is no mark":              {h.closed, func(p string) { writeFile(t, p+".mark", []byte("{")) }, store.Unmarked, farChanges},
		"its mark is of before": {h.far, func(p string) {
			m, _ := identity.ReadMark(p)
			b, _ := json.Marshal(map[string]any{"incarnation": m.Incarnation, "total": farChanges - 1})
			writeFile(t, p+".mark", b)
		}, "", farChanges},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := copyOf(t, c.base)
			if c.do != nil {
				c.do(path)
			}
			refused := c.want != "" && c.want != store.Copied && c.want != store.Unmarked
			if refused {
				isRefused(t, path, c.want)
			}
			s := openAt(t, path, Options{Exclusive: true, AcceptOlder: refused && c.want != store.Missing, NewStore: c.want == store.Missing})
			if same := s.ID() == h.id; same != (c.want == "") {
				t.Errorf("goes on as the same store: %t", same)
			}
			if got := headOf(t, s, "1"); got != c.changes {
				t.Errorf("it holds %d changes, want %d", got, c.changes)
			}
			life := lifeOf(t, s)
			if life.Why != c.want || life.Settled || life.Begun() && life.Is != c.changes {
				t.Errorf("its incarnation: %+v, want %q", life, c.want)
			}
			goOn(t, s, 1)
			id := s.ID()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if s := openAt(t, path, Options{Exclusive: true}); s.ID() != id {
				t.Error("opened again, it is another store")
			}
		})
	}
}

// isRefused checks that neither a hub nor a command opens the store, and that what lies
// there stays as it is.
func isRefused(t *testing.T, path string, want store.Difference) {
	t.Helper()
	before := lies(t, path)
	for _, o := range []Options{{Exclusive: true}, {}} {
		if want == store.Missing {
			o.AcceptOlder = o.Exclusive // of no use
		} else {
			o.NewStore = o.Exclusive
		}
		s, err := Open(t.Context(), path, o)
		if err == nil {
			closeStore(t, s)
			t.Fatalf("opened with %+v", o)
		}
		var c *store.ContradictionError
		if !errors.As(err, &c) || c.Difference != want {
			t.Fatalf("%+v: %v, want %s", o, err, want)
		}
	}
	after := lies(t, path)
	for name := range before {
		if before[name] != after[name] {
			t.Errorf("%s was changed though the store was refused: %d bytes, %d before", name, len(after[name]), len(before[name]))
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d files lie there, %d before", len(after), len(before))
	}
}

// What is not taken is kept beside.
func TestALogThatIsNotTakenIsKept(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	path := copyOf(t, h.far)
	log := readFile(t, path+disk.LogSuffix)
	writeFile(t, path, readFile(t, h.early))
	openAt(t, path, Options{Exclusive: true, AcceptOlder: true})
	kept, err := filepath.Glob(path + disk.LogSuffix + ".aside-*")
	if err != nil || len(kept) != 1 || string(readFile(t, kept[0])) != string(log) {
		t.Errorf("kept: %v %v", kept, err)
	}
}

// A copy that can't be read through is not taken, whatever is wanted.
func TestADamagedCopyIsNotTaken(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub.db")
	s := openAt(t, path, Options{Exclusive: true})
	goOn(t, s, 1)
	for n := range 200 {
		if err := writeBoth(s, "1", fmt.Sprint(n), n); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b := readFile(t, path)
	broken := append([]byte(nil), b...)
	for at := len(b) / 2; at < len(b)/2+8*disk.PageSize; at++ {
		broken[at] = 0xa5
	}
	for name, damage := range map[string]func(path string){
		"put back":          func(p string) { writeFile(t, p, broken) },
		"cut short":         func(p string) { writeFile(t, p, b[:len(b)/2]) },
		"by part of a page": func(p string) { writeFile(t, p, b[:len(b)-100]) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to := copyOf(t, path)
			damage(to)
			if err := os.Remove(identity.MarkPath(to)); err != nil {
				t.Fatal(err)
			}
			var c *store.ContradictionError
			s, err := Open(t.Context(), to, Options{Exclusive: true, AcceptOlder: true, NewStore: true})
			if !errors.As(err, &c) || c.Difference != store.Damaged {
				if s != nil {
					closeStore(t, s)
				}
				t.Errorf("opened: %v", err)
			}
		})
	}
}

// A hub that ended between giving a store its incarnation and marking it goes on.
func TestAnIncarnationThatIsNotMarkedYet(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	path := copyOf(t, h.closed)
	before := readFile(t, identity.MarkPath(path))
	writeFile(t, path, readFile(t, h.early))
	writeFile(t, path+disk.LogSuffix, readFile(t, h.early+disk.LogSuffix))
	s := openAt(t, path, Options{Exclusive: true, AcceptOlder: true})
	id := s.ID()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var m identity.Mark
	if err := json.Unmarshal(before, &m); err != nil {
		t.Fatal(err)
	}
	if err := m.Save(path, start); err != nil {
		t.Fatal(err)
	}
	// It is still less than was marked: that it is accepted has to be said again.
	if _, err := Open(t.Context(), path, Options{Exclusive: true}); err == nil {
		t.Fatal("opened")
	}
	s = openAt(t, path, Options{Exclusive: true, AcceptOlder: true})
	if s.ID() == id {
		t.Error("the same incarnation")
	}
}

// TestAnIncarnationGoesOnThoughItIsNotMarked: a hub that ended between giving a store a new
// incarnation and marking that has nothing to be told again. What was settled was marked.
func TestAnIncarnationGoesOnThoughItIsNotMarked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*store.Incarnation)
		goesOn bool
	}{
		"as it was begun":     {func(*store.Incarnation) {}, true},
		"settled":             {func(l *store.Incarnation) { l.Settled = true }, false},
		"of another number":   {func(l *store.Incarnation) { l.Was++ }, false},
		"that was never told": {func(l *store.Incarnation) { l.Why = "" }, false},
	} {
		h := newHistory(t)
		path := copyOf(t, h.closed)
		before := readFile(t, identity.MarkPath(path))
		var m identity.Mark
		if err := json.Unmarshal(before, &m); err != nil {
			t.Fatal(err)
		}
		s := openAt(t, path, Options{Exclusive: true, AcceptOlder: true})
		life := store.Incarnation{ID: "another", Why: store.Older, At: start, Was: m.Total, Is: m.Total}
		c.change(&life)
		doc, err := json.Marshal(life)
		if err != nil {
			t.Fatal(err)
		}
		err = s.transact(t.Context(), func(ss *sqldb.Session) error {
			const set = `UPDATE store SET value = ? WHERE name = ?`
			return errors.Join(ss.Run(set, life.ID, "incarnation"), ss.Run(set, string(doc), "life"))
		})
		if err := errors.Join(err, s.Close(), m.Save(path, start)); err != nil {
			t.Fatal(err)
		}
		again, err := Open(t.Context(), path, Options{Exclusive: true})
		if (err == nil) != c.goesOn {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			closeStore(t, again)
		}
	}
}

// TestAFolderThatIsMovedGoesOn: to rename a folder changes nothing.
func TestAFolderThatIsMovedGoesOn(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a")
	s := openAt(t, filepath.Join(dir, "hub.db"), Options{Exclusive: true})
	goOn(t, s, 2)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(filepath.Dir(dir), "b")
	if err := errors.Join(os.Rename(dir, to), os.Symlink(to, dir)); err != nil {
		t.Fatal(err)
	}
	for _, by := range []string{to, dir} {
		again := openAt(t, filepath.Join(by, "hub.db"), Options{Exclusive: true})
		if again.ID() != s.ID() {
			t.Errorf("by %s it is another store", filepath.Base(by))
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// An empty store without a mark is another, of which there is nothing to say.
func TestAnEmptyStoreWithoutAMark(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub.db")
	var ids []string
	for range 2 {
		s := openAt(t, path, Options{Exclusive: true})
		ids = append(ids, s.ID())
		if life := lifeOf(t, s); life.Begun() {
			t.Errorf("%+v", life)
		}
		if err := errors.Join(s.Close(), os.Remove(identity.MarkPath(path))); err != nil {
			t.Fatal(err)
		}
	}
	if ids[0] == ids[1] {
		t.Error("it passes for the one that was marked")
	}
}

func TestSettledIncarnation(t *testing.T) {
	t.Parallel()
	path := copyOf(t, newHistory(t).closed)
	if err := os.Remove(identity.MarkPath(path)); err != nil {
		t.Fatal(err)
	}
	s := openAt(t, path, Options{Exclusive: true})
	if life := lifeOf(t, s); life.Why != store.Unmarked || life.Settled || life.ID == "" {
		t.Errorf("%+v", life)
	}
	if err := s.Accounts(context.Background(), func(tx store.AccountTx) error { return tx.SettleIncarnation() }); err != nil {
		t.Fatal(err)
	}
	if life := lifeOf(t, s); life.Why != store.Unmarked || !life.Settled {
		t.Errorf("settled: %+v", life)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, path, Options{Exclusive: true})
	if life := lifeOf(t, s); life.Why != store.Unmarked || !life.Settled {
		t.Errorf("opened again: %+v", life)
	}
}

// A store is the same by whatever name it is opened: the files beside it are beside the
// file, not beside a link to it.
func TestAStoreByOtherNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, link, folder := filepath.Join(dir, "data", "hub.db"), filepath.Join(dir, "link.db"), filepath.Join(dir, "folder")
	far := filepath.Join(dir, "far.db")
	for at, to := range map[string]string{link: "data/hub.db", folder: "data", far: link} {
		if err := os.Symlink(to, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Dir(path), disk.FolderMode); err != nil {
		t.Fatal(err)
	}
	id, changes := "", int64(0)
	for _, name := range []string{far, path, link, filepath.Join(folder, "hub.db"), far} { // at first nothing is there
		s := openAt(t, name, Options{Exclusive: true})
		if id == "" {
			id = s.ID()
		}
		if s.ID() != id {
			t.Errorf("by %s it is another store", name)
		}
		goOn(t, s, 1)
		changes++
		for _, other := range []string{path, link, filepath.Join(folder, "hub.db")} {
			if _, err := Open(t.Context(), other, Options{Exclusive: true}); !errors.Is(err, store.ErrLocked) {
				t.Errorf("%s beside %s: %v", other, name, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link, far} {
		var c *store.ContradictionError
		if _, err := Open(t.Context(), name, Options{Exclusive: true}); !errors.As(err, &c) || c.Difference != store.Missing {
			t.Errorf("%s though the store is gone: %v", name, err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 4 {
		t.Errorf("beside the links lie %v %v", entries, err)
	}
}

// A store that went on elsewhere lacks nothing, but is not as it was left.
func TestAStoreThatWentOnElsewhere(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	path := copyOf(t, h.closed)
	mark := readFile(t, path+".mark")
	if err := os.Remove(path + ".mark"); err != nil { // as beside another
		t.Fatal(err)
	}
	s := openAt(t, path, Options{Exclusive: true})
	goOn(t, s, 3)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	writeFile(t, path+".mark", mark)
	isRefused(t, path, store.Diverged)
	s = openAt(t, path, Options{Exclusive: true, AcceptOlder: true})
	if life := lifeOf(t, s); life.Why != store.Diverged || life.Settled {
		t.Errorf("its incarnation: %+v", life)
	}
}

// Who always accepts another store is told that this was not needed.
func TestAcceptingWhatIsNotNeededIsSaid(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	for name, c := range map[string]struct {
		base string
		o    Options
		said bool
	}{
		"older, not needed": {h.closed, Options{AcceptOlder: true}, true},
		"new, not needed":   {h.closed, Options{NewStore: true}, true},
		"not asked for":     {h.closed, Options{}, false},
	} {
		var log bytes.Buffer
		c.o.Exclusive, c.o.Logger = true, slog.New(slog.NewTextHandler(&log, nil))
		s := openAt(t, copyOf(t, c.base), c.o)
		if s.ID() != h.id {
			t.Errorf("%s: it is another store", name)
		}
		if said := strings.Contains(log.String(), "not needed"); said != c.said {
			t.Errorf("%s: the log says %q", name, log.String())
		}
	}
}
