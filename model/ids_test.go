package model_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/model"
)

func TestInstallation(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]model.PageID{-1: "42", 0: "42", 1: "42", 2: "42~2", 3: "42~3", 11: "42~11"} {
		got := model.MetaPageID("42").Installation(n)
		if got != want {
			t.Errorf("Installation(%d) = %q, want %q", n, got, want)
		}
		if got.Meta() != "42" {
			t.Errorf("%q.Meta() = %q", got, got.Meta())
		}
	}
}

func TestIDsRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		meta := model.MetaPageID(rapid.StringMatching(`[0-9]{1,20}`).Draw(t, "page"))
		n := rapid.IntRange(1, 50).Draw(t, "installation")
		psid := model.PSID(rapid.StringMatching(`[0-9A-Za-z_~-]{1,30}`).Draw(t, "psid"))
		page := meta.Installation(n)
		if page.Meta() != meta {
			t.Fatalf("%q.Meta() = %q, want %q", page, page.Meta(), meta)
		}
		c := model.NewConversationID(page, psid)
		if c.Page() != page || c.Customer() != psid {
			t.Fatalf("%q is of Page %q with %q", c, c.Page(), c.Customer())
		}
		uuid := rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}`).Draw(t, "uuid")
		if m := model.NewMessageID(page, uuid); m.Page() != page || string(m) != string(page)+"_"+uuid {
			t.Fatalf("%q is of Page %q, want %q", m, m.Page(), page)
		}
	})
}

// Two installations of a Page share no conversation and no message.
func TestIDsOfInstallationsDiffer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.IntRange(1, 30), 2, 2, rapid.ID[int]).Draw(t, "installations")
		a, b := model.MetaPageID("42").Installation(ids[0]), model.MetaPageID("42").Installation(ids[1])
		if a == b || model.NewConversationID(a, "7") == model.NewConversationID(b, "7") ||
			model.NewMessageID(a, "u") == model.NewMessageID(b, "u") {
			t.Fatalf("installations %d and %d share ids", ids[0], ids[1])
		}
	})
}

func TestWhatIsNoID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "42", "nonsense"} {
		if c := model.ConversationID(id); c.Page() != "" || c.Customer() != "" {
			t.Errorf("ConversationID(%q) is of %q with %q", id, c.Page(), c.Customer())
		}
		if m := model.MessageID(id); m.Page() != "" {
			t.Errorf("MessageID(%q) is of %q", id, m.Page())
		}
	}
	if c := model.ConversationID("42_"); c.Page() != "42" || c.Customer() != "" {
		t.Errorf("%q is of %q with %q", c, c.Page(), c.Customer())
	}
}

func TestIsPageInbox(t *testing.T) {
	t.Parallel()
	for app, want := range map[model.AppID]bool{
		"263902037430900": true, "26390203743090": true, // documented with and without the last digit
		"2639020374309": false, "263902037430901": false, "": false, "1": false,
	} {
		if got := app.IsPageInbox(); got != want {
			t.Errorf("AppID(%q).IsPageInbox() = %v, want %v", app, got, want)
		}
	}
}

func FuzzConversationID(f *testing.F) {
	for _, s := range []string{"", "_", "42_7", "42~2_7_8", "~_", strings.Repeat("_", 9)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := model.ConversationID(s)
		if again := model.NewConversationID(c.Page(), c.Customer()); strings.Contains(s, "_") && again != c {
			t.Errorf("%q taken apart and put together is %q", s, again)
		}
	})
}

// TestLoadZone: what TZ may hold is honoured fully, or refused.
func TestLoadZone(t *testing.T) {
	t.Parallel()
	winter, summer := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC), time.Date(2026, 7, 15, 12, 0, 0, 0, time.UTC)
	const hour = 3600
	for name, want := range map[string]struct {
		winter, summer int
		short          string // in winter
	}{
		"Asia/Tokyo":                                 {9 * hour, 9 * hour, "JST"},
		":Asia/Tokyo":                                {9 * hour, 9 * hour, "JST"},
		"/usr/share/zoneinfo/Asia/Tokyo":             {9 * hour, 9 * hour, "JST"},
		":/usr/share/zoneinfo/Asia/Tokyo":            {9 * hour, 9 * hour, "JST"},
		"/usr/share/zoneinfo/posix/America/New_York": {-5 * hour, -4 * hour, "EST"},
		"UTC":                                  {0, 0, "UTC"},
		"Etc/GMT-9":                            {9 * hour, 9 * hour, "+09"},
		"EST5EDT":                              {-5 * hour, -4 * hour, "EST"},
		"JST-9":                                {9 * hour, 9 * hour, "JST"},
		":JST-9":                               {9 * hour, 9 * hour, "JST"},
		"JST-09:00":                            {9 * hour, 9 * hour, "JST"},
		"JST-9:00:00":                          {9 * hour, 9 * hour, "JST"},
		"JST+9":                                {-9 * hour, -9 * hour, "JST"},
		"JST9":                                 {-9 * hour, -9 * hour, "JST"},
		"UTC0":                                 {0, 0, "UTC"},
		"<+09>-9":                              {9 * hour, 9 * hour, "+09"},
		"<-03>3":                               {-3 * hour, -3 * hour, "-03"},
		"<+0545>-5:45":                         {5*hour + 45*60, 5*hour + 45*60, "+0545"},
		"NST3:30NDT":                           {-(3*hour + 1800), -(2*hour + 1800), "NST"},
		"EST5EDT,M3.2.0,M11.1.0":               {-5 * hour, -4 * hour, "EST"},
		"EST5EDT,M3.2.0/2,M11.1.0/2":           {-5 * hour, -4 * hour, "EST"},
		"EST5EDT4,M3.2.0/02:00:00,M11.1.0":     {-5 * hour, -4 * hour, "EST"},
		"CET-1CEST,M3.5.0,M10.5.0/3":           {1 * hour, 2 * hour, "CET"},
		"NZST-12NZDT,M9.5.0,M4.1.0/3":          {13 * hour, 12 * hour, "NZDT"},
		"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0": {11 * hour, 10*hour + 1800, "+11"},
		"IST-1GMT0,M10.5.0,M3.5.0/1":           {0, 1 * hour, "GMT"},
		"EST5EDT,J60,J300":                     {-5 * hour, -4 * hour, "EST"},
		"EST5EDT,59,299":                       {-5 * hour, -4 * hour, "EST"},
		"<-02>2<-01>,M3.5.0/-1,M10.5.0/0":      {-2 * hour, -1 * hour, "-02"},
	} {
		zone, err := model.LoadZone(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		short, w := winter.In(zone).Zone()
		_, s := summer.In(zone).Zone()
		if w != want.winter || s != want.summer || short != want.short {
			t.Errorf("%s: %s %d, in summer %d, want %+v", name, short, w, s, want)
		}
		// What was loaded can be loaded again by its own name.
		if again, err := model.LoadZone(zone.String()); err != nil || again.String() != zone.String() {
			t.Errorf("%s is called %s: %v", name, zone, err)
		}
	}
}

func TestLoadZoneRefuses(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"", ":", "Local", "Asia/Tokio", "Tokyo", "JST", "JST-", "JS-9", "-9", "9", "+09:00", "<+09-9", "<>-9", "<+09>", "JST-9JDT,M3", "JST-9JDT,M3.2.0",
		"JST-9 ", " JST-9", "JST-9\x00", "JST-9\n", "JST-200", "EST5EDT,M13.1.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J366", "EST5EDT,M3.2.0;M11.1.0",
		"../../etc/passwd", "/etc/passwd", "/etc/localtime", "/zoneinfo/../../etc/passwd", "/usr/share/zoneinfo/", "/zoneinfo/Local", "C:\\zone", strings.Repeat("A", 65) + "-9", "日本-9", "JST-9\x1b[31m",
	} {
		if zone, err := model.LoadZone(name); !errors.Is(err, model.ErrZone) {
			t.Errorf("%q: %v, %v", name, zone, err)
		}
	}
}

// TestPOSIXZoneThroughTheYears: a rule holds in every year, and the day on which it changes
// is that of the IANA zone with the same rule.
func TestPOSIXZoneThroughTheYears(t *testing.T) {
	t.Parallel()
	for rule, name := range map[string]string{
		"EST5EDT,M3.2.0,M11.1.0": "America/New_York", "CET-1CEST,M3.5.0,M10.5.0/3": "Europe/Paris", "NZST-12NZDT,M9.5.0,M4.1.0/3": "Pacific/Auckland", "JST-9": "Asia/Tokyo",
	} {
		ours, err := model.LoadZone(rule)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		const layout = "2006-01-02 15:04:05 MST -0700"
		for at := time.Date(2010, 1, 1, 0, 30, 0, 0, time.UTC); at.Year() < 2040; at = at.Add(7 * time.Hour) {
			if a, b := at.In(ours).Format(layout), at.In(theirs).Format(layout); a != b {
				t.Fatalf("%s: %s, %s has %s", rule, a, name, b)
			}
			l := at.In(ours)
			if back := time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), 0, ours); !back.Equal(at) && back.Sub(at).Abs() != time.Hour {
				t.Fatalf("%s: %s is read back as %s", rule, l, back)
			}
		}
	}
}

// FuzzLoadZone: whatever TZ holds, times can be shown in what comes of it.
func FuzzLoadZone(f *testing.F) {
	for _, s := range []string{"JST-9", "EST5EDT,M3.2.0,M11.1.0", "<+09>-9", ":Asia/Tokyo", "", "M", "AAA0BBB,0/0,0/0", "AAA-167BBB,J1/-167,J365/167"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		zone, err := model.LoadZone(name)
		if err != nil {
			return
		}
		for year := range 80 {
			at := time.Date(1990+year, 3, 1, 0, 0, 0, 0, time.UTC)
			if _, offset := at.In(zone).Zone(); offset > 200*3600 || offset < -200*3600 {
				t.Errorf("%q: %d", name, offset)
			}
		}
	})
}
