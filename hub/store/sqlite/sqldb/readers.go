package sqldb

import (
	"context"
	"database/sql"
	"sync"
)

// ReadConnections is more than users read with at once (see hub/view): the hub itself reads,
// too.
const ReadConnections = 6

// Readers is the pool of connections that read.
type Readers struct {
	db *sql.DB
	// idle holds the unused connections; nil stands for one that is yet to be opened.
	idle   chan *Conn
	closed chan struct{}
	once   sync.Once
	// Connect opens a connection of db; it may be replaced before the first read.
	Connect func(ctx context.Context, db *sql.DB) (*Conn, error)
}

// NewReaders returns a pool that opens connections when they are needed.
func NewReaders(db *sql.DB) *Readers {
	r := &Readers{db: db, idle: make(chan *Conn, ReadConnections), closed: make(chan struct{}), Connect: Connect}
	for range ReadConnections {
		r.idle <- nil
	}
	return r
}

// With runs f on a connection of the pool. After an error of f the connection is replaced: it
// may be the cause, and opening one is cheap.
func (r *Readers) With(ctx context.Context, f func(*Conn) error) (err error) {
	select {
	case <-r.closed:
		return ErrClosed
	default:
	}
	var c *Conn
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
			c.Drop()
			c = nil
		}
		r.idle <- c
	}()
	if c == nil {
		if c, err = r.Connect(ctx, r.db); err != nil {
			return err
		}
	}
	err = f(c)
	good = err == nil
	return err
}

// Close waits for running reads and closes the connections. It returns false if they were
// closed before.
func (r *Readers) Close() bool {
	first := false
	r.once.Do(func() {
		first = true
		close(r.closed)
		for range ReadConnections {
			if c := <-r.idle; c != nil {
				c.Drop()
			}
		}
	})
	return first
}
