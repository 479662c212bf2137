package store

import (
	"time"

	"parley/model"
)

// PageReader reads the installations of Pages.
type PageReader interface {
	Page(id model.PageID) (Page, error)
	// Pages returns every installation, ordered by id.
	Pages() ([]Page, error)
	// ActivePage returns the connected installation of a Page.
	ActivePage(id model.MetaPageID) (Page, error)
	// Installations returns all installations of a Page, oldest first.
	Installations(id model.MetaPageID) ([]Page, error)
}

// PageWriter changes an installation.
type PageWriter interface {
	// PutPage stores the Page, new or changed.
	PutPage(p *Page) error
}

// Page is an installation with what only the hub knows about it.
type Page struct {
	model.Page
	// SealedToken is the Page's access token, sealed by the hub's key; empty once uninstalled.
	// It must not appear in a log or an answer.
	SealedToken string
	// Token is the token in stores from before sealing; a hub seals it when it starts.
	Token string `json:",omitempty"`
	// AccessGen counts how often other users lost access (shared → private); it is part of
	// their epoch.
	AccessGen int
	// PolicyAt is Meta's time of the newest policy event applied.
	PolicyAt time.Time
	// RateBackoff is the last backoff taken because Meta named no time.
	RateBackoff time.Duration
	// Zone is the time zone, as in [model.LoadZone], in which the days of transcripts begin.
	Zone string `json:",omitempty"`
	// SyncLimited: a notice said that the CRM's daily budget is used up, and nothing was
	// written since.
	SyncLimited bool `json:",omitempty"`
	// Imported: all past conversations were imported.
	Imported bool `json:",omitempty"`
	// History is the import of past conversations, until it is done; Backfill that of what was
	// missed, which is stored as Gap.
	History  *Reading `json:",omitempty"`
	Backfill *Reading `json:"Gap,omitempty"`
}

// Reading is the progress of reading the threads of a Page's inbox on Facebook. It goes through
// the threads from the most recently updated on, and repeats that until none changed during a
// pass.
type Reading struct {
	// ID is different for each reading that is started or continued.
	ID string
	// Pass counts the passes, from 1.
	Pass int
	// Since: threads not updated since then are skipped; zero to read all.
	Since time.Time
	// News: messages from then on count as new, earlier ones as history.
	News time.Time
	// Floor: messages before it are left out; zero to import all.
	Floor time.Time
	// Newest is Meta's time of the most recently updated thread when this pass began.
	Newest time.Time
	// After is Meta's cursor of the page of threads being read, Done the threads of that page
	// that are finished.
	After string
	Done  []string `json:",omitempty"`
	// Counted: the number of threads is known. CountAfter is the cursor to continue counting,
	// Found how many were counted.
	Counted    bool
	CountAfter string
	Found      int64
}
