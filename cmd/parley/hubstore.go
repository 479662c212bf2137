package main

import (
	"context"
	"errors"

	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/i18n"
)

// What a hub may be told once of a store that is not the one that it ran with.
const (
	flagAcceptOlder = "accept-older-store"
	flagNewStore    = "new-store"
)

// openStore opens a store, or says why it can't be.
func openStore(ctx context.Context, p *program, path string, o sqlite.Options) (store.Store, error) {
	s, err := sqlite.Open(ctx, path, o)
	var other *store.ContradictionError
	switch {
	case err == nil:
		return s, nil
	case ctx.Err() != nil: // before it was brought up to date
		return nil, ctx.Err()
	case errors.As(err, &other):
		return nil, failed(contradiction(p, path, other))
	case errors.Is(err, store.ErrLocked):
		return nil, failed(p.words.Say(i18n.ErrStoreLocked, "File", plain(path)))
	case errors.Is(err, store.ErrNewer):
		return nil, failed(p.words.Say(i18n.ErrStoreNewer, "File", plain(path)))
	}
	return nil, failed(p.words.Say(i18n.ErrStoreOpen, "File", plain(path), "Reason", plain(err.Error())))
}

// contradiction says what was found in place of the store, and what to do.
func contradiction(p *program, path string, c *store.ContradictionError) string {
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
	return p.words.Say(
		id, "File", plain(path), "Mark", plain(files+".mark"), "Log", plain(files+"-wal"), "Was", c.Was, "Is", c.Is,
		"Accept", "--"+flagAcceptOlder, "New", "--"+flagNewStore, "Reason", plain(reason),
	)
}
