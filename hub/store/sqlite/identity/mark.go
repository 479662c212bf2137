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

// A file that was put back from an older copy must not pass for the one that clients
// followed: what they saw of it may be gone, the same seq may name something else, and
// replies that the copy holds as queued may have left. So how far the store came is also
// written beside it, where a copy of the file alone does not reach. The mark names itself,
// too, so that one that was copied with its whole folder is recognised.

// markEvery is how often the mark is brought up to date: as much may be lost to an older
// copy unnoticed.
const markEvery = time.Second

// Mark is what stands beside the file.
type Mark struct {
	// ID is the store's; marks of before know none.
	ID          string `json:"id,omitempty"`
	Incarnation string `json:"incarnation"`
	// Total is the sum of all Pages' seqs.
	Total int64 `json:"total"`
	// Seqs are those of all Pages.
	Seqs Seqs `json:"seqs,omitempty"`
	// Log is the write-ahead log that stood beside the file, and Base what the file alone
	// holds at least, as all logs before this one are folded into it.
	Log  string `json:"log,omitempty"`
	Base Seqs   `json:"base,omitempty"`
	// Self is what born says of the mark's own file.
	Self string `json:"self,omitempty"`
	// At is when it was written.
	At time.Time `json:"at,omitzero"`
}

// same tells whether two marks say the same of the store.
func (m Mark) same(o Mark) bool {
	return m.ID == o.ID && m.Incarnation == o.Incarnation && m.Log == o.Log && maps.Equal(m.Seqs, o.Seqs) && maps.Equal(m.Base, o.Base)
}

// next is the mark that follows, for a store that is that far, with that log: a log that
// is another than before was begun when all of the one before was in the file.
func (m Mark) next(far Seqs, log string) Mark {
	if log == "" {
		m.Base = far
	} else if log != m.Log {
		m.Base = m.Seqs
	}
	m.Total, m.Seqs, m.Log = far.total(), far, log
	return m
}

// MarkPath is where the mark of a store is.
func MarkPath(path string) string { return path + ".mark" }

// ReadMark reads the mark beside a store; false: there is none that can be read.
func ReadMark(path string) (Mark, bool) {
	var m Mark
	b, err := os.ReadFile(MarkPath(path))
	if err != nil || json.Unmarshal(b, &m) != nil || m.Incarnation == "" {
		return Mark{}, false
	}
	return m, true
}

// Save replaces the mark of a store as a whole. It is on disk before it takes the place
// of the one before, or a power cut could leave none.
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

// Marker keeps the mark of a store that is held exclusively.
type Marker struct {
	path, log string
	readers   *sqldb.Readers
	now       func() time.Time
	// fits tells whether the files are still those that were opened.
	fits    func() error
	stop    chan struct{}
	stopped chan struct{}

	mu   sync.Mutex
	last Mark
}

// startMark writes the first mark, and keeps it up to date.
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

// farOf reads how far the Pages are.
func farOf(ctx context.Context, r *sqldb.Readers) (far Seqs, err error) {
	err = r.With(ctx, func(c *sqldb.Conn) error {
		far, err = ReadSeqs(ctx, c.SQL)
		return err
	})
	return far, sqldb.Wrap(err, "read how far the store is")
}

// Update brings the mark up to date. A disk that is full leaves it behind, which only
// makes an older copy harder to notice.
func (m *Marker) Update() {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := disk.LogName(m.log)
	far, err := farOf(context.Background(), m.readers)
	if err != nil || disk.LogName(m.log) != before || m.fits() != nil || far.behind(m.last.Seqs) || !far.holds(m.last.Seqs) {
		return // what was read is not of one moment, or not of the file that was opened
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
