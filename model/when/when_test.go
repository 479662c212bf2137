package when_test

import (
	"testing"
	"time"

	"parley/model"
	"parley/model/when"
)

var tokyo = time.FixedZone("JST", 9*60*60)

// now is a Thursday.
var now = time.Date(2026, 12, 3, 14, 30, 0, 0, tokyo)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2h":               "2026-12-03 16:30",
		"30m":              "2026-12-03 15:00",
		"30 min":           "2026-12-03 15:00",
		"3d":               "2026-12-06 09:00",
		"2時間後":             "2026-12-03 16:30",
		"３０分":              "2026-12-03 15:00",
		"3日後":              "2026-12-06 09:00",
		"15:30":            "2026-12-03 15:30",
		"9:00":             "2026-12-04 09:00",
		"15時":              "2026-12-03 15:00",
		"15時5分":            "2026-12-03 15:05",
		"tomorrow":         "2026-12-04 09:00",
		" Tomorrow 10:15 ": "2026-12-04 10:15",
		"明日":               "2026-12-04 09:00",
		"明日 10時":           "2026-12-04 10:00",
		"明後日":              "2026-12-05 09:00",
		"fri 14:00":        "2026-12-04 14:00",
		"thursday":         "2026-12-10 09:00",
		"金曜日":              "2026-12-04 09:00",
		"月 13:00":          "2026-12-07 13:00",
		"12/24":            "2026-12-24 09:00",
		"1-2":              "2027-01-02 09:00",
		"2027-02-28 8:05":  "2027-02-28 08:05",
	} {
		got, ok := when.Parse(text, now, tokyo)
		if !ok || got.Format("2006-01-02 15:04") != want {
			t.Errorf("%q: %v %v, want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", " ", "soon", "0m", "0d", "24:00", "12:60", "2026-02-30", "13/1", "2026-12-03 9:00", "today 9:00",
		"2025-12-24", "9999d", "fr", "tomorrow tomorrow", "-2h",
	} {
		if got, ok := when.Parse(text, now, tokyo); ok {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

// TestMorning: also on the days when clocks change.
func TestMorning(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	eve := time.Date(2026, 10, 24, 23, 0, 0, 0, berlin)
	if got := when.Morning(eve, berlin, 1); got.Hour() != 9 || got.Day() != 25 {
		t.Error(got)
	}
}

// FuzzParse: no text is taken for a time that has passed or that no snooze may have.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"2h", "明日 9時", "12/24 10:00", "fri 14:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := when.Parse(text, now, tokyo)
		if ok && (!got.After(now) || got.Sub(now) > model.MaxSnooze) {
			t.Errorf("%q: %v", text, got)
		}
	})
}
