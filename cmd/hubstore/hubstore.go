// Package hubstore opens a hub's store for commands.
package hubstore

import (
	"context"
	"errors"
	"strings"

	"parley/cmd/cli"
	"parley/cmd/settings"
	"parley/hub/store"
	"parley/hub/store/postgres"
	"parley/hub/store/sqlite"
	"parley/i18n"
)

// Flags for once accepting a store other than the one that the hub ran with.
const (
	FlagAcceptOlder = "accept-older-store"
	FlagNewStore    = "new-store"
)

// Open opens the store in a file or in a database, or words why it can't.
func Open(ctx context.Context, p *cli.Program, db string, o sqlite.Options) (store.Store, error) {
	if settings.IsDatabase(db) {
		return openDatabase(ctx, p, db, o)
	}
	path := strings.TrimPrefix(db, settings.FileScheme)
	s, err := sqlite.Open(ctx, path, o)
	var other *store.ContradictionError
	switch {
	case err == nil:
		return s, nil
	case ctx.Err() != nil: // before it was migrated
		return nil, ctx.Err()
	case errors.As(err, &other):
		return nil, cli.Failed(contradiction(p, path, other))
	case errors.Is(err, store.ErrLocked):
		return nil, cli.Failed(p.Words.Say(i18n.ErrStoreLocked, "File", cli.Plain(path)))
	case errors.Is(err, store.ErrNewer):
		return nil, cli.Failed(p.Words.Say(i18n.ErrStoreNewer, "File", cli.Plain(path)))
	}
	return nil, cli.Failed(p.Words.Say(i18n.ErrStoreOpen, "File", cli.Plain(path), "Reason", cli.Plain(err.Error())))
}

// OpenCopy opens a database to copy a store into it, or words why it can't.
func OpenCopy(ctx context.Context, p *cli.Program, db string) (*postgres.Store, error) {
	return database(ctx, p, db, postgres.Options{Exclusive: true, Copying: true})
}

// openDatabase opens the store in a database, or words why it can't.
func openDatabase(ctx context.Context, p *cli.Program, db string, o sqlite.Options) (store.Store, error) {
	s, err := database(ctx, p, db, postgres.Options{Exclusive: o.Exclusive, Now: o.Now, Logger: o.Logger})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func database(ctx context.Context, p *cli.Program, db string, o postgres.Options) (*postgres.Store, error) {
	s, err := postgres.Open(ctx, db, o)
	name := cli.Plain(settings.Shown(db))
	switch {
	case err == nil:
		return s, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, store.ErrLocked):
		return nil, cli.Failed(p.Words.Say(i18n.ErrDatabaseLocked, "Database", name))
	case errors.Is(err, postgres.ErrUnfinished):
		return nil, cli.Failed(p.Words.Say(i18n.ErrDatabaseUnfinished, "Database", name))
	case errors.Is(err, store.ErrNewer):
		return nil, cli.Failed(p.Words.Say(i18n.ErrStoreNewer, "File", name))
	}
	return nil, cli.Failed(p.Words.Say(i18n.ErrStoreOpen, "File", name, "Reason", cli.Plain(err.Error())))
}

// contradiction says what was found instead of the store, and what to do.
func contradiction(p *cli.Program, path string, c *store.ContradictionError) string {
	id := map[store.Difference]i18n.ID{
		store.Missing: i18n.ErrStoreMissing, store.Older: i18n.ErrStoreOlder, store.Diverged: i18n.ErrStoreDiverged, store.Other: i18n.ErrStoreOther,
		store.Mixed: i18n.ErrStoreMixed, store.Damaged: i18n.ErrStoreDamaged,
	}[c.Difference]
	reason := ""
	if c.Err != nil {
		reason = c.Err.Error()
	}
	files, err := sqlite.Real(path)
	if err != nil {
		files = path
	}
	return p.Words.Say(
		id, "File", cli.Plain(path), "Mark", cli.Plain(files+".mark"), "Log", cli.Plain(files+"-wal"), "Was", c.Was, "Is", c.Is,
		"Accept", "--"+FlagAcceptOlder, "New", "--"+FlagNewStore, "Reason", cli.Plain(reason),
	)
}
