package pipedrive

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"parley/model"
)

const leadID = "adf21080-0e10-11eb-879b-05d71fb426ec"

func TestWhatIsTakenOfAPerson(t *testing.T) {
	t.Parallel()
	w, ok := readPerson(json.RawMessage(`{"id":7,"name":"花子\u001b[31m","owner_id":3,"org_id":9,"emails":[{"value":"b@x","primary":false},{"value":"a@x","primary":true},{"value":" "}],
		"phones":null,"add_time":"2026-01-02T03:04:05Z","custom_fields":{"x":1}}`))
	want := model.Record{
		RecordRef: model.RecordRef{Type: model.Person, ID: "7"}, Title: "花子\x1b[31m", Emails: []model.Untrusted{"a@x", "b@x"}, OwnerID: 3, OrganizationID: 9,
	}
	if !ok || !reflect.DeepEqual(w.Record, want) || !w.added.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) {
		t.Errorf("%+v, %v", w.Record, w.added)
	}
	long, ok := readPerson(json.RawMessage(`{"id":7,"name":"` + strings.Repeat("あ", 3000) + `"}`))
	if !ok || utf8.RuneCountInString(string(long.Title)) != maxText {
		t.Errorf("a long name: %d characters", utf8.RuneCountInString(string(long.Title)))
	}
}

func TestWhatIsNoRecord(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		`null`, `[]`, `{}`, `"x"`, `{"id":0}`, `{"id":-1}`, `{"id":"1"}`, `{"id":1.5}`, `{"id":1,"is_deleted":true}`, `{"id":99999999999999999999}`,
	} {
		if w, ok := readPerson(json.RawMessage(bad)); ok {
			t.Errorf("person %s: %s", bad, w.RecordRef)
		}
		if w, ok := readDeal(json.RawMessage(bad)); ok {
			t.Errorf("deal %s: %s", bad, w.RecordRef)
		}
		if n, ok := readNote(json.RawMessage(bad)); ok && bad != `{"id":1,"is_deleted":true}` {
			t.Errorf("note %s: %d", bad, n.ID)
		}
	}
	for _, bad := range []string{`{"id":1}`, `{"id":"1"}`, `{"id":"../../users/me"}`, `{"id":"` + leadID + `/x"}`, `{"id":null}`} {
		if w, ok := readLead(json.RawMessage(bad)); ok {
			t.Errorf("lead %s: %s", bad, w.RecordRef)
		}
	}
}

func TestWhatIsTakenOfADeal(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]model.Record{
		`{"id":1,"value":12.5,"currency":"JPY","status":"won","expected_close_date":"2026-12-31"}`: {
			Value: &model.Money{Amount: 12.5, Currency: "JPY"}, Status: model.DealWon, ExpectedClose: "2026-12-31",
		},
		`{"id":1,"value":null,"currency":"JPY","status":"deleted","expected_close_date":"31.12."}`: {},
		`{"id":1,"value":1,"currency":"\u001b[2","status":"open"}`:                                 {Status: model.DealOpen},
		`{"id":1,"value":1,"currency":"jpy","owner_id":-4}`:                                        {},
	} {
		want.RecordRef = model.RecordRef{Type: model.Deal, ID: "1"}
		if w, ok := readDeal(json.RawMessage(body)); !ok || !reflect.DeepEqual(w.Record, want) {
			t.Errorf("%s: %v", body, ok)
		}
	}
}

