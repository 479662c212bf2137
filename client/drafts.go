package client

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
	"time"

	"parley/model"
)

// Drafts holds on disk what is being written, from key to key: a file for each hub and
// conversation, readable by the user alone. The files' names tell neither. It is safe
// for concurrent use, also by several processes: the last that wrote wins.
type Drafts struct{ dir string }

// NewDrafts keeps drafts in that folder, which is made when it is needed.
func NewDrafts(dir string) *Drafts { return &Drafts{dir: dir} }

// Notes returns the drafts of notes between colleagues, which are kept apart from those
// of replies: none is ever taken for the other.
func (d *Drafts) Notes() *Drafts { return NewDrafts(filepath.Join(d.dir, "notes")) }

// keptDraft is a draft as its file holds it.
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

// Put writes a draft to disk; when it returns, the draft survives a crash. An empty
// text is [Drafts.Forget].
func (d *Drafts) Put(hub string, id model.ConversationID, text model.Untrusted, at time.Time) error {
	if text == "" {
		return d.Forget(hub, id)
	}
	b, err := json.Marshal(keptDraft{Hub: hub, Conversation: id, Draft: model.Draft{Text: text, UpdatedAt: at.UTC()}})
	if err != nil {
		return fmt.Errorf("encode draft: %w", err)
	}
	if err := replaceFile(filepath.Join(d.dir, draftName(hub, id)), b); err != nil {
		return fmt.Errorf("keep draft: %w", err)
	}
	return nil
}

// Forget removes a draft that was sent or thrown away. One that is not there is no
// error.
func (d *Drafts) Forget(hub string, id model.ConversationID) error {
	err := os.Remove(filepath.Join(d.dir, draftName(hub, id)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = settleDir(d.dir)
	}
	if err != nil {
		return fmt.Errorf("forget draft: %w", err)
	}
	return nil
}

// All returns the drafts of one hub. Of files that can't be read the error tells; the
// other drafts are returned all the same.
func (d *Drafts) All(hub string) (map[model.ConversationID]model.Draft, error) {
	all := map[model.ConversationID]model.Draft{}
	files, err := os.ReadDir(d.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return all, fmt.Errorf("read drafts: %w", err)
	}
	var broken []error
	for _, file := range files {
		if strings.HasPrefix(file.Name(), ".") || !strings.HasSuffix(file.Name(), draftSuffix) {
			continue // begun and not finished, or not ours
		}
		k, err := d.read(file)
		switch {
		case errors.Is(err, fs.ErrNotExist): // forgotten meanwhile
		case err != nil:
			broken = append(broken, fmt.Errorf("read draft %s: %w", file.Name(), err))
		case k.Hub == hub:
			all[k.Conversation] = k.Draft
		}
	}
	return all, errors.Join(broken...)
}

var errNoDraft = errors.New("not a draft")

// read reads one draft. Its errors hold nothing of what it says.
func (d *Drafts) read(file fs.DirEntry) (keptDraft, error) {
	if !file.Type().IsRegular() {
		return keptDraft{}, errNoDraft
	}
	f, err := os.Open(filepath.Join(d.dir, file.Name()))
	if err != nil {
		return keptDraft{}, err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxDraft))
	if err != nil {
		return keptDraft{}, err
	}
	var k keptDraft
	if json.Unmarshal(b, &k) != nil || k.Text == "" || draftName(k.Hub, k.Conversation) != file.Name() {
		return keptDraft{}, errNoDraft
	}
	return k, nil
}
