package client_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"parley/client"
	"parley/client/clienttest"
	"parley/model/notify"
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

// TestNotificationsHaveTheZone: where they are about mails or quiet hours, whoever changes them.
func TestNotificationsHaveTheZone(t *testing.T) {
	zone, err := time.LoadLocation("Pacific/Chatham")
	if err != nil {
		t.Fatal(err)
	}
	before := time.Local
	t.Cleanup(func() { time.Local = before })
	time.Local = zone
	var got notify.Change
	c := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = notify.Change{}
		_ = json.NewDecoder(r.Body).Decode(&got)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("{}"))
	})
	on, hours, other := true, "19:00-08:00", "Asia/Tokyo"
	for _, change := range []notify.Change{{Mail: &on}, {QuietHours: &hours}, {QuietWeekends: &on}, {Mail: &on, Zone: &other}, {Content: &on}} {
		want := "Pacific/Chatham"
		switch {
		case change.Zone != nil:
			want = other
		case change.Content != nil:
			want = ""
		}
		if _, err := c.ChangeNotifications(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		if zone := got.Zone; (zone == nil) != (want == "") || zone != nil && *zone != want {
			t.Errorf("sent %+v, want the zone %q", got, want)
		}
	}
}
