package notices_test

import (
	"testing"

	"parley/hub/hubtest"
)

func TestMain(m *testing.M) { hubtest.Main(m) }

// Who and what is in the world of these tests.
const (
	metaPage = hubtest.MetaPage
	page     = hubtest.Page
	hanako   = hubtest.Hanako
)
