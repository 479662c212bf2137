package store

import (
	"time"

	"parley/model"
)

// PageReader reads the installations of Pages.
type PageReader interface {
	Page(id model.PageID) (Page, error)
	// Pages returns every installation, by id.
	Pages() ([]Page, error)
	// ActivePage returns the installation of that Page that is not uninstalled.
	ActivePage(id model.MetaPageID) (Page, error)
	// Installations returns all installations of that Page, oldest first.
	Installations(id model.MetaPageID) ([]Page, error)
}

// PageWriter changes an installation.
type PageWriter interface {
	// PutPage stores the Page, new or changed.
	PutPage(p *Page) error
}

// Page is an installation with what only the hub knows of it.
type Page struct {
	model.Page
	// SealedToken is the Page's access token, sealed by the hub's key; empty once
	// uninstalled. Never in a log or an answer.
	SealedToken string
	// Token is the token as stores of before sealing hold it; a hub that starts on one
	// seals it.
	Token string `json:",omitempty"`
	// AccessGen counts how often others lost access (shared → private); it is part
	// of their epoch.
	AccessGen int
	// PolicyAt is Meta's time of the newest policy event applied.
	PolicyAt time.Time
	// RateBackoff is the last pause taken without a time from Meta.
	RateBackoff time.Duration
	// Zone is the zone whose days transcripts have, as [model.LoadZone] has them.
	Zone string `json:",omitempty"`
	// SyncLimited: it was told that the CRM's budget of the day is used up, and nothing was
	// written since.
	SyncLimited bool `json:",omitempty"`
	// Imported: all past conversations were brought in.
	Imported bool `json:",omitempty"`
	// History brings them in, until that is done; Backfill what was missed meanwhile, which
	// stands in the store as Gap.
	History  *Reading `json:",omitempty"`
	Backfill *Reading `json:"Gap,omitempty"`
}

// Reading is how far the threads of a Page's inbox on Facebook were read. It goes through
// them from the most lately updated on, again and again, until nothing changed before it
// while it did.
type Reading struct {
	// ID is another for each reading that is begun or taken up.
	ID string
	// Pass counts how often it goes through, from 1.
	Pass int
	// Since: threads not updated since are not read; zero: all are.
	Since time.Time
	// News: what was written from then on is news, and not history.
	News time.Time
	// Floor: what was written before is not taken; zero: all is.
	Floor time.Time
	// Newest is Meta's time of the most lately updated thread when this pass began.
	Newest time.Time
	// After is Meta's cursor of the stretch being read, Done which threads of it are.
	After string
	Done  []string `json:",omitempty"`
	// Counted: how many threads there are is known; CountAfter is from where to
	// count on, Found how many were counted.
	Counted    bool
	CountAfter string
	Found      int64
}
