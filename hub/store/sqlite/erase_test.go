package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/hub/search"
	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/hub/transcript"
	"parley/model"
)

// window is how many bytes of a word are looked for at least: two characters of Japanese.
const window = 6

// said is what is looked for: of each text all words, as they were written and as they are
// indexed.
type said map[string]bool

func (s said) add(texts ...string) {
	for _, text := range texts {
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '、' }) {
			s[word], s[strings.ToLower(word)] = true, true
		}
		for word := range strings.SplitSeq(search.Index("", text), " ") {
			s[strings.TrimPrefix(word, "_")] = true
		}
	}
}

// left returns the words that stand in bytes, of those that nothing kept holds.
func (s said) left(b []byte, kept said) (found []string) {
	words := make(map[[window]byte][]string)
	for w := range s {
		if len(w) >= window && !kept[w] {
			words[[window]byte([]byte(w))] = append(words[[window]byte([]byte(w))], w)
		}
	}
	for i := range max(len(b)-window+1, 0) {
		for _, w := range words[[window]byte(b[i:])] {
			if bytes.HasPrefix(b[i:], []byte(w)) {
				found = append(found, w)
			}
		}
	}
	return found
}

// talker says things that nobody else says.
type talker struct{ *rand.Rand }

func (t talker) word() string {
	b := []byte("Q")
	for range 7 + t.IntN(8) {
		b = append(b, 'a'+byte(t.IntN(26)))
	}
	return string(b)
}

func (t talker) japanese() string {
	var b strings.Builder
	for range 3 + t.IntN(6) {
		b.WriteRune('一' + rune(t.IntN(20_000)))
	}
	return b.String() + "ガﾊﾟＡｂ"
}

// text returns a text of some words, now and then a long one.
func (t talker) text() string {
	n := 1 + t.IntN(12)
	if t.IntN(25) == 0 {
		n = 150
	}
	var words []string
	for range n {
		words = append(words, t.word(), t.japanese())
	}
	return strings.Join(words, " ")
}

// diary is a store in which much is said, and what of it is kept.
type diary struct {
	*testing.T
	talker
	s    *Store
	path string
	// texts are those of the messages, by conversation and number.
	texts map[model.ConversationID][]string
	gone  said
	// also is what is kept besides, and not found.
	also []string
}

const (
	diaryConversations = 30
	diaryMessages      = 12
)

// newDiary has all customers talk in turn, so that the rows of one stand among those of
// others.
func newDiary(t *testing.T, seed uint64) *diary {
	d := &diary{
		T: t, talker: talker{rand.New(rand.NewPCG(seed, seed))}, path: filepath.Join(t.TempDir(), "hub.db"),
		texts: map[model.ConversationID][]string{}, gone: said{},
	}
	d.s = openAt(t, d.path, Options{Exclusive: true})
	if err := putPage(d.s, "1"); err != nil {
		t.Fatal(err)
	}
	const together = 10
	for n := range diaryMessages {
		for some := range slices.Chunk(d.Perm(diaryConversations), together) {
			d.write(func(tx store.PageTx) error {
				var errs []error
				for _, i := range some {
					errs = append(errs, d.says(tx, d.conversation(i), n))
				}
				return errors.Join(errs...)
			})
		}
		d.grow(n)
	}
	return d
}

// grow has messages of the first rounds take more room, so that those beside them move.
func (d *diary) grow(rounds int) {
	d.write(func(tx store.PageTx) error {
		var errs []error
		for range diaryConversations {
			id := model.NewMessageID("1", diaryID(d.conversation(d.IntN(diaryConversations)), d.IntN(rounds+1)))
			m, err := tx.Message(id)
			m.Feedback = model.Untrusted(strings.Repeat("+", d.IntN(1500)))
			errs = append(errs, err, tx.PutMessage(&m))
		}
		return errors.Join(errs...)
	})
}

func (d *diary) conversation(i int) model.ConversationID { return manyth(i, true).ID }

func (d *diary) write(f func(store.PageTx) error) {
	d.Helper()
	if err := d.s.Write(d.Context(), "1", f); err != nil {
		d.Fatal(err)
	}
}

func diaryID(id model.ConversationID, n int) string { return fmt.Sprintf("%s-%d", id.Customer(), n) }

