package hub

import (
	"parley/hub/pages"
	"parley/hub/store"
	"parley/model"
)

// ErrNotFound: there is no such thing, or it is hidden from who asks.
var ErrNotFound = store.ErrNotFound

// ErrUnavailable: the store can't be written now.
var ErrUnavailable = store.ErrUnavailable

// ErrGraph: the Graph API could not be reached, or refused for a reason that is no
// rule of ours.
var ErrGraph = pages.ErrGraph

// ErrCRM: the CRM could not be asked, or did not answer as it should.
var ErrCRM = model.ErrCRMUnavailable
