package transcript

import (
	"cmp"
	"slices"
	"time"

	"parley/model"
)

// Conversation is the input of a plan.
type Conversation struct {
	// Messages are all of its messages, oldest first.
	Messages []Message
	// Parts are what was written. None may have an attempt of unknown outcome.
	Parts []Part
	// Links are the linked records: at most a person, and a lead or a deal.
	Links    []model.RecordRef
	Page     model.Untrusted
	Customer model.Untrusted
	// Zone is a time zone as in [model.LoadZone]; Today is the current day there.
	Zone  string
	Today string
}

// Write is a part to be written.
type Write struct {
	// Part is the part as it is; one without a Marker is new.
	Part    Part
	Entries []Entry
	Records []model.RecordRef
}

// draft is a part in the making.
type draft struct {
	part    Part
	entries []Entry
	size    int
}

// planner is a plan in the making.
type planner struct {
	c     Conversation
	zone  *time.Location
	open  []*draft // by day and number
	byDay map[string][]*draft
	// numbers is the highest number of each day, including closed parts.
	numbers map[string]int
	taken   map[string]bool
	// covered are the newest lines in closed parts, at is where messages are in open ones. Both
	// are keyed by both ids of a message: a reply's echo may have come first.
	covered map[string]model.TranscriptLine
	at      map[string]*draft
	was     map[string]Entry
}

// Plan returns what to write, in order, so that each message is in one note in its current
// form. It is empty if there is nothing to write, or no link.
func (c Conversation) Plan() []Write {
	if len(c.Links) == 0 {
		return nil
	}
	p := &planner{
		c: c, zone: ZoneOf(c.Zone), byDay: map[string][]*draft{}, numbers: map[string]int{}, taken: map[string]bool{},
		covered: map[string]model.TranscriptLine{}, at: map[string]*draft{}, was: map[string]Entry{},
	}
	p.sort()
	p.place()
	p.spill()
	return p.writes()
}

func keys(e Entry) []string {
	if e.MID == "" {
		return []string{string(e.ID)}
	}
	return []string{string(e.ID), "mid " + string(e.MID)}
}

// sort separates open parts from closed ones.
func (p *planner) sort() {
	parts := slices.Clone(p.c.Parts)
	slices.SortFunc(parts, func(a, b Part) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Number, b.Number))
	})
	slices.SortStableFunc(parts, func(a, b Part) int { return a.At.Compare(b.At) })
	for _, part := range parts {
		p.numbers[part.Day] = max(p.numbers[part.Day], part.Number)
		if part.closed(p.c.Links) {
			p.cover(part)
			continue
		}
		d := &draft{part: part, size: len(heading(part))}
		p.begin(d)
		for _, e := range part.Entries {
			for _, key := range keys(e) {
				if p.at[key] == nil {
					p.at[key], p.was[key] = d, e
				}
			}
		}
	}
}

// cover records what a closed part contains, if it is attached to a linked record. On another
// record, it counts as not written.
func (p *planner) cover(part Part) {
	if !slices.ContainsFunc(part.Records, func(r model.RecordRef) bool { return slices.Contains(p.c.Links, r) }) {
		return
	}
	p.taken[part.Day] = p.taken[part.Day] || part.Taken
	for _, e := range part.Entries {
		for _, key := range keys(e) {
			p.covered[key] = e.Line
		}
	}
}

func (p *planner) begin(d *draft) {
	p.open = append(p.open, d)
	p.byDay[d.part.Day] = append(p.byDay[d.part.Day], d)
	slices.SortFunc(p.byDay[d.part.Day], func(a, b *draft) int { return cmp.Compare(a.part.Number, b.part.Number) })
}

// closed reports whether a part must not be written again: a human changed it, or it is
// attached to a kind of record of which none is linked any more.
func (p Part) closed(links []model.RecordRef) bool {
	if p.Taken || p.Left {
		return true
	}
	for _, r := range p.Records {
		if !slices.ContainsFunc(links, func(l model.RecordRef) bool { return slot(l) == slot(r) }) {
			return true
		}
	}
	return false
}

// slot distinguishes a person from other linked records.
func slot(r model.RecordRef) bool { return r.Type == model.Person }

