// Package uploads stores files that users are about to send, or have sent, in a folder: each
// with a file of metadata beside it. A file gets its name only when it is complete, so that a
// crash leaves no partial ones. The package knows nothing about conversations: who may see a
// file that was sent is decided elsewhere.
package uploads

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"parley/model"
)

const (
	dirMode fs.FileMode = 0o700
	// begun is the prefix of files that are not complete yet.
	begun = ".new-"
	// known is the suffix of metadata files.
	known = ".json"
	// Unused is how long a file waits to be sent.
	Unused = 24 * time.Hour
	// settled is how long after Find a file may be missing from the store.
	settled = 10 * time.Minute
	// What a user may have uploaded and not sent.
	quotaFiles = 40
	quotaBytes = 200_000_000
)

// ErrGone means that there is no such file, or that it is somebody else's.
var ErrGone = errors.New("no such upload")

// Upload is a file's metadata.
type Upload struct {
	ID    string       `json:"id"`
	Owner model.UserID `json:"owner"`
	// Name is its owner's name for it, without folders.
	Name model.Untrusted `json:"name"`
	// Kind is Meta's type for it and Media its media type, both detected from its content.
	Kind   string    `json:"kind"`
	Media  string    `json:"media"`
	Size   int64     `json:"size"`
	SHA256 string    `json:"sha256"`
	At     time.Time `json:"at"`
	// UsedAt is when a reply that carries it was first known to be stored; zero if never.
	UsedAt time.Time `json:"used_at,omitzero"`
}

// Folder stores uploads in a folder. It is safe for concurrent use.
type Folder struct {
	dir string

	mu sync.Mutex
	// coming counts files that are being received, by owner.
	coming map[model.UserID]int64
	// found is when Find returned a file that a reply is about to carry.
	found map[string]time.Time
}

// Open returns the uploads in that folder, which is created when needed.
func Open(dir string) *Folder {
	return &Folder{dir: dir, coming: make(map[model.UserID]int64), found: make(map[string]time.Time)}
}

// Put stores the content of r as a file of that owner, writing it to disk while it arrives.
// After a [model.Refusal] nothing is stored.
func (f *Folder) Put(owner model.UserID, name model.Untrusted, r io.Reader, now time.Time) (Upload, error) {
	if err := f.begin(owner, now); err != nil {
		return Upload{}, err
	}
	defer f.end(owner)
	if err := os.MkdirAll(f.dir, dirMode); err != nil {
		return Upload{}, fmt.Errorf("make folder: %w", err)
	}
	tmp, err := os.CreateTemp(f.dir, begun+"*")
	if err != nil {
		return Upload{}, fmt.Errorf("keep upload: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // by then it has another name, or must go
	u := Upload{ID: uuid.Must(uuid.NewV7()).String(), Owner: owner, Name: BaseName(name), At: now}
	err = u.receive(tmp, r)
	if err == nil {
		err = tmp.Sync()
	}
	err = errors.Join(err, tmp.Close())
	if err != nil {
		return Upload{}, err
	}
	if err := os.Rename(tmp.Name(), f.path(u.ID)); err != nil {
		return Upload{}, fmt.Errorf("keep upload: %w", err)
	}
	return u, f.putMetadata(u)
}

// receive writes the content of r to a file, and detects what it is.
func (u *Upload) receive(to io.Writer, r io.Reader) error {
	begin := make([]byte, model.SniffLen)
	n, err := io.ReadFull(r, begin)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("receive upload: %w", err)
	}
	begin = begin[:n]
	u.Kind, u.Media = model.SniffAttachment(begin)
	sum := sha256.New()
	both := io.MultiWriter(to, sum)
	if _, err := both.Write(begin); err != nil {
		return fmt.Errorf("keep upload: %w", err)
	}
	rest, err := io.Copy(both, io.LimitReader(r, model.MaxAttachment+1-int64(n)))
	if err != nil {
		return fmt.Errorf("receive upload: %w", err)
	}
	u.Size, u.SHA256 = int64(n)+rest, hex.EncodeToString(sum.Sum(nil))
	if refusal := model.CheckAttachment(string(u.Name), begin, u.Size); refusal != nil {
		return refusal
	}
	return nil
}

// BaseName returns a file's name without folders, of any system, and without characters that a
// header or a terminal could misinterpret.
func BaseName(name model.Untrusted) model.Untrusted {
	s := strings.ToValidUTF8(string(name), "_")
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '"' {
			return '_'
		}
		return r
	}, s)
	const longest = 200
	if len(s) > longest {
		s = strings.ToValidUTF8(s[len(s)-longest:], "")
	}
	if strings.Trim(s, ". ") == "" {
		s = "file"
	}
	return model.Untrusted(s)
}

