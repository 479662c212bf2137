package transcripts

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/hub/company"
	"parley/hub/store"
	"parley/hub/transcript"
	"parley/hub/wake"
	"parley/hub/zone"
	"parley/model"
)

// turn writes what is due of one conversation's transcript. It reads everything at its
// beginning and checks again before it stores something.
type turn struct {
	ts     *Transcripts
	id     model.ConversationID
	sync   store.Sync
	active bool
	now    time.Time
	links  []store.Link
	plan   transcript.Conversation

	// as is the grant with which the CRM is called, nil for the company token; linkers are the
	// users whose grants may still be tried, refused is the access token that was refused.
	as      *model.CRMGrant
	linkers []model.UserID
	refused string
}

// laterError means that nothing can be written before that time.
type laterError struct{ until time.Time }

func (e *laterError) Error() string { return "to be written later" }

const (
	// messagesAtOnce is how many messages are read at a time.
	messagesAtOnce = 500
	// writesAtOnce is how many notes are written before another conversation's turn.
	writesAtOnce = 20
	// markerBytes is the length of a note's marker: 80 bits.
	markerBytes = 10
	// markerSlack is how much older than its attempt a note may look: clocks differ.
	markerSlack = 24 * time.Hour
)

func (ts *Transcripts) newTurn(ctx context.Context, id model.ConversationID) (*turn, error) {
	t := &turn{ts: ts, id: id, now: ts.now()}
	err := ts.store.Read(ctx, func(r store.Reader) (err error) {
		if t.sync, err = r.Sync(id); err != nil {
			return err
		}
		if t.active, err = syncActive(r, t.sync); err != nil || !t.active {
			return err
		}
		return t.read(r)
	})
	return t, err
}

// read reads what the transcript is composed of.
func (t *turn) read(r store.Reader) error {
	page, err := r.Page(t.id.Page())
	if err != nil {
		return err
	}
	c, err := r.Conversation(t.id)
	if err != nil {
		return err
	}
	if t.links, err = r.Links(t.id); err != nil {
		return err
	}
	zone := cmp.Or(page.Zone, zone.OfHub())
	t.plan = transcript.Conversation{
		Page: page.Name, Customer: c.Customer.Name, Zone: zone, Today: t.now.In(transcript.ZoneOf(zone)).Format(time.DateOnly),
	}
	for _, l := range t.links {
		t.plan.Links = append(t.plan.Links, l.Record)
	}
	byTime := slices.SortedFunc(slices.Values(t.links), func(a, b store.Link) int { return b.At.Compare(a.At) })
	for _, l := range byTime {
		if !slices.Contains(t.linkers, l.By) {
			t.linkers = append(t.linkers, l.By)
		}
	}
	if t.plan.Parts, err = r.Transcript(t.id); err != nil {
		return err
	}
	t.plan.Messages, err = includedMessages(r, t.id)
	return err
}

// includedMessages reads the messages that belong in a conversation's transcript, oldest first.
func includedMessages(r store.Reader, id model.ConversationID) ([]transcript.Message, error) {
	var out []transcript.Message
	for before := ""; ; {
		list, next, err := r.Messages(id, before, messagesAtOnce, store.Viewer{})
		if err != nil {
			return nil, err
		}
		for _, m := range slices.Backward(list) {
			if transcript.Includes(m.Message) {
				out = append(out, transcript.Message{Message: m.Message, Order: m.Order, FirstSeq: m.FirstSeq})
			}
		}
		if before = next; next == "" {
			slices.Reverse(out)
			return out, nil
		}
	}
}

// run writes parts until everything is written.
func (t *turn) run(ctx context.Context) error {
	if err := t.settle(ctx); err != nil {
		return err
	}
	for n := 0; ; {
		writes := t.plan.Plan()
		if len(writes) == 0 {
			return nil
		}
		for _, w := range writes {
			if n == writesAtOnce {
				return &laterError{t.ts.now()}
			}
			if n > 0 && !wake.Pause(ctx, t.ts.timing.Gap) {
				return ctx.Err()
			}
			n++
			ours, err := t.writePart(ctx, w)
			if err != nil {
				return err
			}
			if !ours {
				break // a human took it over: what was to be written there goes elsewhere
			}
		}
	}
}

