package client_test

import (
	"testing"
	"time"

	"parley/client"
)

// TestTheZoneIsThatOfTheProgram: where TZ names one, the machine's does not count. It is
// not parallel: the zone is everybody's.
func TestTheZoneIsThatOfTheProgram(t *testing.T) {
	zone, err := time.LoadLocation("Pacific/Chatham")
	if err != nil {
		t.Fatal(err)
	}
	before := time.Local
	t.Cleanup(func() { time.Local = before })
	time.Local = zone
	if got := client.LocalZone(); got != "Pacific/Chatham" {
		t.Errorf("the zone is %q", got)
	}
	time.Local = time.FixedZone("XYZ-nonsense", 3600)
	if got := client.LocalZone(); got != "" {
		t.Errorf("what has no name that others know is called %q", got)
	}
}
