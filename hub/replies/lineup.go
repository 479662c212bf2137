package replies

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// What users write in a conversation is stored, sent and shown in the order of their key
// presses, by the number that each client assigns. What has left comes before what has not,
// whatever its number.

const (
	// linedUp is how many of a conversation's newest messages are checked for their place in
	// line.
	linedUp = 50
	// noteShift is how far a note may be moved to stay among the replies it was written
	// between: those wait for Meta, while a note tells when it was written.
	noteShift = time.Minute
	// step separates two messages that would have the same time.
	step = time.Microsecond
)

// Depart records that a reply is about to leave; nothing may leave before it any more. A reply
// that was overtaken, because it failed and is sent again, goes to the end.
func Depart(c *txn.Conversation, r *store.Reply) {
	if compareInLine(r.Number, r.AcceptedSeq, c.Posted.Number, c.Posted.Seq) < 0 {
		r.Number = c.Posted.Number + 1
	}
	c.Posted = store.LinePlace{Number: r.Number, Seq: r.AcceptedSeq}
	c.Changed = true
}

func compareInLine(number, seq, otherNumber, otherSeq int64) int {
	return cmp.Or(cmp.Compare(number, otherNumber), cmp.Compare(seq, otherSeq))
}

// Unsettled returns a conversation's replies that still wait for something, in line.
func (b *Tx) Unsettled(id model.ConversationID) ([]store.Reply, error) {
	open, err := b.Store.UnsettledReplies(id)
	slices.SortStableFunc(open, func(x, y store.Reply) int {
		return compareInLine(x.Number, x.AcceptedSeq, y.Number, y.AcceptedSeq)
	})
	return open, err
}

// LineUp puts what users wrote in a conversation into the order in which it is shown: a reply
// stands at Meta's time once that is known, and those without it make room.
func (b *Tx) LineUp(c *txn.Conversation) error {
	line, err := b.written(c)
	if err != nil {
		return err
	}
	for _, i := range PutInLine(line) {
		if err := b.Put(c, &line[i]); err != nil {
			return err
		}
	}
	return nil
}

// written returns the newest messages of a conversation that users wrote, in line.
func (b *Tx) written(c *txn.Conversation) ([]store.Message, error) {
	all, _, err := b.Store.Messages(c.ID, "", linedUp, store.Viewer{})
	if err != nil {
		return nil, err
	}
	held := make(map[model.MessageID]bool, len(all))
	for i := range all {
		held[all[i].ID] = true
	}
	open, err := b.Store.UnsettledReplies(c.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range open { // including those that have waited for long
		if held[r.MessageID] {
			continue
		}
		m, err := b.Store.Message(r.MessageID)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	line := slices.DeleteFunc(all, func(m store.Message) bool { return m.Number == 0 || m.State == model.Scheduled })
	slices.SortStableFunc(line, func(x, y store.Message) int {
		return compareInLine(x.Number, x.FirstSeq, y.Number, y.FirstSeq)
	})
	return line, nil
}

// PutInLine moves messages, given in line order, to times that show them so. Those that Meta
// timed stay, the others move as little as possible. It returns the indexes of those moved.
func PutInLine(line []store.Message) []int {
	moved := make(map[int]bool)
	move := func(i int, to time.Time) bool {
		m := &line[i]
		if by := to.Sub(m.Order).Abs(); m.Direction == model.Note && by > noteShift {
			return false
		}
		m.Order, m.SentAt = to, to
		moved[i] = true
		return true
	}
	var floor time.Time // after everything before it
	for i := range line {
		m := &line[i]
		if m.MetaTime || m.Order.After(floor) || move(i, floor.Add(step)) {
			floor = Later(floor, m.Order)
		}
	}
	var ceiling time.Time // before everything after it that has left
	for i, m := range slices.Backward(line) {
		left := m.MetaTime || m.State.Arrived() || m.Direction == model.Note
		if !left {
			continue
		}
		if !m.MetaTime && !ceiling.IsZero() && !m.Order.Before(ceiling) && !move(i, ceiling.Add(-step)) {
			continue
		}
		if ceiling.IsZero() || line[i].Order.Before(ceiling) {
			ceiling = line[i].Order
		}
	}
	return slices.Sorted(maps.Keys(moved))
}
