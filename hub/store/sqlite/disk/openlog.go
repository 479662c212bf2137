package disk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// A store whose files are overwritten in place keeps their identity. What reveals it is the
// log: it only ever grows beyond what this hub has seen of it, or restarts after all of it is
// in the file. The index says where it ends.
//
// Source: SQLite, "Database File Format", section 4, and "WAL-mode File Format", section 2.1,
// the WAL-Index Header.

// Parts of a frame of the log and of the index's header, of which there are two copies.
const (
	logFrameAtSum = 16
	saltsLen      = 8

	endLen     = 48
	endAtFrame = 16
	endAtSum   = 24
	endAtSalts = 32
)

// logEnd is the last frame of a log that is not empty.
type logEnd struct {
	salts, sum [saltsLen]byte
	frame      uint32
}

// ErrLog means that the log was overwritten.
var ErrLog = errors.New("its write-ahead log was written over")

// OpenedLog is a log with its index, as files that stay open: closing one of them would lose
// the process its locks on the index (see hold).
type OpenedLog struct {
	file, index *os.File
	// end is how far the log was found complete; size and at are its file's size and time then.
	end  logEnd
	size int64
	at   time.Time
}

// OpenLog opens the log of a store with its index.
func OpenLog(path string) (*OpenedLog, error) {
	l := &OpenedLog{}
	var err error
	if l.file, err = os.Open(path + LogSuffix); err != nil {
		return nil, Unwritable(err)
	}
	if l.index, err = os.Open(path + IndexSuffix); err != nil {
		return nil, errors.Join(Unwritable(err), l.file.Close())
	}
	if l.end, err = l.readEnd(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, l.note()
}

// Close closes both files.
func (l *OpenedLog) Close() error { return errors.Join(l.file.Close(), l.index.Close()) }

// endTries are enough to find both copies of the header equal, unless something is broken.
const endTries = 100

// readEnd reads from the index where the log ends.
func (l *OpenedLog) readEnd() (end logEnd, err error) {
	var h [2 * endLen]byte
	for range endTries {
		if _, err := l.index.ReadAt(h[:], 0); err != nil {
			return end, fmt.Errorf("its index was written over: %w", err)
		}
		if bytes.Equal(h[:endLen], h[endLen:]) {
			break
		}
	}
	end.frame = binary.NativeEndian.Uint32(h[endAtFrame:])
	copy(end.salts[:], h[endAtSalts:])
	for at := 0; at < saltsLen; at += 4 {
		binary.BigEndian.PutUint32(end.sum[at:], binary.NativeEndian.Uint32(h[endAtSum+at:]))
	}
	return end, nil
}

// note records size and time of the log's file.
func (l *OpenedLog) note() error {
	info, err := l.file.Stat()
	if err == nil {
		l.size, l.at = info.Size(), info.ModTime()
	}
	return err
}

// Look checks that the log continues where it ended at the last look, or that it restarted;
// then folded must confirm that all that was in it is in the file. Unless ours says that this
// hub's writer wrote since, the whole log is read.
func (l *OpenedLog) Look(ours bool, folded func() error) error {
	for range endTries {
		info, err := l.file.Stat()
		if err != nil {
			return err
		}
		now, err := l.readEnd()
		if err != nil {
			return err
		}
		switch {
		case now.frame == 0 || now.salts != l.end.salts:
			if l.end.frame > 0 {
				err = folded()
			}
		case now.frame < l.end.frame || now.frame == l.end.frame && now != l.end:
			return ErrLog
		default:
			err = l.holds(l.end)
		}
		if err == nil && !ours && (info.Size() != l.size || !info.ModTime().Equal(l.at)) {
			err = l.check(now)
		}
		if err == nil {
			l.end, l.size, l.at = now, info.Size(), info.ModTime()
			return nil
		}
		if again, e := l.readEnd(); e != nil || again == now {
			return err
		}
		// another program wrote meanwhile
	}
	return ErrLog
}

// holds checks that the log's last frame is where it was.
func (l *OpenedLog) holds(end logEnd) error {
	if end.frame == 0 {
		return nil
	}
	var h [LogFrame]byte
	if _, err := l.file.ReadAt(h[:], frameAt(end.frame-1)); err != nil {
		return fmt.Errorf("%w: %w", ErrLog, err)
	}
	if !bytes.Equal(h[logFrameAtSalts:logFrameAtSum], end.salts[:]) || !bytes.Equal(h[logFrameAtSum:], end.sum[:]) {
		return ErrLog
	}
	return nil
}

// frameAt returns where a frame begins; frames are counted from 0.
func frameAt(n uint32) int64 { return LogHeader + int64(n)*(LogFrame+PageSize) }

// check reads the log from its beginning to an end and verifies its checksums, as SQLite does.
func (l *OpenedLog) check(end logEnd) error {
	if end.frame == 0 {
		return nil
	}
	r := io.NewSectionReader(l.file, 0, frameAt(end.frame))
	var h [LogHeader]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return fmt.Errorf("%w: %w", ErrLog, err)
	}
	magic := binary.BigEndian.Uint32(h[:])
	if magic&^1 != logMagic || !bytes.Equal(h[logAtSalts:logAtSalts+saltsLen], end.salts[:]) {
		return ErrLog
	}
	s := sums{order: binary.ByteOrder(binary.LittleEndian)}
	if magic&1 != 0 {
		s.order = binary.BigEndian
	}
	s.add(h[:LogHeader-saltsLen])
	if s.bytes() != [saltsLen]byte(h[LogHeader-saltsLen:]) {
		return ErrLog
	}
	var f [LogFrame + PageSize]byte
	for range end.frame {
		if _, err := io.ReadFull(r, f[:]); err != nil {
			return fmt.Errorf("%w: %w", ErrLog, err)
		}
		s.add(f[:logFrameAtSalts])
		s.add(f[LogFrame:])
		if !bytes.Equal(f[logFrameAtSalts:logFrameAtSum], end.salts[:]) || s.bytes() != [saltsLen]byte(f[logFrameAtSum:LogFrame]) {
			return ErrLog
		}
	}
	if s.bytes() != end.sum {
		return ErrLog
	}
	return nil
}

// sums are the log's checksums, each over everything before it.
type sums struct {
	order  binary.ByteOrder
	s0, s1 uint32
}

func (s *sums) add(b []byte) {
	for ; len(b) > 0; b = b[saltsLen:] {
		s.s0 += s.order.Uint32(b) + s.s1
		s.s1 += s.order.Uint32(b[4:]) + s.s0
	}
}

func (s *sums) bytes() (b [saltsLen]byte) {
	binary.BigEndian.PutUint32(b[:], s.s0)
	binary.BigEndian.PutUint32(b[4:], s.s1)
	return b
}
