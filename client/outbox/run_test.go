package outbox_test

import (
	"context"
	"testing"

	"parley/client/clienttest"
	"parley/client/outbox"
	"parley/model"
)

// TestWhatAnotherRunHandsIn is not left over while that run goes on, and is once it is over.
func TestWhatAnotherRunHandsIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, ends := context.WithCancel(t.Context())
	defer ends()
	c := clienttest.NewClient(t, &clienttest.Script{})
	first := outbox.New(ctx, c, dir)
	r := model.Reply{Conversation: "100_1", ClientID: outbox.NewClientID(), Text: "hello", Held: true}
	if err := first.Keep(r); err != nil {
		t.Fatal(err)
	}
	if left := outbox.New(t.Context(), c, dir).Unsent(); len(left) > 0 {
		t.Errorf("left over while it is handed in: %v", left)
	}
	if own := first.Unsent(); len(own) != 1 {
		t.Errorf("of its own run: %v", own)
	}
	ends()
	for len(outbox.New(t.Context(), c, dir).Unsent()) == 0 {
		if t.Context().Err() != nil {
			t.Fatal("it is never left over")
		}
	}
}