func (d *diary) says(tx store.PageTx, id model.ConversationID, n int) error {
	text := d.text()
	d.texts[id] = append(d.texts[id], text)
	m := messageOf(id, diaryID(id, n), text, start.Add(time.Duration(n)*time.Minute))
	if _, err := tx.KeepRaw(store.RawEvent{
		Page: "1", Key: "mid:" + string(m.MID), Customer: id.Customer(), Name: "message", At: m.Order, ReceivedAt: start,
		Understood: true, Body: []byte(`{"mid":"` + string(m.MID) + `","text":"` + text + `"}`),
	}); err != nil {
		return err
	}
	if n == 0 {
		c := manyth(0, true)
		c.ID, c.Customer.PSID, c.Customer.Name = id, id.Customer(), model.Untrusted(d.name(id))
		if err := tx.PutConversation(&c); err != nil {
			return err
		}
	}
	if n%5 == 0 {
		if err := tx.PutTranscript(id, transcript.Part{Day: "2026-11-30", Number: n, Entries: []transcript.Entry{{ID: m.ID, Line: model.TranscriptLine{Text: m.Text}}}}); err != nil {
			return err
		}
	}
	return tx.PutMessage(&m)
}

// name is what a customer is called.
func (d *diary) name(id model.ConversationID) string {
	t := talker{rand.New(rand.NewPCG(9, uint64(len(id))))}
	return t.word() + string(id.Customer()[10:]) + " " + t.japanese()
}

// kept returns all that is still said.
func (d *diary) kept() said {
	kept := said{}
	for id, texts := range d.texts {
		kept.add(texts...)
		kept.add(d.name(id))
	}
	kept.add(d.also...)
	return kept
}

// erased expects that no byte of what is gone is left, in whatever lies there, and that
// the index holds what is kept and nothing else.
func (d *diary) erased(after string) {
	d.Helper()
	if err := d.s.Erased(); err != nil {
		d.Fatalf("after %s: %v", after, err)
	}
	kept := d.kept()
	for name, b := range filesBeside(d, d.path) {
		if left := d.gone.left(b, kept); len(left) > 0 {
			d.Errorf("after %s %s holds %d words, such as %q", after, name, len(left), left[0])
		}
	}
	checkIndex(d, d.s, kept)
}

