package hubtest

import (
	"errors"
	"slices"

	"parley/hub/accounts"
	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
)

// Must expects no error.
func (w *World) Must(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("unexpected error: %v", err)
	}
}

// WantRefused expects a refusal with that code.
func (w *World) WantRefused(err error, want model.Code) {
	w.Helper()
	var r *model.Refusal
	if !errors.As(err, &r) || r.Code != want {
		w.Fatalf("got %v, want the refusal %q", err, want)
	}
}

// WantHidden expects that there is no such thing.
func (w *World) WantHidden(err error) {
	w.Helper()
	if !errors.Is(err, store.ErrNotFound) {
		w.Fatalf("got %v, want not found", err)
	}
}

// WantNoSignIn expects that a login code lets nobody in.
func (w *World) WantNoSignIn(code string) {
	w.Helper()
	token, u, err := w.Hub.Login(w.Ctx, code)
	if !errors.Is(err, accounts.ErrSignIn) || token != "" || u.ID != "" {
		w.Fatalf("code let %q in: %v", u.Name, err)
	}
}

// WantVerdict expects what a reply to a customer by Ann would get now; "" where it is allowed.
func (w *World) WantVerdict(customer model.PSID, want model.Code) {
	w.Helper()
	if got := w.Verdict(customer); got != want {
		w.Fatalf("verdict %q, want %q", got, want)
	}
}

// WantState expects a state, of the message and of the reply alike.
func (w *World) WantState(id model.MessageID, want model.State) store.Message {
	w.Helper()
	m := w.Message(id)
	if m.State != want {
		w.Fatalf("state %q (error %+v), want %q", m.State, m.Error, want)
	}
	if r := w.ReplyRow(id); r.State != want || r.Attempt != m.Attempt {
		w.Fatalf("the reply is %q, attempt %d; its message %q, attempt %d", r.State, r.Attempt, m.State, m.Attempt)
	}
	return m
}

// WantError expects a state with a reason.
func (w *World) WantError(id model.MessageID, state model.State, code model.Code) store.Message {
	w.Helper()
	m := w.WantState(id, state)
	if m.Error == nil || m.Error.Code != code {
		w.Fatalf("%s because of %+v, want %q", state, m.Error, code)
	}
	return m
}

// WantSent expects how often Meta was asked to send, by all replies together.
func (w *World) WantSent(n int) {
	w.Helper()
	if got := len(w.Graph.Sent()); got != n {
		w.Fatalf("Send was asked %d times, want %d", got, n)
	}
}

// WantActions expects which sender actions a customer was shown, in order.
func (w *World) WantActions(customer model.PSID, want ...model.ActionKind) {
	w.Helper()
	if got := w.Actions(customer); !slices.Equal(got, want) {
		w.Fatalf("the customer was shown %v, want %v", got, want)
	}
}

// WantNoGaps expects the Page's log to hold each seq once, from 1.
func (w *World) WantNoGaps() {
	w.Helper()
	rows := w.Changes(0)
	for i, row := range rows {
		if row.Seq != int64(i+1) {
			w.Fatalf("row %d of the log has seq %d", i, row.Seq)
		}
	}
	if int64(len(rows)) != w.Head() {
		w.Fatalf("head %d, %d rows", w.Head(), len(rows))
	}
}

// WantGone expects that nothing of a customer is left, but what the audit log tells; no
// search for any of those words finds it.
func (w *World) WantGone(customer model.PSID, words ...string) {
	w.Helper()
	id := ConversationWith(customer)
	_, err := w.Hub.Conversation(w.Ctx, w.Ann, id)
	w.WantHidden(err)
	_, _, _, err = w.Hub.Messages(w.Ctx, w.Ann, id, "", 10)
	w.WantHidden(err)
	for _, word := range words {
		l, err := w.Hub.Conversations(w.Ctx, w.Ann, view.ListQuery{Filter: store.FilterAll, Search: word, Limit: 10})
		w.Must(err)
		for _, c := range l.Conversations {
			if c.ID == id {
				w.Fatalf("%q still finds it", word)
			}
		}
	}
	w.Read(func(r store.Reader) error {
		held, err := r.HeldUpTo(id)
		if !held.IsZero() {
			w.Fatalf("something of %s is still held", held)
		}
		return err
	})
}
