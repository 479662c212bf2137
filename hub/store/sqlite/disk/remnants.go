package disk

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"math"
	"os"
	"slices"

	"parley/hub/store/sqlite/sqldb"
)

// With secure_delete SQLite overwrites a row in place when it is deleted. But when it
// distributes the rows of a page over several, it leaves copies of moved rows in the unused
// space of the page, and a copy is not overwritten with its row. So that space is overwritten
// here, on each page in the log, before the log is folded into the file. The file itself then
// contains no remnants.
//
// Pages are written through SQLite, in an ordinary transaction, and nothing that SQLite reads
// of them is changed.

// The header of a b-tree page; on the first page of a file it follows the file's header.
//
// Source: SQLite, "Database File Format", section 1.6, B-tree Pages.
const (
	fileHeader   = 100
	treeFreeAt   = 1
	treeCellsAt  = 3
	treeStartAt  = 5
	leafHeader   = 8
	branchHeader = 12
	freeHeader   = 4
	cellPointer  = 2
	cellLeast    = 4
)

// mostPages: other pages begin with the number of another page. Above this number their first
// bytes could pass for those of a b-tree page.
const mostPages = 1 << 25

// wipe overwrites the unused space of a b-tree page, and reports whether there was anything.
// Other pages stay as they are.
func wipe(page []byte, number uint32) bool {
	at := 0
	if number == 1 {
		at = fileHeader
	}
	header := leafHeader
	switch page[at] {
	case 0x02, 0x05:
		header = branchHeader
	case 0x0a, 0x0d:
	default:
		return false
	}
	word := func(at int) int { return int(binary.BigEndian.Uint16(page[at:])) }
	cells, start := word(at+treeCellsAt), word(at+treeStartAt)
	from := at + header + cells*cellPointer
	if start < from || start > len(page) {
		return false // not a b-tree page
	}
	for i := range cells {
		if cell := word(at + header + i*cellPointer); cell < start || cell > len(page)-cellLeast {
			return false
		}
	}
	wiped := clean(page[from:start])
	for free := word(at + treeFreeAt); free != 0; {
		if free < start || free > len(page)-freeHeader {
			return wiped
		}
		next, size := word(free), word(free+2)
		if size < freeHeader || free+size > len(page) || next != 0 && next <= free {
			return wiped
		}
		wiped = clean(page[free+freeHeader:free+size]) || wiped
		free = next
	}
	return wiped
}

var zeros [PageSize]byte

// clean overwrites bytes, and reports whether there was anything.
func clean(b []byte) bool {
	if bytes.Equal(b, zeros[:len(b)]) {
		return false
	}
	clear(b)
	return true
}

// logFrameAtCommit is where a frame's header says that a transaction ends with it and how many
// pages the file then has.
const logFrameAtCommit = 4

// logRead is how many frames of a log are read at once.
const logRead = 64

// Swept is how far a log was read.
type Swept struct {
	frames int64
	// last is the header of the last frame read: the log may have restarted, or a transaction
	// that was cut short may have been overwritten.
	last [LogFrame]byte
}

// Remnants returns the pages with remnants that were committed to a log since it was last read,
// and how far it has been read now.
func Remnants(path string, since Swept) ([]uint32, Swept, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Swept{}, nil
	}
	if err != nil {
		return nil, since, err
	}
	defer func() { _ = f.Close() }()
	var head [LogHeader]byte
	if _, err := f.ReadAt(head[:], 0); err != nil || binary.BigEndian.Uint32(head[:])&^1 != logMagic {
		return nil, Swept{}, ignoreEnd(err)
	}
	const frame = LogFrame + PageSize
	var last [LogFrame]byte
	if since.frames > 0 {
		_, err := f.ReadAt(last[:], LogHeader+(since.frames-1)*frame)
		if err != nil || last != since.last || !bytes.Equal(last[logFrameAtSalts:logFrameAtSalts+8], head[logAtSalts:logAtSalts+8]) {
			since = Swept{}
		}
	}
	r := walReader{salts: [8]byte(head[logAtSalts : logAtSalts+8]), at: since, open: map[uint32]bool{}, found: map[uint32]bool{}}
	in := io.NewSectionReader(f, LogHeader+since.frames*frame, math.MaxInt64/2)
	for buffer := make([]byte, frame*logRead); ; {
		n, err := io.ReadFull(in, buffer)
		for b := buffer[:n-n%frame]; len(b) > 0; b = b[frame:] {
			if !r.frame(b[:frame]) {
				return r.pages(), r.at, nil
			}
		}
		if err != nil {
			return r.pages(), r.at, ignoreEnd(err)
		}
	}
}

// walReader looks for remnants in the frames of a log.
type walReader struct {
	salts [8]byte
	// at is the last transaction that was read completely.
	at   Swept
	read int64
	// open are pages of the transaction being read, found those of the transactions before.
	open, found map[uint32]bool
}