// settle finds out what became of writes of unknown outcome, which got no answer or were cut
// off by a crash. It waits until what was sent can no longer arrive.
func (t *turn) settle(ctx context.Context) error {
	for _, p := range slices.Clone(t.plan.Parts) {
		if p.Attempt == nil {
			continue
		}
		if until := p.Attempt.At.Add(t.ts.timing.Call); t.ts.now().Before(until) {
			return &laterError{until}
		}
		note, err := t.readNote(ctx, p)
		switch {
		case errors.Is(err, model.ErrCRMNotFound) && p.Note == 0:
			p.Attempt = nil // it was not written
		case errors.Is(err, model.ErrCRMNotFound):
			p.Lost()
		case err != nil:
			return err
		default:
			t.applyNote(&p, note)
		}
		if err := t.storePart(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// readNote reads the note of a part. If its id is unknown, the note is searched for by its marker.
func (t *turn) readNote(ctx context.Context, p transcript.Part) (model.CRMNote, error) {
	if p.Note != 0 {
		return asked(ctx, t, func(ctx context.Context, as *model.CRMGrant) (model.CRMNote, error) {
			return t.ts.notes.Note(ctx, as, p.Note)
		})
	}
	for _, of := range p.Attempt.Records {
		list, err := asked(ctx, t, func(ctx context.Context, as *model.CRMGrant) ([]model.CRMNote, error) {
			return t.ts.notes.FindNotes(ctx, as, of, p.Attempt.At.Add(-markerSlack))
		})
		if err != nil && !errors.Is(err, model.ErrCRMNotFound) {
			return model.CRMNote{}, err
		}
		for _, n := range list {
			if strings.Contains(string(n.Content), p.Marker) {
				return n, nil
			}
		}
	}
	return model.CRMNote{}, fmt.Errorf("look for a note's marker: %w", model.ErrCRMNotFound)
}

// applyNote updates a part by what its note was found to hold.
func (t *turn) applyNote(p *transcript.Part, n model.CRMNote) {
	p.Note = n.ID
	p.Judge(string(n.Content), t.ts.now())
	if on := recordsOf(n); len(on) > 0 {
		p.Records = on
	}
}

// recordsOf returns the records that a note is attached to.
func recordsOf(n model.CRMNote) (on []model.RecordRef) {
	for _, r := range []model.RecordRef{{Type: model.Person, ID: n.Person}, {Type: model.Lead, ID: n.Lead}, {Type: model.Deal, ID: n.Deal}} {
		if r.ID != "" {
			on = append(on, r)
		}
	}
	return on
}

// writePart writes one part. It returns false if a human took over its note.
func (t *turn) writePart(ctx context.Context, w transcript.Write) (ours bool, err error) {
	p := w.Part
	if p.Marker == "" {
		b := make([]byte, markerBytes)
		_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
		p.Marker = hex.EncodeToString(b)
	}
	if p.Note != 0 {
		n, err := t.readNote(ctx, p)
		switch {
		case errors.Is(err, model.ErrCRMNotFound):
			p.Lost()
		case err != nil:
			return false, err
		default:
			t.applyNote(&p, n)
		}
		if p.Taken {
			return false, t.storePart(ctx, p)
		}
	}
	content := transcript.Content(p, w.Entries)
	p.Attempt = &transcript.Attempt{Hash: transcript.Hash(content), Entries: w.Entries, Records: w.Records, At: t.ts.now()}
	if err := t.attempt(ctx, p); err != nil {
		return false, err
	}
	n, err := t.send(ctx, p, content)
	return true, t.sent(ctx, p, n, err)
}

// send sends a note to the CRM.
func (t *turn) send(ctx context.Context, p transcript.Part, content string) (model.CRMNote, error) {
	n := model.CRMNote{ID: p.Note, Content: model.Untrusted(content)}
	for _, r := range p.Attempt.Records {
		switch r.Type {
		case model.Person:
			n.Person = r.ID
		case model.Lead:
			n.Lead = r.ID
		case model.Deal:
			n.Deal = r.ID
		}
	}
	if p.Note == 0 {
		return asked(ctx, t, func(ctx context.Context, as *model.CRMGrant) (model.CRMNote, error) {
			return t.ts.notes.CreateNote(ctx, as, n)
		})
	}
	var off []model.RecordType
	for _, r := range p.Records {
		if !slices.ContainsFunc(p.Attempt.Records, func(to model.RecordRef) bool { return to.Type == r.Type }) {
			off = append(off, r.Type)
		}
	}
	return asked(ctx, t, func(ctx context.Context, as *model.CRMGrant) (model.CRMNote, error) {
		return t.ts.notes.UpdateNote(ctx, as, n, off...)
	})
}

// sent stores the result of a write, even if the hub is stopping: the CRM has answered.
func (t *turn) sent(ctx context.Context, p transcript.Part, n model.CRMNote, err error) error {
	var limit *model.CRMLimit
	switch {
	case err == nil:
		p.Note = n.ID
		p.Finish(t.ts.now())
		p.Answered = transcript.Hash(string(n.Content))
		if on := recordsOf(n); len(on) > 0 {
			p.Records = on
		}
	case errors.Is(err, model.ErrCRMUnavailable) && !errors.As(err, &limit) || ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		return err // it may have been written
	default:
		p.Attempt = nil // it was refused
	}
	return errors.Join(err, t.storePart(context.WithoutCancel(ctx), p))
}

// attempt stores that a text is about to be written, unless that is no longer wanted.
func (t *turn) attempt(ctx context.Context, p transcript.Part) error {
	return t.put(ctx, p, func(tx store.PageTx) error {
		s, err := tx.Sync(t.id)
		if err != nil {
			return err
		}
		active, err := syncActive(tx, s)
		if err != nil {
			return err
		}
		links, err := tx.Links(t.id)
		if err == nil && (!active || !slices.EqualFunc(links, t.links, func(a, b store.Link) bool { return a.Record == b.Record })) {
			err = &laterError{t.ts.now()}
		}
		return err
	})
}

// storePart stores a part.
func (t *turn) storePart(ctx context.Context, p transcript.Part) error {
	return t.put(ctx, p, func(store.PageTx) error { return nil })
}

func (t *turn) put(ctx context.Context, p transcript.Part, check func(store.PageTx) error) error {
	err := t.ts.store.Write(ctx, t.id.Page(), func(tx store.PageTx) error {
		if err := check(tx); err != nil {
			return err
		}
		now, err := tx.TranscriptPart(t.id, p.Day, p.Number)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		p.Left = p.Left || now.Left // unlinked meanwhile
		return tx.PutTranscript(t.id, p)
	})
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(t.plan.Parts, p.Same); i >= 0 {
		t.plan.Parts[i] = p
	} else {
		t.plan.Parts = append(t.plan.Parts, p)
	}
	return nil
}

// asked calls the CRM with the company token, or with the grants of those who linked the
// conversation, the most recent first.
func asked[T any](ctx context.Context, t *turn, ask func(context.Context, *model.CRMGrant) (T, error)) (out T, err error) {
	for {
		if err := t.chooseGrant(ctx); err != nil {
			return out, err
		}
		call, cancel := context.WithTimeout(ctx, t.ts.timing.Call)
		out, err = ask(call, t.as)
		cancel()
		if t.as == nil || !errors.Is(err, model.ErrCRMRefused) {
			return out, company.TokenError(err)
		}
		if t.refused != "" { // with a new token, too
			t.linkers, t.refused = t.linkers[1:], ""
		} else {
			t.refused = t.as.Access
		}
		t.as = nil
	}
}

// chooseGrant sets the grant with which the CRM is called.
func (t *turn) chooseGrant(ctx context.Context) error {
	if t.ts.company.KnowsCompany() || t.as != nil {
		return nil
	}
	for len(t.linkers) > 0 {
		g, err := t.ts.company.GrantOf(ctx, t.linkers[0], t.refused)
		if err == nil {
			t.as = &g
			return nil
		}
		if !errors.Is(err, company.ErrNoGrant) {
			return err
		}
		t.linkers, t.refused = t.linkers[1:], ""
	}
	return model.Refuse(model.LinkerGone)
}
