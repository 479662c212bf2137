package inbox_test

import (
	"strings"
	"testing"
	"time"

	"parley/model"
	"parley/ui/uitest"
)

// TestTheRowOfWhoWaits shows what the customer said, not a note that came after it; and a
// reply that asks, whatever came after that.
func TestTheRowOfWhoWaits(t *testing.T) {
	t.Parallel()
	list := uitest.Some(3)
	at := list[0].LastMessage.SentAt
	list[0].LastSaid, list[0].Waits, list[0].WaitsSince = list[0].LastMessage, model.WaitsCustomer, &at
	list[0].LastMessage = &model.Summary{
		ID: "100_note", Direction: model.Note, Author: model.Author{Kind: model.ByUser, ID: string(uitest.Me), Name: "Aoi"}, Text: "who knows?", SentAt: uitest.Noon,
	}
	list[1].Waits, list[1].WaitsSince = model.WaitsReply, &at
	list[1].LastMessage = &model.Summary{
		ID: "100_later", Direction: model.Out, Author: model.Author{Kind: model.ByUser, ID: string(uitest.Me), Name: "Aoi"}, Text: "later", SentAt: uitest.Noon, State: model.Queued,
	}
	w := uitest.NewWorld(t, list)
	w.Hides("who knows?")
	if row := w.Lines()[3]; !strings.Contains(row, "question 0") || strings.Contains(row, "You") {
		t.Errorf("the first row says %q", row)
	}
	if row := w.Lines()[4] + w.Lines()[5]; !strings.Contains(row, "You: later") || !strings.HasPrefix(row, " ! Customer 1") || strings.Contains(row, w.Look.Theme.Waiting) {
		t.Errorf("the second row says %q", row)
	}
}

// TestNextIsWhoWaits: behind a note, too; a reply that asks wherever it is, though the
// customer can't be answered any more; nobody who was answered.
func TestNextIsWhoWaits(t *testing.T) {
	t.Parallel()
	since := func(minutes int) *time.Time { at := uitest.Noon.Add(-time.Duration(minutes) * time.Minute); return &at }
	list := uitest.Some(6)
	for i, who := range []model.Waiting{model.WaitsCustomer, model.WaitsNobody, model.WaitsReply, model.WaitsReply, model.WaitsCustomer, model.WaitsCustomer} {
		list[i].Waits = who
		if who != model.WaitsNobody {
			list[i].WaitsSince = since(60 - i)
		}
		list[i].LastMessage.Direction = model.Note
	}
	list[2].Status = model.Done
	closed := uitest.Noon.Add(-time.Hour)
	list[3].WindowUntil, list[4].WindowUntil = &closed, &closed
	w := uitest.NewWorld(t, list)
	for _, want := range []string{"Customer 0", "Customer 2", "Customer 3", "Customer 5", "Customer 0"} {
		w.Keys("N")
		if r, _ := w.Current(); string(r.Customer.Name) != want {
			t.Fatalf("next is %s, want %s", r.ID, want)
		}
	}
	w = uitest.NewWorld(t, list[1:2])
	w.Keys("N")
	w.Shows("No customer waits for an answer.")
}