// A search tells of records of the kinds that were asked for, and of nothing else.
func TestWhatIsTakenOfASearch(t *testing.T) {
	t.Parallel()
	body := `{"items":[
		{"item":{"id":42,"type":"deal","title":"D","value":5,"currency":"USD","status":"open","owner":{"id":69},"stage":{"id":3,"name":"Demo"},"person":{"id":6,"name":"P"},"organization":{"id":9,"name":"O"}}},
		{"item":{"id":6,"type":"person","name":"P","phones":["1"],"emails":[],"owner":null,"organization":null}},
		{"item":{"id":"` + leadID + `","type":"lead","title":"L","value":null}},
		{"item":{"id":43,"type":"deal","title":"old","is_archived":true}},
		{"item":{"id":4,"type":"mail_attachment","name":"x"}},{"item":{"id":"6","type":"lead"}},{"item":null},null,7]}`
	all, ok := readFound(json.RawMessage(body), model.RecordTypes())
	if !ok || len(all) != 3 {
		t.Fatalf("%d records, %t", len(all), ok)
	}
	d := all[0]
	if d.ID != "42" || d.Stage.Name != "Demo" || d.Person.ID != "6" || d.PersonName != "P" || d.Organization != "O" || d.OwnerID != 69 || d.Value.Amount != 5 {
		t.Errorf("deal %s", d.RecordRef)
	}
	if all[1].Title != "P" || all[1].Person != nil || all[2].ID != leadID {
		t.Errorf("then %s, %s", all[1].RecordRef, all[2].RecordRef)
	}
	if leads, _ := readFound(json.RawMessage(body), []model.RecordType{model.Lead}); len(leads) != 1 {
		t.Errorf("%d leads", len(leads))
	}
	for _, bad := range []string{`null`, `{}`, `[]`, `{"items":{}}`} {
		if _, ok := readFound(json.RawMessage(bad), model.RecordTypes()); ok {
			t.Errorf("%s is taken", bad)
		}
	}
}

// Who may see a record is read whole or not at all.
func TestWhoMaySeeIsNotGuessed(t *testing.T) {
	t.Parallel()
	if ids, ok := readIDs(json.RawMessage(`[101, 102.0]`)); !ok || !reflect.DeepEqual(ids, []int64{101, 102}) {
		t.Errorf("%v %t", ids, ok)
	}
	if ids, ok := readIDs(json.RawMessage(`[]`)); !ok || len(ids) != 0 {
		t.Errorf("nobody: %v %t", ids, ok)
	}
	for _, bad := range []string{`null`, `{}`, `["101"]`, `[101,null]`, `[1.5]`, `[-1]`, `[0]`, `[1e300]`, `{"101":{}}`} {
		if ids, ok := readIDs(json.RawMessage(bad)); ok {
			t.Errorf("%s: %v", bad, ids)
		}
	}
}

// The newest ten are shown, whatever order they came in.
func TestTheNewestAreShown(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	var list []whole
	for _, i := range []int{3, 11, 0, 7, 1, 9, 10, 2, 8, 4, 6, 5} {
		list = append(list, whole{Record: model.Record{OwnerID: int64(i)}, added: begun.Add(time.Duration(i) * time.Hour)})
	}
	got := newest(list, func(w *whole) { w.URL = "x" })
	if len(got) != mostOpen {
		t.Fatalf("%d are shown", len(got))
	}
	for i, r := range got {
		if r.OwnerID != int64(11-i) || r.URL != "x" {
			t.Errorf("%d: the one of hour %d", i, r.OwnerID)
		}
	}
	if got := newest(nil, func(*whole) {}); len(got) != 0 {
		t.Errorf("of none: %d", len(got))
	}
}

func TestWhatIsTakenOfANote(t *testing.T) {
	t.Parallel()
	n, ok := readNote(json.RawMessage(`{"id":1,"active_flag":true,"add_time":"2019-12-09 13:59:21","content":"<p>x</p>","lead_id":"` + strings.ToUpper(leadID) + `","deal_id":2,"person_id":null,
		"update_time":null,"user_id":5,"last_update_user_id":null}`))
	at := time.Date(2019, 12, 9, 13, 59, 21, 0, time.UTC)
	if want := (model.CRMNote{ID: 1, Content: "<p>x</p>", Deal: "2", Lead: leadID, AddedAt: at, UpdatedAt: at, LastUser: 5}); !ok || n != want {
		t.Errorf("%d %t", n.ID, ok)
	}
	if _, ok := readNote(json.RawMessage(`{"id":1,"active_flag":false,"content":"x"}`)); ok {
		t.Error("a deleted note is taken")
	}
}

