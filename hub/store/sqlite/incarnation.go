package sqlite

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"parley/hub/store"
)

// setStore sets a value of the table store.
const setStore = `INSERT INTO store (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`

// incarnate gives the file a new incarnation where it is not the one that it was, and
// begins to mark and to watch it.
func (s *Store) incarnate(ctx context.Context, life store.Incarnation, o Options) error {
	now, err := contentsOf(ctx, s.real, forReading)
	if err != nil {
		return wrap(err, "read incarnation")
	}
	before, marked := readMark(s.real)
	if life.Begun() || now.life.ID == "" || !marked {
		life.ID, before = uuid.NewString(), mark{}
		if err := s.writeLife(ctx, life); err != nil {
			return wrap(err, "write incarnation")
		}
		now.life = life
	}
	if err := s.startWatch(ctx, now.id, o.Logger); err != nil {
		return err
	}
	first := before.next(now.seqs, logName(s.real+logSuffix))
	first.ID, first.Incarnation = now.id, now.life.ID
	return s.startMark(first, o.Now)
}

func (s *Store) writeLife(ctx context.Context, life store.Incarnation) error {
	doc, err := json.Marshal(life)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	tx, err := s.writeDB.BeginTx(ctx, nil)
	if err != nil {
		return translate(err)
	}
	defer tx.Rollback()
	for name, value := range map[string]string{"incarnation": life.ID, "life": string(doc)} {
		if _, err := tx.ExecContext(ctx, setStore, name, value); err != nil {
			return translate(err)
		}
	}
	return translate(tx.Commit())
}
