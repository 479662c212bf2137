package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"parley/hub/store"
)

// opened is a store that is held exclusively, and open.
type opened struct {
	file            *ownFile
	writeDB, readDB *sql.DB
	readers         *readers
	now             func() time.Time
	log             *slog.Logger
}

// begin gives the file a new incarnation where it is not the one that it was, and
// begins to mark and to watch it. What it returns beside an error is to be ended, too.
func begin(ctx context.Context, o opened, life store.Incarnation) (*watch, *marker, error) {
	real := o.file.real
	now, err := contentsOf(ctx, real, forReading)
	if err != nil {
		return nil, nil, wrap(err, "read incarnation")
	}
	before, marked := readMark(real)
	if life.Begun() || now.life.ID == "" || !marked {
		life.ID, before = uuid.NewString(), mark{}
		if err := writeLife(ctx, o.writeDB, life); err != nil {
			return nil, nil, wrap(err, "write incarnation")
		}
		now.life = life
	}
	w, err := startWatch(ctx, o, now.id)
	if err != nil {
		return w, nil, err
	}
	first := before.next(now.seqs, logName(real+logSuffix))
	first.ID, first.Incarnation = now.id, now.life.ID
	m, err := startMark(o, w, first)
	return w, m, err
}

func writeLife(ctx context.Context, db *sql.DB, life store.Incarnation) error {
	doc, err := json.Marshal(life)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return translate(err)
	}
	defer tx.Rollback()
	for name, value := range map[string]string{"incarnation": life.ID, "life": string(doc)} {
		_, err := tx.ExecContext(ctx, `INSERT INTO store (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		if err != nil {
			return translate(err)
		}
	}
	return translate(tx.Commit())
}