// place assigns each message to a part: those that are in one first, so that there is room for
// them.
func (p *planner) place() {
	var rest []Entry
	for _, m := range p.c.Messages {
		e, ok := entryOf(m, p.c.Page, p.c.Customer)
		if !ok {
			continue
		}
		d, was := p.standing(e)
		if d == nil {
			if line, is := p.covering(e); !is || !same(line, e.Line) {
				rest = append(rest, e)
			}
			continue
		}
		if same(was.Line, e.Line) {
			e.Line = was.Line
		} else if was.Line.Author != "" {
			e.Line.Author = was.Line.Author
		}
		p.add(d, e)
	}
	for _, e := range rest {
		day := dayOf(e.Line.At, p.zone)
		if p.taken[day] {
			day = p.c.Today
		}
		p.add(p.room(day, e), e)
	}
}

func (p *planner) standing(e Entry) (*draft, Entry) {
	for _, key := range keys(e) {
		if d := p.at[key]; d != nil {
			return d, p.was[key]
		}
	}
	return nil, Entry{}
}

func (p *planner) covering(e Entry) (model.TranscriptLine, bool) {
	for _, key := range keys(e) {
		if l, is := p.covered[key]; is {
			return l, true
		}
	}
	return model.TranscriptLine{}, false
}

func (p *planner) add(d *draft, e Entry) {
	e.Line.Day = ""
	if own := dayOf(e.Line.At, ZoneOf(d.part.Zone)); own != d.part.Day {
		e.Line.Day = own
	}
	d.entries = append(d.entries, e)
	d.size += size(e.Line, d.part.Day, ZoneOf(d.part.Zone))
}

// room returns the part of a day for a new message: the last one that begins before it, or one
// after that, as far as there is room; otherwise a new one.
func (p *planner) room(day string, e Entry) *draft {
	list := p.byDay[day]
	from := 0
	for i, d := range list {
		if len(d.entries) > 0 && before(d.entries[0], e) {
			from = i
		}
	}
	need := size(e.Line, day, p.zone)
	for _, d := range list[from:] {
		if d.size+need <= fill {
			return d
		}
	}
	return p.next(day)
}

// next begins a new part of a day.
func (p *planner) next(day string) *draft {
	p.numbers[day]++
	d := &draft{part: Part{Day: day, Number: p.numbers[day], Zone: p.c.Zone, Page: p.c.Page.Valid(), Customer: p.c.Customer.Valid()}}
	d.size = len(heading(d.part)) + markerRoom
	p.begin(d)
	return d
}

// markerRoom is for the marker that a new part does not have yet.
const markerRoom = 64

func before(a, b Entry) bool {
	return a.Order.Before(b.Order) || a.Order.Equal(b.Order) && a.Seq < b.Seq
}

// spill moves messages that no longer fit after edits to the next part that has room.
func (p *planner) spill() {
	for i := 0; i < len(p.open); i++ { // it may grow
		d := p.open[i]
		d.sort()
		for d.size > most && len(d.entries) > 1 {
			last := d.entries[len(d.entries)-1]
			d.entries = d.entries[:len(d.entries)-1]
			d.size -= size(last.Line, d.part.Day, ZoneOf(d.part.Zone))
			to := p.after(d, last)
			p.add(to, last)
			to.sort()
		}
	}
}

func (d *draft) sort() {
	slices.SortStableFunc(d.entries, func(a, b Entry) int { return cmp.Or(a.Order.Compare(b.Order), cmp.Compare(a.Seq, b.Seq)) })
}

func (p *planner) after(d *draft, e Entry) *draft {
	for _, to := range p.byDay[d.part.Day] {
		if to.part.Number > d.part.Number && to.size+size(e.Line, to.part.Day, p.zone) <= fill {
			return to
		}
	}
	return p.next(d.part.Day)
}

// writes returns the parts that differ from the CRM, oldest day first.
func (p *planner) writes() []Write {
	var out []Write
	for _, d := range p.open {
		if len(d.entries) == 0 && d.part.Note == 0 {
			continue
		}
		if d.part.Note != 0 && sameSet(d.part.Records, p.c.Links) && slices.EqualFunc(d.part.Entries, d.entries, sameEntry) {
			continue
		}
		out = append(out, Write{Part: d.part, Entries: d.entries, Records: slices.Clone(p.c.Links)})
	}
	slices.SortStableFunc(out, func(a, b Write) int {
		return cmp.Or(cmp.Compare(a.Part.Day, b.Part.Day), cmp.Compare(a.Part.Number, b.Part.Number))
	})
	return out
}

func sameEntry(a, b Entry) bool {
	return a.ID == b.ID && same(a.Line, b.Line) && a.Line.Author == b.Line.Author && a.Line.Day == b.Line.Day
}

func sameSet(a, b []model.RecordRef) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(r model.RecordRef) bool { return !slices.Contains(b, r) })
}
