package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"sync"
	"time"
)

// A file that was put back from an older copy must not pass for the one that clients
// followed: what they saw of it may be gone, the same seq may name something else, and
// replies that the copy holds as queued may have left. So how far the store came is also
// written beside it, where a copy of the file alone does not reach. The mark names itself,
// too, so that one that was copied with its whole folder is recognised.

// markEvery is how often the mark is brought up to date: as much may be lost to an older
// copy unnoticed.
const markEvery = time.Second

// mark is what stands beside the file.
type mark struct {
	// ID is the store's; marks of before know none.
	ID          string `json:"id,omitempty"`
	Incarnation string `json:"incarnation"`
	// Total is the sum of all Pages' seqs.
	Total int64 `json:"total"`
	// Seqs are those of all Pages.
	Seqs seqs `json:"seqs,omitempty"`
	// Log is the write-ahead log that stood beside the file, and Base what the file alone
	// holds at least, as all logs before this one are folded into it.
	Log  string `json:"log,omitempty"`
	Base seqs   `json:"base,omitempty"`
	// Self is what born says of the mark's own file.
	Self string `json:"self,omitempty"`
	// At is when it was written.
	At time.Time `json:"at,omitzero"`
}

// same tells whether two marks say the same of the store.
func (m mark) same(o mark) bool {
	return m.ID == o.ID && m.Incarnation == o.Incarnation && m.Log == o.Log && maps.Equal(m.Seqs, o.Seqs) && maps.Equal(m.Base, o.Base)
}

// next is the mark that follows, for a store that is that far, with that log: a log that
// is another than before was begun when all of the one before was in the file.
func (m mark) next(far seqs, log string) mark {
	if log == "" {
		m.Base = far
	} else if log != m.Log {
		m.Base = m.Seqs
	}
	m.Total, m.Seqs, m.Log = far.total(), far, log
	return m
}

func markPath(path string) string { return path + ".mark" }

// readMark reads the mark beside a store; false: there is none that can be read.
func readMark(path string) (mark, bool) {
	var m mark
	b, err := os.ReadFile(markPath(path))
	if err != nil || json.Unmarshal(b, &m) != nil || m.Incarnation == "" {
		return mark{}, false
	}
	return m, true
}

// write replaces the mark of a store as a whole. It is on disk before it takes the place
// of the one before, or a power cut could leave none.
func (m mark) write(path string, now time.Time) error {
	to := markPath(path)
	f, err := os.OpenFile(to+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return cantWrite(err)
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
		return cantWrite(err)
	}
	return nil
}

// marker keeps the mark of a store that is held exclusively.
type marker struct {
	path, log string
	readers   *readers
	now       func() time.Time
	// fits tells whether the files are still those that were opened.
	fits    func() error
	stop    chan struct{}
	stopped chan struct{}

	mu   sync.Mutex
	last mark
}

// startMark writes the first mark, and keeps it up to date.
func startMark(o opened, w *watch, first mark) (*marker, error) {
	real := o.file.real
	m := &marker{
		path: real, log: real + logSuffix, readers: o.readers, now: o.now, fits: w.trouble, last: first,
		stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	err := first.write(real, o.now())
	go m.run()
	return m, err
}

// farOf reads how far the Pages are.
func farOf(ctx context.Context, r *readers) (far seqs, err error) {
	err = r.with(ctx, func(c *conn) error {
		far, err = readSeqs(ctx, c.c)
		return err
	})
	return far, wrap(err, "read how far the store is")
}

// update brings the mark up to date. A disk that is full leaves it behind, which only
// makes an older copy harder to notice.
func (m *marker) update() {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := logName(m.log)
	far, err := farOf(context.Background(), m.readers)
	if err != nil || logName(m.log) != before || m.fits() != nil || far.behind(m.last.Seqs) || !far.holds(m.last.Seqs) {
		return // what was read is not of one moment, or not of the file that was opened
	}
	next := m.last.next(far, before)
	if next.same(m.last) {
		return
	}
	if next.write(m.path, m.now()) == nil {
		m.last = next
	}
}

func (m *marker) run() {
	defer close(m.stopped)
	t := time.NewTicker(markEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			m.update()
		case <-m.stop:
			m.update()
			return
		}
	}
}

func (m *marker) end() {
	close(m.stop)
	<-m.stopped
}