// frame reads the next frame, and returns false if it does not belong to this log.
func (r *walReader) frame(b []byte) bool {
	if !bytes.Equal(b[logFrameAtSalts:logFrameAtSalts+8], r.salts[:]) {
		return false
	}
	r.read++
	number := binary.BigEndian.Uint32(b)
	r.open[number] = wipe(b[LogFrame:], number)
	if size := binary.BigEndian.Uint32(b[logFrameAtCommit:]); size != 0 {
		maps.Copy(r.found, r.open)
		clear(r.open)
		r.at = Swept{frames: r.at.frames + r.read, last: [LogFrame]byte(b[:LogFrame])}
		r.read = 0
		if size >= mostPages {
			clear(r.found)
		}
	}
	return true
}

func (r *walReader) pages() []uint32 {
	maps.DeleteFunc(r.found, func(_ uint32, remnant bool) bool { return !remnant })
	return slices.Sorted(maps.Keys(r.found))
}

// ignoreEnd returns nil for the end of a file.
func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// querier runs statements in a transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// WipePages overwrites the remnants on these pages, in q's transaction.
func WipePages(ctx context.Context, q querier, pages []uint32) error {
	for _, number := range pages {
		var page []byte
		err := q.QueryRowContext(ctx, `SELECT data FROM sqlite_dbpage WHERE pgno = ?`, number).Scan(&page)
		if errors.Is(err, sql.ErrNoRows) {
			continue // the file has become shorter
		}
		if err != nil {
			return sqldb.Wrap(err, "read page %d", number)
		}
		if len(page) != PageSize || !wipe(page, number) {
			continue
		}
		if err := writePage(ctx, q, number, page); err != nil {
			return err
		}
	}
	return nil
}

func writePage(ctx context.Context, q querier, number uint32, page []byte) error {
	_, err := q.ExecContext(ctx, `UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?`, page, number)
	return sqldb.Wrap(err, "overwrite remnants on page %d", number)
}

// wipedTold is how many pages are read between two progress lines in the hub's log.
const wipedTold = 100_000

// WipeAll overwrites the remnants on all pages, and the free pages.
func WipeAll(ctx context.Context, tx *sql.Tx, log *slog.Logger) error {
	var count, size uint32
	err := tx.QueryRowContext(ctx, `SELECT p.page_count, s.page_size FROM pragma_page_count p, pragma_page_size s`).Scan(&count, &size)
	if err != nil || size != PageSize || count >= mostPages {
		return sqldb.Wrap(err, "count pages")
	}
	free, err := freePages(ctx, tx)
	if err != nil {
		return err
	}
	const chunk = 1000
	for from := uint32(1); from <= count; from += chunk {
		if count > wipedTold && from%wipedTold == 1 {
			log.InfoContext(ctx, "overwrite what was deleted", "pages", from-1, "of", count)
		}
		dirty := map[uint32][]byte{}
		for number := from; number < min(from+chunk, count+1); number++ {
			var page []byte
			if err := tx.QueryRowContext(ctx, `SELECT data FROM sqlite_dbpage WHERE pgno = ?`, number).Scan(&page); err != nil {
				return sqldb.Wrap(err, "read page %d", number)
			}
			if len(page) == PageSize && (free[number] && clean(page) || !free[number] && wipe(page, number)) {
				dirty[number] = page
			}
		}
		for _, number := range slices.Sorted(maps.Keys(dirty)) {
			if err := writePage(ctx, tx, number, dirty[number]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Where the header of a file has the first page of the freelist. Each page of that list names
// the next one, then how many other pages are free, and which.
//
// Source: SQLite, "Database File Format", section 1.5, The Freelist.
const (
	fileAtFree  = 32
	freeAtCount = 4
	freeAtPages = 8
)

// freePages returns the free pages, except those of the list itself.
func freePages(ctx context.Context, q querier) (map[uint32]bool, error) {
	free := map[uint32]bool{}
	next, at := uint32(1), fileAtFree
	for seen := 0; ; seen++ {
		var page []byte
		if err := q.QueryRowContext(ctx, `SELECT data FROM sqlite_dbpage WHERE pgno = ?`, next).Scan(&page); err != nil {
			return nil, sqldb.Wrap(err, "read free pages")
		}
		if len(page) != PageSize || seen >= mostPages {
			return free, nil
		}
		if at == 0 {
			n := binary.BigEndian.Uint32(page[freeAtCount:])
			for i := range min(n, (PageSize-freeAtPages)/4) {
				free[binary.BigEndian.Uint32(page[freeAtPages+i*4:])] = true
			}
		}
		next = binary.BigEndian.Uint32(page[at:])
		if at = 0; next == 0 {
			return free, nil
		}
	}
}
