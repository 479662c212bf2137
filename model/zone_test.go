package model_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/model"
)

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
