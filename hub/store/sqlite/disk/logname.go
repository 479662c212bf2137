package disk

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

// SQLite's names for the files beside the store.
const (
	LogSuffix   = "-wal"
	IndexSuffix = "-shm"
)

// The header of a write-ahead log.
//
// Source: SQLite, "Database File Format", section 4.1, The WAL File Header.
const (
	LogHeader     = 32
	logMagic      = 0x377f0682 // or one more, depending on the byte order of its checksums
	logAtSequence = 12
	logAtSalts    = 16
)

// logParts identifies a log: the number of the checkpoint at which it began, and two salts.
// Each time the log restarts, the number and the first salt grow by one, and the second salt is
// random.
type logParts struct{ sequence, salt, random uint32 }

const logFormat = "%d:%08x:%08x"

// LogName identifies the log in that file; it is empty if the log holds nothing. Closing the
// file loses no POSIX locks of SQLite: those are on the log's index.
func LogName(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	var h [LogHeader]byte
	if _, err := io.ReadFull(f, h[:]); err != nil || binary.BigEndian.Uint32(h[:])&^1 != logMagic {
		return ""
	}
	word := func(at int) uint32 { return binary.BigEndian.Uint32(h[at:]) }
	return fmt.Sprintf(logFormat, word(logAtSequence), word(logAtSalts), word(logAtSalts+4))
}

// The header of a frame in the log, and the place of its salts.
const (
	LogFrame        = 24
	logFrameAtSalts = 8
	PageSize        = 4096 // SQLite's default
)

// LogHas reports whether a log holds that many pages. Pages of the log before its restart may
// follow, with other salts.
func LogHas(path string, pages int64) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	var head [LogHeader]byte
	var last [LogFrame]byte
	if _, err := f.ReadAt(last[:], LogHeader+(pages-1)*(LogFrame+PageSize)); err != nil {
		return false
	}
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return false
	}
	return bytes.Equal(head[logAtSalts:logAtSalts+8], last[logFrameAtSalts:logFrameAtSalts+8])
}

// Follows reports whether a log is certainly a later one than another, of the same run.
func Follows(before, after string) bool {
	var a, b logParts
	for name, p := range map[string]*logParts{before: &a, after: &b} {
		if _, err := fmt.Sscanf(name, logFormat, &p.sequence, &p.salt, &p.random); err != nil {
			return false
		}
	}
	return b.sequence > a.sequence && b.salt-a.salt == b.sequence-a.sequence
}
