package hub_test

import (
	"flag"
	"testing"

	"parley/hub/hubtest"
)

func TestMain(m *testing.M) {
	_ = flag.Set("rapid.checks", checks) // the command line has the last word
	hubtest.Main(m)
}

// Who and what is in the world of these tests.
const (
	metaPage  = hubtest.MetaPage
	page      = hubtest.Page
	hanako    = hubtest.Hanako
	ken       = hubtest.Ken
	pageInbox = hubtest.PageInbox
)
