package writer

import (
	"context"
	"fmt"
	"os"

	"parley/hub/store/sqlite/disk"
)

// SQLite would fold its log into the file by itself, during some commit. The writer does it
// instead, after its callers were answered, so that any other change of the file is somebody
// else's (see identity). Programs that open the store beside a hub fold nothing in.

const (
	// longLog is the number of pages from which a log is folded in while others write: SQLite's
	// own default.
	longLog = 1000
	// largeLog is the size in bytes from which a log is emptied when nobody writes.
	largeLog = 4 << 20
	// foldWait is how long folding waits for readers, in milliseconds.
	foldWait = 100
)

// foldLong folds a long log in as far as its readers allow; after that it restarts.
func (w *Writer) foldLong(ctx context.Context) {
	if w.watch == nil || w.c == nil || !disk.LogHas(w.path+disk.LogSuffix, longLog+w.postponed) {
		return
	}
	// Readers hold the rest up: it is not tried again with each commit.
	if w.fold(ctx, "passive") {
		w.postponed = 0
	} else {
		w.postponed += longLog / 4
	}
}

// foldIdle folds a large log in and empties it.
func (w *Writer) foldIdle() {
	info, err := os.Stat(w.path + disk.LogSuffix)
	if w.watch == nil || w.c == nil || err != nil || info.Size() < largeLog {
		return
	}
	w.fold(context.Background(), "truncate")
}

// fold folds the log into the file, unless that is not the one that was opened, and reports
// whether all of it is there. If it fails nothing is lost: the log stays.
func (w *Writer) fold(ctx context.Context, mode string) bool {
	if w.watch.Look(ctx) != nil || w.reconnect(ctx) != nil {
		return false
	}
	if w.sweep(ctx); w.reconnect(ctx) != nil {
		return false
	}
	var busy, pages, done int
	_, err := w.c.SQL.ExecContext(ctx, fmt.Sprintf(`PRAGMA busy_timeout = %d`, foldWait))
	if err == nil {
		err = w.c.SQL.QueryRowContext(ctx, `PRAGMA wal_checkpoint(`+mode+`)`).Scan(&busy, &pages, &done)
	}
	if err == nil {
		_, err = w.c.SQL.ExecContext(ctx, `PRAGMA busy_timeout = 5000`)
	}
	if err != nil {
		w.c.Drop()
		w.c = nil
	}
	whole := err == nil && busy == 0 && pages == done
	w.watch.Folded(ctx, whole)
	return whole
}
