package crm_test

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

// suggested are the titles of who is suggested by a telephone number.
func (w *recordWorld) suggested() (titles []string) {
	w.Helper()
	var l struct {
		Records []model.Candidate `json:"records"`
	}
	w.Get(w.rep, w.path()+"/suggestions", &l)
	for _, c := range l.Records {
		if c.Match == model.MatchPhone {
			titles = append(titles, string(c.Title))
		}
	}
	return titles
}

func (w *recordWorld) person(title, phone string) {
	w.Helper()
	w.Do(w.rep, http.MethodPost, "/v1/crm/person", map[string]any{"title": title, "phone": phone}).Want(http.StatusCreated)
}

// TestSuggestedByTheWholeNumber: whose number stands in the chat is suggested, however it is
// written here and there, and nobody else, though the last digits be the same.
func TestSuggestedByTheWholeNumber(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t)
	w.Graph.Set(func(g *apitest.Graph) { g.Country = []model.Untrusted{"JP"} })
	for name, number := range map[string]string{
		"domestic": "090-1111-2208", "abroad": "+81 90 1111 2208", "dotted": "090.1111.2208", "excel": "9011112208", "trunk": "+81 (0)90-1111-2208",
		"extended": "090-1111-2208 内線 4",
		// Others': the tail of the number and the quantity, its last digits, another country's.
		"wrong tail": "03-1111-22082", "wrong area": "080-1111-2208", "wrong country": "+1 901-111-2208", "wrong length": "011112208", "wrong digits": "1-111-122-0820",
	} {
		w.person(name, number)
	}
	want := []string{"abroad", "domestic", "dotted", "excel", "extended", "trunk"}
	for i, text := range []string{
		"090-1111-2208 2個お願いします", "2026-11-28 ０９０－１１１１－２２０８", "〒150-0002 +81 (0)90-1111-2208", "٠٩٠ ١١١١ ٢٢٠٨", "๐๙๐-๑๑๑๑-๒๒๐๘ 3つ",
	} {
		w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_number_"+strconv.Itoa(i), text, time.Now())
		got := w.suggested()
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%q: suggested %q, want %q", text, got, want)
		}
	}
}

// TestPhonesOfThePagesCountry: a number without a country's code is of where Facebook says
// that the Page is, asked for once; else of the zone that it was connected in.
func TestPhonesOfThePagesCountry(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t)
	w.person("of Japan", "+81 90-1111-2208")
	w.person("of Thailand", "+66 81 234 5678")
	set := func(err error, country ...model.Untrusted) {
		w.Graph.Set(func(g *apitest.Graph) { g.Country, g.CountryErr = country, err })
	}
	asked := func() (n int) {
		w.Graph.Set(func(g *apitest.Graph) { n = g.CountryAsked })
		return n
	}
	set(nil, "Thailand")
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_thai", "081-234-5678 ค่ะ", time.Now())
	if got := w.suggested(); !slices.Equal(got, []string{"of Thailand"}) || asked() != 1 {
		t.Errorf("suggested %q, asked %d times", got, asked())
	}
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_again", "081 234 5678", time.Now())
	if got := w.suggested(); !slices.Equal(got, []string{"of Thailand"}) || asked() != 1 {
		t.Errorf("suggested %q, asked %d times", got, asked())
	}
	// Where Facebook does not say, the zone does.
	other := newRecordWorld(t)
	other.person("of Japan", "+81 90-1111-2208")
	other.Graph.Set(func(g *apitest.Graph) { g.CountryErr = errors.New("down") })
	other.ChangePage(func(p *store.Page) { p.Zone = "Asia/Tokyo" })
	other.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_zone", "09011112208", time.Now())
	if got := other.suggested(); !slices.Equal(got, []string{"of Japan"}) {
		t.Errorf("suggested %q", got)
	}
}
