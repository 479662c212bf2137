package outbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"parley/client/disk"
	"parley/model"
)

// keptReply is a reply, or a note, in its file.
type keptReply struct {
	Hub string `json:"hub"`
	// Run is the run of the program that hands it in, or did; empty: not known.
	Run string `json:"run,omitempty"`
	model.Reply
}

// same reports whether both are the same reply. SeenSeq, Number and Done may differ: what its
// writer has seen grows, it was pressed once, and what is to become of the conversation is none
// of its text. Text is compared as JSON stores it.
func (r keptReply) same(o keptReply) bool {
	return r.Hub == o.Hub && r.Conversation == o.Conversation && r.ClientID == o.ClientID && r.Text.Valid() == o.Text.Valid() &&
		r.Note == o.Note && sameTime(r.SendAt, o.SendAt) && r.ReplyTo == o.ReplyTo && slices.EqualFunc(r.Files, o.Files, func(a, b model.File) bool {
		return a.Path == b.Path && a.SHA256 == b.SHA256
	})
}

// sameTime reports whether both are the same time, or neither is one.
func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// ErrKeptOther: another kept reply has this client id, and may be on its way.
var ErrKeptOther = errors.New("client id of another kept reply")

// Kept stores replies to one hub on disk, from before they are posted until the hub has
// accepted or refused them: a file each, named by client id, readable by the user alone.
type Kept struct {
	dir, hub string
	// run is what marks replies as those of this run; nil: nothing does.
	run *run
}

const (
	// begun is the prefix of files that are not complete yet.
	begun = ".new-"
	// begunMost is how long a file may take to become complete; an older one was left by a
	// crash.
	begunMost = time.Hour
)

// NewKept returns the kept replies to the hub at that address. The folder is made when needed
// and may hold those to other hubs. Incomplete files left by crashes are removed.
func NewKept(dir, hub string) *Kept {
	k := &Kept{dir: dir, hub: hub}
	k.sweep(time.Now().Add(-begunMost))
	return k
}

// sweep removes incomplete files older than before. Those that can't be removed do no harm.
func (k *Kept) sweep(before time.Time) {
	files, err := os.ReadDir(k.dir)
	if err != nil {
		return
	}
	for _, file := range files {
		info, err := file.Info()
		if err == nil && strings.HasPrefix(file.Name(), begun) && info.Mode().IsRegular() && info.ModTime().Before(before) {
			_ = os.Remove(filepath.Join(k.dir, file.Name()))
		}
	}
}

// Put writes a reply to disk; when it returns, the reply is durable. If another reply is kept
// under its id, Put returns [ErrKeptOther] and leaves that one as it is.
func (k *Kept) Put(reply model.Reply) error {
	r := keptReply{k.hub, k.run.name(), reply}
	if err := checkClientID(r.ClientID); err != nil {
		return fmt.Errorf("keep reply: client id: %w", err)
	}
	if other, ok := k.read(string(r.ClientID) + keptSuffix); ok {
		if !other.same(r) {
			return ErrKeptOther
		}
		r.At, r.Number = other.At, other.Number
	}
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode kept reply: %w", err)
	}
	if was, err := os.ReadFile(k.path(r.ClientID)); err == nil && bytes.Equal(was, b) {
		return nil
	}
	if err := disk.Replace(k.path(r.ClientID), b); err != nil {
		return fmt.Errorf("keep reply: %w", err)
	}
	return nil
}

// known returns a reply with the files and the number of its kept version, if there is one.
func (k *Kept) known(r model.Reply) model.Reply {
	other, ok := k.read(string(r.ClientID) + keptSuffix)
	if !ok || !other.same(keptReply{Hub: k.hub, Reply: r}) {
		return r
	}
	r.Number = other.Number
	if len(r.Files) > 0 {
		r.Files = other.Files
	}
	return r
}

// read returns the reply in a file; false if it holds none.
func (k *Kept) read(name string) (keptReply, bool) {
	b, err := os.ReadFile(filepath.Join(k.dir, name))
	var r keptReply
	if err != nil || json.Unmarshal(b, &r) != nil {
		return keptReply{}, false
	}
	return r, checkClientID(r.ClientID) == nil && name == string(r.ClientID)+keptSuffix
}

const keptSuffix = ".json"

// checkClientID accepts only a UUID in its common form: it becomes a file's name, and
// [uuid.Parse] ignores any two bytes around one.
func checkClientID(id model.ClientID) error {
	const length = 36
	if len(id) != length {
		return fmt.Errorf("%d characters, not %d", len(id), length)
	}
	_, err := uuid.Parse(string(id))
	return err
}

func (k *Kept) path(id model.ClientID) string {
	return filepath.Join(k.dir, string(id)+keptSuffix)
}

// Forget removes a reply that the hub accepted or refused.
func (k *Kept) Forget(id model.ClientID) error {
	if err := os.Remove(k.path(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget kept reply: %w", err)
	}
	return nil
}

// Find returns the id of a kept reply, or note, like that one: to the same conversation, with
// the same text, quote and files. Its writer is sending it again after something went wrong.
func (k *Kept) Find(like model.Reply) (model.ClientID, bool) {
	want := keptReply{Hub: k.hub, Reply: like}
	for r := range k.all() {
		if want.ClientID = r.ClientID; r.same(want) {
			return r.ClientID, true
		}
	}
	return "", false
}

// Left returns the kept replies that no other run is handing in, in the order of the key presses.
func (k *Kept) Left() []model.Reply {
	return k.those(func(name string) bool { return name == k.run.named() || !runs(k.dir, name) })
}

func (k *Kept) those(run func(name string) bool) []model.Reply {
	var out []model.Reply
	for r := range k.all() {
		if r.Hub == k.hub && run(r.Run) {
			out = append(out, r.Reply)
		}
	}
	slices.SortStableFunc(out, func(a, b model.Reply) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), a.At.Compare(b.At), cmp.Compare(a.ClientID, b.ClientID))
	})
	return out
}

// place is the sort key of a reply; one without a number goes by when it was kept.
func place(r model.Reply) int64 {
	if r.Number > 0 {
		return r.Number
	}
	return r.At.UnixMicro()
}

func (k *Kept) all() iter.Seq[keptReply] {
	return func(yield func(keptReply) bool) {
		files, err := os.ReadDir(k.dir)
		if err != nil {
			return
		}
		for _, file := range files {
			if r, ok := k.read(file.Name()); ok && !yield(r) {
				return
			}
		}
	}
}
