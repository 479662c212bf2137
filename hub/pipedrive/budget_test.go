package pipedrive_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"parley/model"
)

func isErr(err, want error) bool { return errors.Is(err, want) }

// A client that searches as fast as it can keeps to ten in two seconds, and is never told
// that it asked too much.
func TestSearchesKeepToTheirBudget(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	as := w.grant(rep)
	begun := time.Now()
	for range 12 {
		if _, err := w.Search(t.Context(), as, "見積", nil, 5); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begun); took < 2*time.Second {
		t.Errorf("twelve searches took %s", took)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	before := w.wire.made("GET /api/v2/itemSearch")
	for range 10 { // whatever turns are left
		_, _ = w.Search(t.Context(), as, "見積", nil, 5)
	}
	if n := w.wire.made("GET /api/v2/itemSearch") - before; n > 10 {
		t.Errorf("%d", n)
	}
	// Nobody waits longer than they want to, nor at all where Pipedrive said until when.
	_, err := w.Search(ctx, as, "見積", nil, 5)
	var limit *model.CRMLimit
	if !isErr(err, model.ErrCRMUnavailable) || !isErr(err, context.DeadlineExceeded) && !errors.As(err, &limit) {
		t.Errorf("given up: %v", err)
	}
}

// The day's budget is told as it goes; when it is used up nothing more is asked.
func TestTheDaysBudget(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if b := w.Budget(); b.DailyLeft != nil {
		t.Errorf("before any call: %d", *b.DailyLeft)
	}
	ken := w.one(nil, "Ken Sato", model.Person)
	b := w.Budget()
	if b.DailyLeft == nil || b.DailyLimit == nil || *b.DailyLeft >= *b.DailyLimit || b.At.IsZero() {
		t.Fatalf("told %+v", b)
	}
	w.control("POST", "/pipedrive", `{"daily_left": 3}`)
	_, err := w.Search(t.Context(), nil, "Ken", nil, 5)
	var limit *model.CRMLimit
	if !errors.As(err, &limit) || !limit.Daily || !limit.Until.After(time.Now()) || !isErr(err, model.ErrCRMUnavailable) {
		t.Fatalf("used up: %v", err)
	}
	if b := w.Budget(); *b.DailyLeft != 3 {
		t.Errorf("left: %d", *b.DailyLeft)
	}
	before := w.wire.made("")
	if _, err := w.Record(t.Context(), nil, ken.RecordRef); !errors.As(err, &limit) || !limit.Daily {
		t.Errorf("after: %v", err)
	}
	if n := w.wire.made(""); n != before {
		t.Errorf("%d calls went out all the same", n-before)
	}
}

// The wall's page is a budget, not a refusal; another token may go on.
func TestTheWall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	as := w.grant(rep)
	ken := w.one(as, "Ken Sato", model.Person)
	w.wire.faulty.Store(true)
	w.control("POST", "/pipedrive", `{"fault": "html_403"}`)
	_, err := w.Record(t.Context(), as, ken.RecordRef)
	var limit *model.CRMLimit
	if !errors.As(err, &limit) || limit.Daily || isErr(err, model.ErrCRMRefused) || isErr(err, model.ErrCRMForbidden) {
		t.Fatalf("the wall: %v", err)
	}
	w.control("POST", "/pipedrive", `{"fault": ""}`)
	if _, err := w.Record(t.Context(), as, ken.RecordRef); !errors.As(err, &limit) {
		t.Errorf("asked on: %v", err)
	}
	if _, err := w.Record(t.Context(), nil, ken.RecordRef); err != nil {
		t.Errorf("the company token: %v", err)
	}
}

// What is forbidden is told as such: the token is good.
func TestForbidden(t *testing.T) {
	t.Parallel()
	f := serve(t, says(403, `{"success":false,"error":"Deal limit reached","code":"feature_capping_deals_limit"}`))
	g := grant(f)
	if _, err := f.CreateDeal(t.Context(), &g, model.NewRecord{Title: "x"}); !isErr(err, model.ErrCRMForbidden) || isErr(err, model.ErrCRMUnavailable) {
		t.Errorf("got %v", err)
	}
	none, err := newAppOnly(f.url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := none.PermittedUsers(t.Context(), model.RecordRef{Type: model.Deal, ID: "1"}); !isErr(err, model.ErrCRMForbidden) {
		t.Errorf("without a company token: %v", err)
	}
}

// A write is never sent twice, and one whose answer is lost may have happened. One whose
// record can't be read whole has.
func TestALostAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ken := w.one(nil, "Ken Sato", model.Person)
	w.wire.faulty.Store(true)
	for _, kind := range []string{"act_and_cut", "act_and_500", "garbage"} {
		w.control("DELETE", "/faults", "")
		w.control("POST", "/faults", `{"on":"pipedrive","call":"POST /v1/notes","kind":"`+kind+`","count":1}`)
		if _, err := w.CreateNote(t.Context(), nil, model.CRMNote{Content: "x", Person: ken.ID}); !isErr(err, model.ErrCRMUnavailable) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if n := w.wire.made("POST /api/v1/notes"); n != 3 {
		t.Errorf("%d writes for three", n)
	}
	if list, err := w.FindNotes(t.Context(), nil, ken.RecordRef, time.Time{}); err != nil || len(list) != 3 {
		t.Errorf("%d notes, %v", len(list), err)
	}
	w.control("DELETE", "/faults", "")
	w.control("POST", "/faults", `{"on":"pipedrive","call":"GET /v2/stages","kind":"http_500"}`)
	r, err := w.CreateDeal(t.Context(), nil, model.NewRecord{Title: "x", PersonID: ken.ID})
	if err != nil || r.ID == "" || r.URL == "" {
		t.Errorf("a deal without its names: %v", err)
	}
}
