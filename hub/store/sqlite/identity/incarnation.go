package identity

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"parley/hub/store"
	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/sqldb"
)

// Opened is a store that is open with its locks held.
type Opened struct {
	File            *disk.File
	WriteDB, ReadDB *sql.DB
	Readers         *sqldb.Readers
	Now             func() time.Time
	Logger          *slog.Logger
}

// Begin gives the file a new incarnation if life is one, and starts to mark and watch it. What
// it returns must be ended even if there is an error.
func Begin(ctx context.Context, o Opened, life store.Incarnation) (*Watch, *Marker, error) {
	path := o.File.Real
	now, err := contentsOf(ctx, path, sqldb.ForReading)
	if err != nil {
		return nil, nil, sqldb.Wrap(err, "read incarnation")
	}
	before, marked := ReadMark(path)
	if life.Begun() || now.life.ID == "" || !marked {
		life.ID, before = uuid.NewString(), Mark{}
		if err := writeLife(ctx, o.WriteDB, life); err != nil {
			return nil, nil, sqldb.Wrap(err, "write incarnation")
		}
		now.life = life
	}
	w, err := startWatch(ctx, o, now.id)
	if err != nil {
		return w, nil, err
	}
	first := before.next(now.seqs, disk.LogName(path+disk.LogSuffix))
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
		return sqldb.Translate(err)
	}
	defer tx.Rollback()
	for name, value := range map[string]string{"incarnation": life.ID, "life": string(doc)} {
		_, err := tx.ExecContext(ctx, `INSERT INTO store (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		if err != nil {
			return sqldb.Translate(err)
		}
	}
	return sqldb.Translate(tx.Commit())
}
