package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"parley/client/disk"
	"parley/model"
)

// Drafts stores on disk what is being written to one hub, key press by key press: a file for
// each conversation, readable by the user alone, and one for the note about it in a folder of
// its own. File names reveal neither hub nor conversation. It is safe for concurrent use, also
// by several processes: the last writer wins.
type Drafts struct {
	dir, hub string

	mu sync.Mutex
	// last maps each draft to the time of its last saved version.
	last map[model.DraftOf]time.Time
}

// NewDrafts returns the drafts for the hub at that address. The folder is made when needed and
// may hold those for other hubs.
func NewDrafts(dir, hub string) *Drafts {
	return &Drafts{dir: dir, hub: hub, last: map[model.DraftOf]time.Time{}}
}

// folder returns the folder of drafts of replies or of notes.
func (d *Drafts) folder(notes bool) string {
	if notes {
		return filepath.Join(d.dir, "notes")
	}
	return d.dir
}

// keptDraft is a draft in its file.
type keptDraft struct {
	Hub          string               `json:"hub"`
	Conversation model.ConversationID `json:"conversation"`
	model.Draft
}

// maxDraft is the largest file that can be a draft.
const maxDraft = 1 << 20

const draftSuffix = ".json"

func draftName(hub string, id model.ConversationID) string {
	sum := sha256.Sum256([]byte(hub + "\x00" + string(id)))
	return hex.EncodeToString(sum[:]) + draftSuffix
}

func (d *Drafts) path(of model.DraftOf) string {
	return filepath.Join(d.folder(of.Note), draftName(d.hub, of.Conversation))
}

// Save writes a draft to disk; when it returns, the draft is durable. An empty one is deleted.
// A version older than the last saved one is ignored. A draft without a conversation is
// ignored. Of attached files only their paths and hashes are kept.
func (d *Drafts) Save(of model.DraftOf, draft model.Draft) error {
	if of.Conversation == "" {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if draft.UpdatedAt.Before(d.last[of]) {
		return nil
	}
	d.last[of] = draft.UpdatedAt
	return d.put(of, draft)
}

func (d *Drafts) put(of model.DraftOf, draft model.Draft) error {
	if draft.Empty() {
		return d.forget(of)
	}
	draft.UpdatedAt, draft.Files = draft.UpdatedAt.UTC(), notUploaded(draft.Files)
	b, err := json.Marshal(keptDraft{Hub: d.hub, Conversation: of.Conversation, Draft: draft})
	if err != nil {
		return fmt.Errorf("encode draft: %w", err)
	}
	if err := disk.Replace(d.path(of), b); err != nil {
		return fmt.Errorf("keep draft: %w", err)
	}
	return nil
}

// forget deletes a draft that was sent or discarded. It may be gone already.
func (d *Drafts) forget(of model.DraftOf) error {
	err := os.Remove(d.path(of))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = disk.Settle(d.folder(of.Note))
	}
	if err != nil {
		return fmt.Errorf("forget draft: %w", err)
	}
	return nil
}

// All returns the drafts of replies and of notes. The error names files that can't be read;
// the other drafts are returned all the same.
func (d *Drafts) All() (map[model.DraftOf]model.Draft, error) {
	all := map[model.DraftOf]model.Draft{}
	return all, errors.Join(d.readAll(all, false), d.readAll(all, true))
}

func (d *Drafts) readAll(all map[model.DraftOf]model.Draft, notes bool) error {
	dir := d.folder(notes)
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read drafts: %w", err)
	}
	var broken []error
	for _, file := range files {
		if strings.HasPrefix(file.Name(), ".") || !strings.HasSuffix(file.Name(), draftSuffix) {
			continue // not complete, or not ours
		}
		k, err := readDraft(dir, file)
		switch {
		case errors.Is(err, fs.ErrNotExist): // deleted meanwhile
		case err != nil:
			broken = append(broken, fmt.Errorf("read draft %s: %w", file.Name(), err))
		case k.Hub == d.hub:
			all[model.DraftOf{Conversation: k.Conversation, Note: notes}] = k.Draft
		}
	}
	return errors.Join(broken...)
}

var errNoDraft = errors.New("not a draft")

// readDraft reads one draft. Its errors don't quote the file.
func readDraft(dir string, file fs.DirEntry) (keptDraft, error) {
	if !file.Type().IsRegular() {
		return keptDraft{}, errNoDraft
	}
	f, err := os.Open(filepath.Join(dir, file.Name()))
	if err != nil {
		return keptDraft{}, err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxDraft))
	if err != nil {
		return keptDraft{}, err
	}
	var k keptDraft
	if json.Unmarshal(b, &k) != nil || k.Empty() || draftName(k.Hub, k.Conversation) != file.Name() {
		return keptDraft{}, errNoDraft
	}
	return k, nil
}