// filesBeside reads all files whose names begin as a store's.
func filesBeside(t testing.TB, path string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	out := make(map[string][]byte)
	for _, file := range files {
		b, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the mark is renamed when it is written
		}
		if out[filepath.Base(file)] = b; err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// checkIndex reads through FTS5's own tables: each word there, and each beginning of one,
// is one of a text that is kept.
func checkIndex(t testing.TB, s *Store, kept said) {
	t.Helper()
	ctx := context.Background()
	words := slices.Sorted(maps.Keys(kept))
	check := func(what string, word []byte, whole bool) {
		_, w, ok := strings.Cut(string(word), "_")
		if ok && (whole && !kept[w] || !whole && !isBeginning(words, w)) {
			t.Errorf("a %s of the index is %q", what, word)
		}
	}
	err := s.readers.With(ctx, func(c *sqldb.Conn) error {
		rows, err := c.SQL.QueryContext(ctx, `SELECT term, NULL FROM search_words_idx UNION ALL
			SELECT NULL, block FROM search_words_data WHERE id > 10`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var split, leaf sql.RawBytes
			if err := rows.Scan(&split, &leaf); err != nil {
				return err
			}
			check("split", split, false)
			for _, word := range wordsOfLeaf(leaf) {
				check("word", word, true)
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.transact(ctx, func(ss *sqldb.Session) error {
		return ss.Run(`INSERT INTO search_words (search_words) VALUES ('integrity-check')`)
	}); err != nil {
		t.Errorf("the index is broken: %v", err)
	}
}

// isBeginning tells whether one of the words, which are in order, begins so.
func isBeginning(words []string, with string) bool {
	i, _ := slices.BinarySearch(words, with)
	return i < len(words) && strings.HasPrefix(words[i], with)
}

// checkWhole has SQLite read through the whole file.
func checkWhole(t testing.TB, s *Store) {
	t.Helper()
	var answer string
	err := s.readers.With(context.Background(), func(c *sqldb.Conn) error {
		return c.SQL.QueryRowContext(context.Background(), `PRAGMA integrity_check`).Scan(&answer)
	})
	if err != nil || answer != "ok" {
		t.Errorf("the store is broken: %s, %v", answer, err)
	}
}

// wordsOfLeaf decodes the words of one of FTS5's leaves.
func wordsOfLeaf(b []byte) (found [][]byte) {
	const atSize, words = 2, 4
	if len(b) < words {
		return nil
	}
	varint := func(b []byte) (n int64, width int) {
		for more := true; more; width++ {
			n, more = n<<7|int64(b[width]&0x7f), b[width]&0x80 != 0
		}
		return n, width
	}
	var word []byte
	at := 0
	for i, index := 0, b[binary.BigEndian.Uint16(b[atSize:]):]; len(index) > 0; i++ {
		step, width := varint(index)
		index, at = index[width:], at+int(step)
		b, same := b[at:], int64(0)
		if i > 0 {
			same, width = varint(b)
			b = b[width:]
		}
		n, width := varint(b)
		word = append(slices.Clone(word[:same]), b[width:int64(width)+n]...)
		found = append(found, word)
	}
	return found
}

// TestNothingDeletedIsLeft: once it is answered that something was deleted, by whichever
// way, none of its words stands in any byte of any file of the store, and what is kept is
// found as before.
func TestNothingDeletedIsLeft(t *testing.T) {
	t.Parallel()
	for seed := range uint64(1) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			d := newDiary(t, seed)
			forget := func(id model.ConversationID, n int) string {
				was := d.texts[id][n]
				d.gone.add(was)
				d.texts[id][n] = ""
				return was
			}
			noRaw := func(tx store.PageTx, id model.ConversationID, n int) error {
				return tx.EmptyRaw(id.Customer(), model.MID("m_"+diaryID(id, n)), "")
			}
			i := 0
			next := func() model.ConversationID { i++; return d.conversation(i) }

			for range 3 {
				id := next()
				d.gone.add(append(d.texts[id], d.name(id))...)
				delete(d.texts, id)
				d.write(func(tx store.PageTx) error { return tx.DeleteConversation(id, start) })
				d.erased("deleting a conversation")
			}

			id := next()
			forget(id, 3)
			d.write(func(tx store.PageTx) error {
				if err := noRaw(tx, id, 3); err != nil {
					return err
				}
				return tx.RemoveMessage(model.NewMessageID("1", diaryID(id, 3)))
			})
			d.erased("removing a message")

			id = next()
			forget(id, 4)
			d.write(func(tx store.PageTx) error {
				m, err := tx.Message(model.NewMessageID("1", diaryID(id, 4)))
				if err != nil {
					return err
				}
				m.Deleted, m.Text = true, ""
				if err := noRaw(tx, id, 4); err != nil {
					return err
				}
				return tx.PutMessage(&m)
			})
			d.erased("taking a message back")

			id = next()
			for n := range 3 { // the first text is kept beside the last
				var was string
				text := d.text()
				if n > 0 {
					was = forget(id, 7)
				} else {
					d.also = append(d.also, d.texts[id][7])
				}
				d.texts[id][7] = text
				d.write(func(tx store.PageTx) error {
					m, err := tx.Message(model.NewMessageID("1", diaryID(id, 7)))
					if err != nil {
						return err
					}
					if n > 0 && string(m.Text) != was {
						t.Errorf("the text is %q", m.Text)
					}
					if m.Was == nil {
						m.Was = new(m.Text)
					}
					m.Text = model.Untrusted(text)
					return tx.PutMessage(&m)
				})
				d.erased("an edit")
			}

			id = next()
			forget(id, 5)
			d.write(func(tx store.PageTx) error {
				m, err := tx.Message(model.NewMessageID("1", diaryID(id, 5)))
				if err != nil {
					return err
				}
				m.Deleted, m.Text = true, ""
				return errors.Join(noRaw(tx, id, 5), tx.PutMessage(&m))
			})
			d.write(func(tx store.PageTx) error {
				return tx.PutTranscript(id, transcript.Part{Day: "2026-11-30", Number: 5, Entries: []transcript.Entry{{Line: model.TranscriptLine{Unsent: true}}}})
			})
			d.erased("a transcript that tells less")

			late := d.text()
			d.gone.add(late)
			d.write(func(tx store.PageTx) error {
				return tx.AddPending(store.Pending{Page: "1", MID: "m_late", Customer: id.Customer(), Event: model.Edit{Target: "m_late", Text: model.Untrusted(late), Number: 1}, At: start})
			})
			d.write(func(tx store.PageTx) error { return tx.RemovePending("1", "m_late") })
			d.erased("taking an edit that waited")

			raw := d.text()
			d.gone.add(raw)
			d.write(func(tx store.PageTx) error {
				_, err := tx.KeepRaw(store.RawEvent{Page: "1", Key: "sha:1", Customer: "x", Understood: true, ReceivedAt: start, Body: []byte(raw)})
				return err
			})
			if err := d.s.Prune(t.Context(), start.Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			d.erased("pruning")

			for id, texts := range d.texts {
				for _, text := range texts[len(texts)-1:] {
					if found := foundOn(t, d.s, "1", strings.Fields(text)[0]); !slices.Contains(found, id) {
						t.Errorf("%s is not found", id)
					}
				}
			}
			checkWhole(t, d.s)
		})
	}
}

// TestErasingWaitsForReaders: who reads what is being deleted holds its answer up; once
// they end, it is gone. Where they don't for long, that is said, and it is gone as soon
// as they do.
func TestErasingWaitsForReaders(t *testing.T) {
	t.Parallel()
	const (
		eraseWait      = 2 * time.Second // how long a deletion is not answered
		eraseAgainMost = time.Second     // how long it takes at most until it is tried again
	)
	for name, hold := range map[string]time.Duration{"a moment": eraseWait / 2, "long": 5 * eraseWait} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "hub.db")
				var told strings.Builder
				s := openAt(t, path, Options{Exclusive: true, Logger: slog.New(slog.NewTextHandler(&told, nil))})
				d := &diary{T: t, talker: talker{rand.New(rand.NewPCG(1, 1))}, s: s, path: path, texts: map[model.ConversationID][]string{}, gone: said{}}
				if err := putPage(s, "1"); err != nil {
					t.Fatal(err)
				}
				id := d.conversation(1)
				d.write(func(tx store.PageTx) error { return d.says(tx, id, 0) })
				began, read := time.Now(), make(chan error, 1)
				reading := make(chan struct{})
				go func() {
					read <- s.Read(t.Context(), func(r store.Reader) error {
						_, err := r.Conversation(id)
						close(reading)
						time.Sleep(hold) //nolint:forbidigo // of the bubble
						_, again := r.Conversation(id)
						return errors.Join(err, again)
					})
				}()
				<-reading
				d.gone.add(append(d.texts[id], d.name(id))...)
				delete(d.texts, id)
				d.write(func(tx store.PageTx) error { return tx.DeleteConversation(id, start) })
				took := time.Since(began)
				if hold < eraseWait {
					if took < hold {
						t.Errorf("answered after %v, while it was read", took)
					}
					d.erased("a moment")
				} else {
					if err := s.Erased(); !errors.Is(err, store.ErrNotErased) || took > hold {
						t.Errorf("after %v it is said: %v", took, err)
					}
					// Others are not held up.
					if err := putPage(s, "2"); err != nil || time.Since(began) > took+time.Second {
						t.Errorf("another write took %v (%v)", time.Since(began)-took, err)
					}
				}
				if err := <-read; err != nil {
					t.Error(err)
				}
				time.Sleep(2 * eraseAgainMost) //nolint:forbidigo // of the bubble
				d.erased("the readers ended")
				if tells := strings.Count(told.String(), "overwritten"); (tells == 2) != (hold > eraseWait) {
					t.Errorf("told %s", &told)
				}
			})
		})
	}
}

// BenchmarkDeleteConversation is what it costs to delete a conversation of 50 messages
// among 50,000, until nothing of it is left on the disk.
func BenchmarkDeleteConversation(b *testing.B) {
	const messages, each = 50_000, 50
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "hub.db"), Options{Exclusive: true})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { closeStore(b, s) }()
	if err := putPage(s, "1"); err != nil {
		b.Fatal(err)
	}
	fillMany(b, s, messages, messages/each)
	for i := 0; b.Loop(); i++ {
		if i == messages/each {
			b.Fatal("all are deleted")
		}
		err := s.Write(b.Context(), "1", func(tx store.PageTx) error { return tx.DeleteConversation(manyth(i, true).ID, start) })
		if err = errors.Join(err, s.Erased()); err != nil {
			b.Fatal(err)
		}
	}
}
