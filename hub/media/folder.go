package media

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"parley/model"
)

const (
	dirMode fs.FileMode = 0o700
	// begun is the prefix of files that are not complete yet.
	begun = ".new-"
	// shardLen is how much of a hash names its folder, so that none holds too many files.
	shardLen = 2
)

// errTooBig means that a content is larger than allowed.
var errTooBig = errors.New("too big")

// hashName is how a file is named.
var hashName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Folder keeps contents as files, by their hash. A file gets its name only when it is complete
// and on the disk. It is safe for concurrent use.
type Folder struct {
	dir string

	mu sync.Mutex
	// bytes is how much it holds; counted: it was counted once.
	bytes   int64
	counted bool
	// held are contents that are about to be in use.
	held map[string]int
}

// OpenFolder returns the contents in that folder, which is created when needed.
func OpenFolder(dir string) *Folder { return &Folder{dir: dir, held: make(map[string]int)} }

// received is a content that has no name yet.
type received struct {
	path string
	hash string
	size int64
	// begin is how it begins.
	begin []byte
}

// receive stores what r holds, at most most bytes of it: more is [errTooBig]. The caller removes
// what it does not keep.
func (f *Folder) receive(r io.Reader, most int64) (got received, err error) {
	if err := os.MkdirAll(f.dir, dirMode); err != nil {
		return got, fmt.Errorf("make folder: %w", err)
	}
	tmp, err := os.CreateTemp(f.dir, begun+"*") // 0600
	if err != nil {
		return got, fmt.Errorf("keep media: %w", err)
	}
	got.path = tmp.Name()
	defer func() {
		if err = errors.Join(err, tmp.Close()); err != nil {
			got.discard()
		}
	}()
	sum, begin := sha256.New(), &beginning{}
	got.size, err = io.Copy(io.MultiWriter(tmp, sum, begin), io.LimitReader(r, most+1))
	if err != nil {
		return got, fmt.Errorf("receive media: %w", err)
	}
	if got.size > most {
		return got, errTooBig
	}
	got.hash, got.begin = hex.EncodeToString(sum.Sum(nil)), begin.b
	if err := tmp.Sync(); err != nil {
		return got, fmt.Errorf("keep media: %w", err)
	}
	return got, nil
}

// discard removes what was received and not kept.
func (g received) discard() { _ = os.Remove(g.path) }

// beginning takes as much of a content as is needed to tell what it is.
type beginning struct{ b []byte }

// Write implements [io.Writer].
func (b *beginning) Write(p []byte) (int, error) {
	b.b = append(b.b, p[:min(len(p), model.SniffLen-len(b.b))]...)
	return len(p), nil
}

// keep gives a content its name, unless there is one already, and holds it until released: by
// then the store must know it, or it may be removed.
func (f *Folder) keep(g received) (release func(), err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	to := f.path(g.hash)
	if err := os.MkdirAll(filepath.Dir(to), dirMode); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	if _, err := os.Stat(to); err == nil {
		g.discard()
	} else {
		if err := os.Rename(g.path, to); err != nil {
			return nil, fmt.Errorf("keep media: %w", err)
		}
		if err := errors.Join(syncDir(filepath.Dir(to)), syncDir(f.dir)); err != nil {
			return nil, fmt.Errorf("keep media: %w", err)
		}
		f.bytes += g.size
	}
	f.held[g.hash]++
	return sync.OnceFunc(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.held[g.hash]--; f.held[g.hash] == 0 {
			delete(f.held, g.hash)
		}
	}), nil
}

// syncDir makes names in a folder survive a loss of power.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, fs.ErrPermission) {
		return errors.Join(err, d.Close())
	}
	return d.Close()
}

// open opens a content.
func (f *Folder) open(hash string) (*os.File, error) {
	if !hashName.MatchString(hash) {
		return nil, fs.ErrNotExist
	}
	return os.Open(f.path(hash))
}

// remove removes a content unless it is held, or in use as inUse reports; it reports whether it
// is settled: a content that is held is not.
func (f *Folder) remove(hash string, inUse func(hash string) (bool, error)) (settled bool, err error) {
	if !hashName.MatchString(hash) {
		return true, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.held[hash] > 0 {
		return false, nil
	}
	if used, err := inUse(hash); err != nil || used {
		return err == nil, err
	}
	info, err := os.Stat(f.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err == nil {
		err = os.Remove(f.path(hash))
	}
	if err != nil {
		return false, fmt.Errorf("remove media: %w", err)
	}
	f.bytes -= info.Size()
	return true, nil
}

// total returns how many bytes it holds.
func (f *Folder) total() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.counted {
		f.bytes, f.counted = 0, true
		for _, e := range f.all() {
			f.bytes += e.size
		}
	}
	return f.bytes
}

// kept is a content in the folder.
type kept struct {
	hash string
	size int64
	at   time.Time
}

// all returns every content.
func (f *Folder) all() []kept {
	shards, err := os.ReadDir(f.dir)
	if err != nil {
		return nil
	}
	var out []kept
	for _, shard := range shards {
		if !shard.IsDir() {
			continue
		}
		entries, err := os.ReadDir(filepath.Join(f.dir, shard.Name()))
		if err != nil {
			continue
		}
		for _, e := range entries {
			if info, err := e.Info(); err == nil && hashName.MatchString(e.Name()) && info.Mode().IsRegular() {
				out = append(out, kept{e.Name(), info.Size(), info.ModTime()})
			}
		}
	}
	return out
}

// clean removes what a crash left incomplete. Nothing may be being received.
func (f *Folder) clean() error {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	errs := []error{err}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), begun) {
			errs = append(errs, os.Remove(filepath.Join(f.dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}

// path returns where a content is.
func (f *Folder) path(hash string) string { return filepath.Join(f.dir, hash[:shardLen], hash) }
