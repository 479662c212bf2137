package events

import (
	"testing"

	"parley/e2e/driver"
)

func TestMain(m *testing.M) { driver.Main(m) }
