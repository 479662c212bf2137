package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"sync"
	"time"

	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/sqldb"
)

// A file that was restored from an older copy must not pass for the one that clients followed:
// changes that they saw may be gone, the same seq may stand for something else, and replies
// that the copy holds as queued may have left. So the newest seqs are also written beside the
// file, where a copy of the file alone does not reach. The mark identifies its own file, too,
// so that a copy of the whole folder is recognised.

// markEvery is how often the mark is updated: changes of up to that time may be missing from an
// older copy unnoticed.
const markEvery = time.Second

// Mark is what is written beside the file.
type Mark struct {
	// ID is the store's; older marks have none.
	ID          string `json:"id,omitempty"`
	Incarnation string `json:"incarnation"`
	// Total is the sum of all Pages' seqs.
	Total int64 `json:"total"`
	// Seqs are the newest seqs of all Pages.
	Seqs Seqs `json:"seqs,omitempty"`
	// Log identifies the write-ahead log beside the file, and Base is what the file alone
	// contains at least, since all earlier logs are folded into it.
	Log  string `json:"log,omitempty"`
	Base Seqs   `json:"base,omitempty"`
	// Self is what born returns for the mark's own file.
	Self string `json:"self,omitempty"`
	// At is when it was written.
	At time.Time `json:"at,omitzero"`
}

// same reports whether two marks say the same about the store.
func (m Mark) same(o Mark) bool {
	return m.ID == o.ID && m.Incarnation == o.Incarnation && m.Log == o.Log && maps.Equal(m.Seqs, o.Seqs) && maps.Equal(m.Base, o.Base)
}

// next is the mark that follows, for these seqs and that log. When the log is another one than
// before, the earlier log is completely in the file.
func (m Mark) next(far Seqs, log string) Mark {
	if log == "" {
		m.Base = far
	} else if log != m.Log {
		m.Base = m.Seqs
	}
	m.Total, m.Seqs, m.Log = far.total(), far, log
	return m
}

// MarkPath returns the path of a store's mark.
func MarkPath(path string) string { return path + ".mark" }

// ReadMark reads the mark of a store; false if there is none that can be read.
func ReadMark(path string) (Mark, bool) {
	var m Mark
	b, err := os.ReadFile(MarkPath(path))
	if err != nil || json.Unmarshal(b, &m) != nil || m.Incarnation == "" {
		return Mark{}, false
	}
	return m, true
}

// Save replaces the mark of a store atomically. The new one is on disk before it replaces the
// old, since a power cut could otherwise leave none.
func (m Mark) Save(path string, now time.Time) error {
	to := MarkPath(path)
	f, err := os.OpenFile(to+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, disk.FileMode)
	if err != nil {
		return disk.Unwritable(err)
	}
	m.Self, m.At = born(to+".new"), now
	b, err := json.Marshal(m)
	if err != nil {
		return errors.Join(fmt.Errorf("encode mark: %w", err), f.Close())
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(to+".new", to)
	}
	if err != nil {
		return disk.Unwritable(err)
	}
	return nil
}

// Marker updates the mark of a store whose locks are held.
type Marker struct {
	path, log string
	readers   *sqldb.Readers
	now       func() time.Time
	// fits reports whether the files are still those that were opened.
	fits    func() error
	stop    chan struct{}
	stopped chan struct{}

	mu   sync.Mutex
	last Mark
}

// startMark writes the first mark and keeps it up to date.
func startMark(o Opened, w *Watch, first Mark) (*Marker, error) {
	path := o.File.Real
	m := &Marker{
		path: path, log: path + disk.LogSuffix, readers: o.Readers, now: o.Now, fits: w.Trouble, last: first,
		stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	err := first.Save(path, o.Now())
	go m.run()
	return m, err
}

// farOf reads the newest seqs of all Pages.
func farOf(ctx context.Context, r *sqldb.Readers) (far Seqs, err error) {
	err = r.With(ctx, func(c *sqldb.Conn) error {
		far, err = ReadSeqs(ctx, c.SQL)
		return err
	})
	return far, sqldb.Wrap(err, "read how far the store is")
}

// Update brings the mark up to date. On a full disk it stays behind, which only makes an older
// copy harder to notice.
func (m *Marker) Update() {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := disk.LogName(m.log)
	far, err := farOf(context.Background(), m.readers)
	if err != nil || disk.LogName(m.log) != before || m.fits() != nil || far.behind(m.last.Seqs) || !far.holds(m.last.Seqs) {
		return // what was read is not from one moment, or not from the file that was opened
	}
	next := m.last.next(far, before)
	if next.same(m.last) {
		return
	}
	if next.Save(m.path, m.now()) == nil {
		m.last = next
	}
}

func (m *Marker) run() {
	defer close(m.stopped)
	t := time.NewTicker(markEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			m.Update()
		case <-m.stop:
			m.Update()
			return
		}
	}
}

// End writes the mark for the last time.
func (m *Marker) End() {
	close(m.stop)
	<-m.stopped
}
