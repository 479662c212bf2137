package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"parley/model"
)

// KeptReply is a reply that may or may not have reached the hub.
type KeptReply struct {
	Hub          string               `json:"hub"`
	Conversation model.ConversationID `json:"conversation"`
	ClientID     model.ClientID       `json:"client_id"`
	Text         model.Untrusted      `json:"text"`
}

// Kept holds replies on disk from before they leave until the hub took or refused
// them: a file each, named by the reply's id, readable by the user alone.
type Kept struct{ dir string }

// NewKept keeps replies in that folder, which is made when it is needed.
func NewKept(dir string) *Kept { return &Kept{dir: dir} }

const (
	keptDirMode  fs.FileMode = 0o700
	keptFileMode fs.FileMode = 0o600
)

// Put writes a reply to disk; when it returns, the reply survives a crash.
func (k *Kept) Put(r KeptReply) error {
	if err := checkClientID(r.ClientID); err != nil {
		return fmt.Errorf("keep reply: client id: %w", err)
	}
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode kept reply: %w", err)
	}
	if err := os.MkdirAll(k.dir, keptDirMode); err != nil {
		return fmt.Errorf("make folder of kept replies: %w", err)
	}
	f, err := os.CreateTemp(k.dir, ".new-*")
	if err != nil {
		return fmt.Errorf("keep reply: %w", err)
	}
	if err := writeWhole(f, b); err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("keep reply: %w", err)
	}
	if err := os.Rename(f.Name(), k.path(r.ClientID)); err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("keep reply: %w", err)
	}
	return nil
}

// checkClientID passes a UUID in its common form alone: it becomes a file's name, and
// [uuid.Parse] lets any two bytes stand around one.
func checkClientID(id model.ClientID) error {
	const length = 36
	if len(id) != length {
		return fmt.Errorf("%d characters, not %d", len(id), length)
	}
	_, err := uuid.Parse(string(id))
	return err
}

func writeWhole(f *os.File, b []byte) error {
	_, err := f.Write(b)
	return errors.Join(err, f.Chmod(keptFileMode), f.Sync(), f.Close())
}

func (k *Kept) path(id model.ClientID) string {
	return filepath.Join(k.dir, string(id)+".json")
}

// Forget removes a reply that the hub took or refused.
func (k *Kept) Forget(id model.ClientID) error {
	if err := os.Remove(k.path(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget kept reply: %w", err)
	}
	return nil
}

// Find returns the id of a kept reply to the same hub and conversation with the same
// text: the one that is being said again after something went wrong.
func (k *Kept) Find(hub string, conversation model.ConversationID, text model.Untrusted) (model.ClientID, bool) {
	files, err := os.ReadDir(k.dir)
	if err != nil {
		return "", false
	}
	text = text.Valid() // as it was kept
	for _, file := range files {
		b, err := os.ReadFile(filepath.Join(k.dir, file.Name()))
		if err != nil {
			continue
		}
		var r KeptReply
		if json.Unmarshal(b, &r) != nil || checkClientID(r.ClientID) != nil || k.path(r.ClientID) != filepath.Join(k.dir, file.Name()) {
			continue
		}
		if r.Hub == hub && r.Conversation == conversation && r.Text == text {
			return r.ClientID, true
		}
	}
	return "", false
}
