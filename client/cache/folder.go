package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"parley/client/disk"
	"parley/model"
	"parley/model/inbox"
)

const (
	dirMode  = 0o700
	fileMode = 0o600
)

// Names in the folder of a login.
const (
	indexName = "index.json"
	lockName  = "lock"

	baseSuffix   = ".base"
	logSuffix    = ".log"
	openedSuffix = ".opened"
)

// index is the list of what a folder holds: what is not in it does not count. It is all that is
// read of a folder before it is known what of it may be shown.
type index struct {
	Version int         `json:"version"`
	User    model.User  `json:"user"`
	Pages   []indexPage `json:"pages"`
}

// indexVersion is the version of the index.
const indexVersion = 1

// indexPage is a Page that was held completely.
type indexPage struct {
	ID model.PageID `json:"id"`
	// Name is the name of its files without the suffix.
	Name string `json:"name"`
	// Confirmed is when the hub last said, by this machine's clock, that the user may see it.
	Confirmed time.Time     `json:"confirmed"`
	Counts    *inbox.Counts `json:"counts,omitempty"`
}

// shortHash names something without revealing it.
func shortHash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	const length = 16
	return hex.EncodeToString(sum[:length])
}

// hubFolder returns the folder of a hub, loginFolder that of a login to it.
func hubFolder(root, hub string) string {
	return filepath.Join(root, shortHash("hub", strings.TrimRight(hub, "/")))
}

func loginFolder(root, hub, login string) string {
	return filepath.Join(hubFolder(root, hub), shortHash("login", strings.TrimRight(hub, "/"), login))
}

// Forget deletes all that is kept of a hub, whoever was signed in to it.
func Forget(root, hub string) error { return os.RemoveAll(hubFolder(root, hub)) }

// ForgetAll deletes all that is kept of any hub.
func ForgetAll(root string) error { return os.RemoveAll(root) }

// within reports whether the hub's word of then still counts: less than ttl ago. A time in the
// future is of another clock, and does not.
func within(ttl time.Duration, confirmed, now time.Time) bool {
	return !confirmed.After(now) && now.Sub(confirmed) < ttl
}

// readIndex reads the index of a folder; false if there is none of this version.
func readIndex(dir string) (index, bool) {
	b, err := os.ReadFile(filepath.Join(dir, indexName))
	var x index
	if err != nil || json.Unmarshal(b, &x) != nil || x.Version != indexVersion {
		return index{}, false
	}
	for _, p := range x.Pages {
		if !strings.HasPrefix(p.Name, shortHash("page", string(p.ID))+"-") || strings.ContainsAny(p.Name, `/\`) {
			return index{}, false
		}
	}
	return x, true
}

// sweep deletes, unread, what is no longer to be shown of any hub. What another process uses is
// its own to delete.
func sweep(root string, ttl time.Duration, now time.Time) {
	logins, _ := filepath.Glob(filepath.Join(root, "*", "*"))
	for _, dir := range logins {
		x, ok := readIndex(dir)
		for _, p := range x.Pages {
			ok = ok && within(ttl, p.Confirmed, now)
		}
		if ok && len(x.Pages) > 0 {
			continue
		}
		lock := flock.New(filepath.Join(dir, lockName))
		if held, err := lock.TryLock(); err != nil || !held {
			continue
		}
		keepFresh(dir, x, ttl, now)
		_ = lock.Unlock()
	}
}

// keepFresh deletes from a folder all but the Pages that were confirmed within ttl, and the
// folder itself if none was.
func keepFresh(dir string, x index, ttl time.Duration, now time.Time) []indexPage {
	var fresh []indexPage
	named := map[string]bool{indexName: true, lockName: true}
	for _, p := range x.Pages {
		if within(ttl, p.Confirmed, now) {
			fresh = append(fresh, p)
			for _, suffix := range []string{baseSuffix, logSuffix, openedSuffix} {
				named[p.Name+suffix] = true
			}
		}
	}
	files, _ := os.ReadDir(dir)
	for _, f := range files {
		if !named[f.Name()] {
			_ = erase(filepath.Join(dir, f.Name()))
		}
	}
	if len(fresh) == 0 {
		_ = erase(filepath.Join(dir, indexName))
	}
	return fresh
}

// erase empties a file and removes it: another name or handle of it shows nothing either. A file
// that is not there is erased.
func erase(path string) error {
	err := os.Truncate(path, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, os.Remove(path))
}

// eraseAll erases the files of a folder whose names begin so. When it returns, they are gone for
// good.
func eraseAll(dir, prefix string) error {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	errs := []error{err}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), prefix) {
			errs = append(errs, erase(filepath.Join(dir, f.Name())))
		}
	}
	return errors.Join(append(errs, disk.Settle(dir))...)
}

// replace writes a whole file, atomically. Unlike [disk.Replace] it makes no folder: one that
// was deleted, because the user signed out, must not come back. If durable, it returns once the
// content is.
func replace(path string, b []byte, durable bool) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // has mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if durable {
		err = errors.Join(err, f.Sync())
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	if durable {
		return disk.Settle(filepath.Dir(path))
	}
	return nil
}

// grow appends to a file, which is made if need be.
func grow(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	if at, err := f.Seek(0, 2); err == nil && at == 0 {
		b = append([]byte(magic), b...)
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}

// rewrite writes a file anew without the entries for which gone holds. Blocks without any stay
// as they are.
func rewrite(p *packer, path string, gone func(entry) bool) error {
	file, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	all, _ := frames(file)
	out, changed := bytes.NewBufferString(magic), false
	for _, f := range all {
		var left []byte
		hit := false
		err := f.entries(func(e entry) error {
			if gone(e) {
				hit = true
				return nil
			}
			left = appendEntry(left, e)
			return nil
		})
		switch {
		case err != nil:
			return err
		case !hit:
			out.Write(f.whole)
		default:
			changed = true
			out.Write(p.block(left))
		}
	}
	if !changed {
		return nil
	}
	// The old bytes are no file's any more once the new one has its name.
	return replace(path, out.Bytes(), true)
}
