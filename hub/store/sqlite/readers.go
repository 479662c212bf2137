package sqlite

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// readers is the pool of connections that read.
type readers struct {
	db  *sql.DB
	now func() time.Time
	// idle holds the connections nobody uses; nil stands for one yet to be made.
	idle   chan *conn
	closed chan struct{}
	once   sync.Once
	// connect takes a new connection of db.
	connect func(ctx context.Context, db *sql.DB) (*conn, error)
}

func newReaders(db *sql.DB, now func() time.Time) *readers {
	r := &readers{db: db, now: now, idle: make(chan *conn, readConnections), closed: make(chan struct{}), connect: connect}
	for range readConnections {
		r.idle <- nil
	}
	return r
}

// with runs f on a connection of the pool. One on which f failed is made anew:
// it may be what failed, and to make one is cheap.
func (r *readers) with(ctx context.Context, f func(*conn) error) (err error) {
	select {
	case <-r.closed:
		return ErrClosed
	default:
	}
	var c *conn
	select {
	case c = <-r.idle:
	case <-r.closed:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	good := false
	defer func() {
		if c != nil && !good {
			c.drop()
			c = nil
		}
		r.idle <- c
	}()
	if c == nil {
		if c, err = r.connect(ctx, r.db); err != nil {
			return err
		}
	}
	err = f(c)
	good = err == nil
	return err
}

// close waits for what reads and closes the connections. It answers false when
// that was done before.
func (r *readers) close() bool {
	first := false
	r.once.Do(func() {
		first = true
		close(r.closed)
		for range readConnections {
			if c := <-r.idle; c != nil {
				c.drop()
			}
		}
	})
	return first
}
