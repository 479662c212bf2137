package outbox

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gofrs/flock"
	"github.com/google/uuid"
)

// run is one run of the program. While it goes on it holds a lock in the folder of the replies,
// by which other runs know that its replies are not left over. The lock is made with the first
// reply, and ends with the program, however that ends.
type run struct {
	leaving context.Context //nolint:containedctx // the lock belongs to the program, not to a call
	dir     string

	once sync.Once
	mu   sync.Mutex
	id   string
}

// runPrefix is the prefix of the lock files' names.
const runPrefix = ".run-"

// runMode is the mode of lock files.
const runMode = 0o600

// newRun returns a run that goes on until leaving ends. Locks of runs that are over are removed.
func newRun(leaving context.Context, dir string) *run {
	files, _ := os.ReadDir(dir)
	for _, f := range files {
		if id, ok := strings.CutPrefix(f.Name(), runPrefix); ok && !runs(dir, id) {
			_ = os.Remove(filepath.Join(dir, f.Name()))
		}
	}
	return &run{leaving: leaving, dir: dir}
}

// name returns the name of the run; "": it has none, and its replies look left over to others,
// which may then hand them in, too: by the same ids, so that none is sent twice.
func (r *run) name() string {
	if r == nil {
		return ""
	}
	r.once.Do(func() {
		if r.leaving.Err() != nil || os.MkdirAll(r.dir, 0o700) != nil {
			return
		}
		id := uuid.NewString()
		lock := flock.New(filepath.Join(r.dir, runPrefix+id), flock.SetPermissions(runMode))
		if held, err := lock.TryLock(); err != nil || !held {
			return
		}
		r.mu.Lock()
		r.id = id
		r.mu.Unlock()
		context.AfterFunc(r.leaving, func() {
			_ = lock.Unlock()
			_ = os.Remove(lock.Path())
		})
	})
	return r.named()
}

// named returns the name if there is one already.
func (r *run) named() string {
	if r == nil {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.id
}

// runs reports whether a run goes on.
func runs(dir, id string) bool {
	path := filepath.Join(dir, runPrefix+id)
	if _, err := uuid.Parse(id); err != nil {
		return false
	}
	if _, err := os.Stat(path); err != nil {
		return false
	}
	lock := flock.New(path, flock.SetPermissions(runMode))
	held, err := lock.TryLock()
	if held {
		_ = lock.Unlock()
	}
	return err == nil && !held
}