func TestHowAConversionEnds(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct {
		over bool
		err  error
	}{
		`{"status":"not_started"}`:             {false, nil},
		`{"status":"running","deal_id":1}`:     {false, nil},
		`{"status":"completed","deal_id":33}`:  {true, nil},
		`{"status":"completed"}`:               {true, model.ErrCRMUnavailable},
		`{"status":"failed"}`:                  {true, model.ErrCRMInvalid},
		`{"status":"rejected"}`:                {true, model.ErrCRMInvalid},
		`{"status":"something","deal_id":"x"}`: {true, model.ErrCRMUnavailable},
		`null`:                                 {true, model.ErrCRMUnavailable},
	} {
		deal, over, err := readConversion(json.RawMessage(body))
		if over != want.over || !errorsIs(err, want.err) || want == (struct {
			over bool
			err  error
		}{true, nil}) && deal.ID != "33" {
			t.Errorf("%s: %s %t %v", body, deal, over, err)
		}
	}
}

// Whatever Pipedrive answers about records is read or refused: what is taken has an id of
// its kind, amounts that are numbers, and times, days and states that are some.
func FuzzRecords(f *testing.F) {
	for _, s := range []string{
		`{"success":true,"data":{"id":7,"name":"花子","emails":[{"value":"a@x","primary":true}],"owner_id":3}}`,
		`{"success":true,"data":{"id":"` + leadID + `","title":"L","value":{"amount":5,"currency":"JPY"}}}`,
		`{"success":true,"data":{"items":[{"item":{"id":42,"type":"deal","title":"D","value":1e308,"currency":"USD","stage":{"id":3}}}]},"additional_data":{"next_cursor":"x"}}`,
		`{"success":true,"data":[{"id":1,"content":"<p>","update_time":"2019-12-09 13:59:21"}],"additional_data":{"pagination":{"more_items_in_collection":true,"next_start":1}}}`,
		`{"success":true,"data":[101,102]}`, `{"success":true,"data":{"status":"completed","deal_id":33}}`, `{"success":true,"data":{"field_name":"PSID","field_code":"x","is_custom_field":true}}`,
		`{"success":true,"data":null,"additional_data":7}`, `<!DOCTYPE html>`, "\xff",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := readEnvelope(body, false)
		if err != nil {
			return
		}
		var all []whole
		for _, read := range []func(json.RawMessage) (whole, bool){readPerson, readDeal, readLead} {
			if w, ok := read(a.data); ok {
				all = append(all, w)
			}
			list, _ := readAll(a.data, read)
			all = append(all, list...)
		}
		found, _ := readFound(a.data, model.RecordTypes())
		for _, r := range found {
			all = append(all, whole{Record: r})
		}
		for _, w := range all {
			fitRecord(t, w.Record)
		}
		ids, _ := readIDs(a.data)
		for _, id := range ids {
			if id <= 0 {
				t.Errorf("user %d", id)
			}
		}
		if n, ok := readNote(a.data); ok && n.ID <= 0 {
			t.Errorf("note %d", n.ID)
		}
		if deal, over, err := readConversion(a.data); over && err == nil {
			fitRecord(t, model.Record{RecordRef: deal})
		}
		if code, ok := readField(a.data, "PSID"); ok && !isCode(code) {
			t.Errorf("code %q", code)
		}
		names, order := map[int64]model.Untrusted{}, map[int64]int{}
		_ = readPipelines(a.data, names, order)
		_, _ = readStages(a.data, names)
		_, _ = readPeople(a.data)
	})
}

func fitRecord(t *testing.T, r model.Record) {
	t.Helper()
	if back, err := model.ParseRecordRef(r.RecordRef.String()); err != nil || back != r.RecordRef {
		t.Errorf("taken: %s", r.RecordRef)
	}
	if r.Value != nil && (math.IsNaN(r.Value.Amount) || math.IsInf(r.Value.Amount, 0) || len(r.Value.Currency) != 3) {
		t.Errorf("amount %v", *r.Value)
	}
	if r.ExpectedClose != "" && day(r.ExpectedClose) == "" || r.Status != "" && status(string(r.Status)) == "" || r.OwnerID < 0 {
		t.Errorf("%s: %s %s %d", r.RecordRef, r.ExpectedClose, r.Status, r.OwnerID)
	}
	if n := utf8.RuneCountInString(string(r.Title)); n > maxText || !utf8.ValidString(string(r.Title)) || len(r.Emails) > maxContacts || len(r.Phones) > maxContacts {
		t.Errorf("%s: %d characters, %d addresses", r.RecordRef, n, len(r.Emails))
	}
}