// begin refuses an upload of a user who has too many unsent ones.
func (f *Folder) begin(owner model.UserID, now time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	files, bytes := f.coming[owner], f.coming[owner]*model.MaxAttachment
	for _, u := range f.all() {
		if u.Owner == owner && u.UsedAt.IsZero() && now.Sub(u.At) < Unused {
			files, bytes = files+1, bytes+u.Size
		}
	}
	if files >= quotaFiles || bytes+model.MaxAttachment > quotaBytes {
		return model.Refuse(model.UploadQuota)
	}
	f.coming[owner]++
	return nil
}

func (f *Folder) end(owner model.UserID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.coming[owner]--; f.coming[owner] == 0 {
		delete(f.coming, owner)
	}
}

// Find returns an owner's upload, which can be attached to a reply for a day. After that it
// stays for as long as storing the reply takes.
func (f *Folder) Find(owner model.UserID, id string, now time.Time) (Upload, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, err := f.Get(id)
	if err != nil || u.Owner != owner || u.UsedAt.IsZero() && now.Sub(u.At) >= Unused {
		return Upload{}, ErrGone
	}
	f.found[id] = now
	return u, nil
}

// Use marks an upload as used, once a reply that carries it is in the store: it no longer
// counts as unsent, and is kept as long as the store knows it. If the hub ends before it is
// marked, the store keeps it all the same.
func (f *Folder) Use(id string, now time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, err := f.Get(id)
	if err != nil {
		return err
	}
	if !u.UsedAt.IsZero() {
		return nil
	}
	u.UsedAt = now
	return f.putMetadata(u)
}

// Get returns an upload, whoever owns it.
func (f *Folder) Get(id string) (Upload, error) {
	var u Upload
	if uuid.Validate(id) != nil || len(id) != len(uuid.Nil.String()) {
		return u, ErrGone
	}
	b, err := os.ReadFile(f.path(id) + known)
	if err != nil || json.Unmarshal(b, &u) != nil || u.ID != id {
		return Upload{}, ErrGone
	}
	return u, nil
}

// Read opens an upload's file.
func (f *Folder) Read(id string) (*os.File, error) {
	if _, err := f.Get(id); err != nil {
		return nil, err
	}
	file, err := os.Open(f.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrGone
	}
	return file, err
}

// Sweep removes uploads that nobody sent in time, partial ones left by a crash, and those that
// were sent and are no longer in the store, as inUse reports.
func (f *Folder) Sweep(now time.Time, inUse func(id string) (bool, error)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	maps.DeleteFunc(f.found, func(_ string, at time.Time) bool { return now.Sub(at) >= settled })
	var errs []error
	for _, u := range f.all() {
		if _, coming := f.found[u.ID]; coming || u.UsedAt.IsZero() && now.Sub(u.At) < Unused {
			continue
		}
		used, err := inUse(u.ID)
		if err == nil && !used {
			err = f.remove(u.ID)
		}
		errs = append(errs, err)
	}
	return errors.Join(append(errs, f.sweepBegun(now))...)
}

// Drop removes a file of deleted replies, unless another reply carries it or is about to: then
// a later Sweep removes it.
func (f *Folder) Drop(id string, inUse func(id string) (bool, error)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, err := f.Get(id)
	if errors.Is(err, ErrGone) || err == nil && (u.UsedAt.IsZero() || f.found[id].After(u.UsedAt)) {
		return nil
	}
	if used, err := inUse(id); err != nil || used {
		return err
	}
	return f.remove(id)
}

func (f *Folder) remove(id string) error {
	return errors.Join(os.Remove(f.path(id)+known), os.Remove(f.path(id)))
}

// sweepBegun removes files that were never completed, and those without metadata.
func (f *Folder) sweepBegun(now time.Time) error {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	errs := []error{err}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || now.Sub(info.ModTime()) < Unused {
			continue
		}
		_, lone := os.Stat(filepath.Join(f.dir, e.Name()+known))
		if strings.HasPrefix(e.Name(), begun) || !strings.HasSuffix(e.Name(), known) && lone != nil {
			errs = append(errs, os.Remove(filepath.Join(f.dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}

// all returns every upload.
func (f *Folder) all() []Upload {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil
	}
	var out []Upload
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), known); ok {
			if u, err := f.Get(id); err == nil {
				out = append(out, u)
			}
		}
	}
	return out
}

func (f *Folder) path(id string) string { return filepath.Join(f.dir, id) }

// putMetadata writes an upload's metadata.
func (f *Folder) putMetadata(u Upload) error {
	b, err := json.Marshal(u)
	if err != nil {
		return fmt.Errorf("encode upload: %w", err)
	}
	tmp, err := os.CreateTemp(f.dir, begun+"*")
	if err != nil {
		return fmt.Errorf("note upload: %w", err)
	}
	_, err = tmp.Write(b)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), f.path(u.ID)+known)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("note upload: %w", err)
	}
	return nil
}
