package holder

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"parley/hub/store"
	"parley/hub/store/postgres/pgdb"
)

const (
	// lasts is how long a hub holds the store unless it renews that: so long nobody can start after
	// one that was killed.
	lasts = 15 * time.Second
	// every is how often it is renewed.
	every = 4 * time.Second
	// look is how often somebody who waits looks.
	look = 500 * time.Millisecond
	// within is how long renewing takes at most.
	within = 10 * time.Second
)

const (
	take = `INSERT INTO holders (name, holder, expires) VALUES ('hub', $1, clock_timestamp() + $2::bigint * interval '1 microsecond')
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires = excluded.expires
		WHERE holders.holder = excluded.holder OR holders.expires < clock_timestamp()`
	current = `SELECT holder, expires FROM holders WHERE name = 'hub'`
	leave   = `DELETE FROM holders WHERE name = 'hub' AND holder = $1`
)

// Holder holds a store until it ends.
type Holder struct {
	// ID is what the row has.
	ID    string
	pool  *pgxpool.Pool
	heard func(error)
	log   *slog.Logger
	end   context.CancelFunc
	ended chan struct{}
}

// Take takes a store, once nobody holds it: one who was killed holds it for some seconds more. If
// another hub renews that it holds it, that is [store.ErrLocked]. heard is told of each renewal.
func Take(ctx context.Context, pool *pgxpool.Pool, heard func(error), log *slog.Logger) (*Holder, error) {
	h := &Holder{ID: uuid.NewString(), pool: pool, heard: heard, log: log, ended: make(chan struct{})}
	if err := h.wait(ctx); err != nil {
		return nil, err
	}
	ctx, h.end = context.WithCancel(context.WithoutCancel(ctx))
	go h.renew(ctx)
	return h, nil
}

// wait takes the store as soon as nobody holds it.
func (h *Holder) wait(ctx context.Context) error {
	var first time.Time
	told := false
	for {
		taken, err := h.take(ctx)
		if taken || err != nil {
			return err
		}
		var who string
		var until time.Time
		if err := h.pool.QueryRow(ctx, current).Scan(&who, &until); err != nil {
			if err = pgdb.Translate(err); !errors.Is(err, store.ErrNotFound) {
				return pgdb.Wrap(err, "read who holds the store")
			}
			continue
		}
		switch {
		case first.IsZero():
			first = until
		case !until.Equal(first):
			return store.ErrLocked // it lives: it has renewed that it holds it
		}
		if !told {
			told = true
			h.log.Info("another hub held the store; it is taken over unless that one lives", "most", lasts.String())
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(look):
		}
	}
}

func (h *Holder) take(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	tag, err := h.pool.Exec(ctx, take, h.ID, lasts.Microseconds())
	return err == nil && tag.RowsAffected() > 0, pgdb.Wrap(pgdb.Translate(err), "take the store")
}

// renew renews it until the holder ends.
func (h *Holder) renew(ctx context.Context) {
	defer close(h.ended)
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		taken, err := h.take(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && !taken:
			err = store.ErrLocked
			fallthrough
		case err != nil:
			h.log.Warn("the store could not be held", "error", err)
		}
		h.heard(err)
	}
}

// End lets the store go.
func (h *Holder) End(ctx context.Context) error {
	h.end()
	<-h.ended
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	_, err := h.pool.Exec(ctx, leave, h.ID)
	return pgdb.Wrap(pgdb.Translate(err), "let the store go")
}
