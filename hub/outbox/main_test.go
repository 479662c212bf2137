package outbox_test

import (
	"testing"

	"parley/hub/hubtest"
)

func TestMain(m *testing.M) { hubtest.Main(m) }

// Who and what is in the world of these tests.
const (
	metaPage  = hubtest.MetaPage
	page      = hubtest.Page
	hanako    = hubtest.Hanako
	ken       = hubtest.Ken
	ourApp    = hubtest.OurApp
	otherApp  = hubtest.OtherApp
	pageInbox = hubtest.PageInbox
	day       = hubtest.Day
)
