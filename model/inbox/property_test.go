package inbox_test

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parley/model"
	"parley/model/inbox"
	"parley/model/label"
	"parley/model/query"
)

var (
	filters = []inbox.Filter{
		inbox.FilterAll, inbox.FilterOpen, inbox.FilterMine, inbox.FilterUnassigned,
		inbox.FilterSnoozed, inbox.FilterDone, inbox.FilterBlocked, inbox.FilterWaiting, inbox.FilterMentioned,
	}
	sorts = []inbox.Sort{inbox.SortNewest, inbox.SortWaiting, inbox.SortClosing}
)

// TestInboxEqualsFreshSnapshot: whatever gets lost, comes twice, late or in between,
// a client at rest holds what a fresh one would, and shows it the same.
func TestInboxEqualsFreshSnapshot(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rapid.IntRange(1, 3).Draw(rt, "pages"))
		c := newWire(w)
		for _, id := range slices.Sorted(maps.Keys(w.pages)) {
			for i := range rapid.IntRange(0, 9).Draw(rt, "conversations") {
				w.message(w.pages[id], i, model.In, "hello")
			}
		}
		c.connect()
		rt.Repeat(actions(c))
		if !c.settle() {
			rt.Fatalf("does not come to rest: %s", c.state())
		}
		if len(c.errs) > 0 {
			rt.Fatalf("errors: %v", c.errs)
		}
		compareWithFresh(rt, c)
		compareThreads(rt, c)
	})
}

// actions is everything that may happen, and what must hold in between.
func actions(c *wire) map[string]func(*rapid.T) {
	w := c.w
	page := func(t *rapid.T) *worldPage {
		return w.pages[rapid.SampledFrom(slices.Sorted(maps.Keys(w.pages))).Draw(t, "page")]
	}
	list := map[string]func(*rapid.T){
		"message": func(t *rapid.T) {
			d := rapid.SampledFrom([]model.Direction{model.In, model.In, model.Out}).Draw(t, "direction")
			text := rapid.SampledFrom([]string{"ok", strings.Repeat("見積もりをお願いできますか？", 8), "🙂"}).Draw(t, "text")
			w.message(page(t), rapid.IntRange(0, 11).Draw(t, "customer"), d, text)
		},
		"triage":  func(t *rapid.T) { triage(t, w, page(t)) },
		"edit":    func(t *rapid.T) { edit(t, page(t)) },
		"remove":  func(t *rapid.T) { remove(t, page(t)) },
		"page":    func(t *rapid.T) { changePage(t, w, page(t)) },
		"notice":  func(t *rapid.T) { notice(w, page(t)) },
		"flip":    func(t *rapid.T) { c.flip(page(t).page.ID) },
		"replace": func(t *rapid.T) { c.replace(page(t).page.ID) },
		"time": func(t *rapid.T) {
			w.now = w.now.Add(time.Duration(rapid.IntRange(1, 600).Draw(t, "minutes")) * time.Minute)
			c.in.Advance(w.now)
		},
		"cut":     func(*rapid.T) { c.disconnect() },
		"restart": func(*rapid.T) { c.restart() },
		"view": func(t *rapid.T) {
			c.in.View(drawQuery(t, c)).Len()
		},
		"open": func(t *rapid.T) {
			if id, ok := drawConversation(t, page(t)); ok {
				c.open(id)
			}
		},
		"older": func(t *rapid.T) {
			if id, ok := drawConversation(t, page(t)); ok {
				c.older(id)
			}
		},
		"": func(t *rapid.T) { checkHeld(t, c) },
	}
	maps.Copy(list, wireActions(c))
	return list
}

// wireActions is what the connection does.
func wireActions(c *wire) map[string]func(*rapid.T) {
	deliver := func(*rapid.T) { c.deliver() }
	stream := func(t *rapid.T) { c.stream(int64(rapid.IntRange(1, 6).Draw(t, "step"))) }
	connect := func(*rapid.T) {
		if c.sent == nil {
			c.connect()
		}
	}
	return map[string]func(*rapid.T){
		"stream": stream, "stream 2": stream,
		"deliver": deliver, "deliver 2": deliver, "deliver 3": deliver,
		"connect": connect, "connect 2": connect,
		"heads":  func(*rapid.T) { c.heads() },
		"answer": func(*rapid.T) { c.answer() }, "answer 2": func(*rapid.T) { c.answer() },
		"lose": func(t *rapid.T) {
			if i, ok := drawBatch(t, c.frames); ok {
				c.frames = slices.Delete(c.frames, i, i+1)
			}
		},
		"twice": func(t *rapid.T) {
			if i, ok := drawBatch(t, c.frames); ok {
				c.frames = slices.Insert(c.frames, i, c.frames[i])
			}
		},
		"stale": func(t *rapid.T) {
			if i, ok := drawBatch(t, c.past); ok {
				c.take(c.past[i])
			}
		},
	}
}

func drawBatch(t *rapid.T, frames []any) (int, bool) {
	if len(frames) == 0 {
		return 0, false
	}
	i := rapid.IntRange(0, len(frames)-1).Draw(t, "frame")
	_, ok := frames[i].(model.Batch)
	return i, ok
}

func drawConversation(t *rapid.T, p *worldPage) (model.ConversationID, bool) {
	if len(p.convs) == 0 {
		return "", false
	}
	return rapid.SampledFrom(slices.Sorted(maps.Keys(p.convs))).Draw(t, "conversation"), true
}

func drawQuery(t *rapid.T, c *wire) inbox.Query {
	pages := append(slices.Sorted(maps.Keys(c.w.pages)), "", "")
	return inbox.Query{
		Filter: rapid.SampledFrom(filters).Draw(t, "filter"),
		Sort:   rapid.SampledFrom(sorts).Draw(t, "sort"),
		Page:   rapid.SampledFrom(pages).Draw(t, "of page"),
		Where:  rapid.SampledFrom(wheres).Draw(t, "where"),
	}
}

// wheres are terms of views.
var wheres = []string{
	"", "", "", "label:vip", "-label:vip is:open", "is:blocked", "-is:blocked is:unread", "@me", "-@ken", "@ken label:VIP", "page:renamed", "-page:renamed",
	"is:pinned", "is:waiting -is:snoozed", "is:", "words alone",
}

func triage(t *rapid.T, w *world, p *worldPage) {
	id, ok := drawConversation(t, p)
	if !ok {
		return
	}
	c := p.convs[id]
	later := w.now.Add(time.Duration(rapid.IntRange(-60, 600).Draw(t, "later")) * time.Minute)
	switch rapid.IntRange(0, 10).Draw(t, "triage") {
	case 0:
		c.Status, c.SnoozedUntil = model.Snoozed, &later
	case 1:
		c.Status, c.SnoozedUntil = model.Snoozed, nil
	case 2:
		c.Status = model.Done
	case 3:
		c.Status = model.Open
	case 4:
		c.Assignee = &model.UserRef{ID: me.ID, Name: "Mio"}
	case 5:
		c.Assignee = rapid.SampledFrom([]*model.UserRef{nil, {ID: "u2", Name: "Ken"}}).Draw(t, "assignee")
	case 6:
		c.Pinned = !c.Pinned
	case 7:
		c.Unread = 0
	case 8:
		c.OtherApp = !c.OtherApp
		c.OtherAppUntil = rapid.SampledFrom([]*time.Time{nil, &later}).Draw(t, "until")
	case 9:
		c.Unreachable = !c.Unreachable
		c.Labels = append(slices.Clone(c.Labels), mark(p.page.ID))
		c.Links = nil
		for _, ref := range worldRecords[:rapid.IntRange(0, len(worldRecords)).Draw(t, "links")] {
			c.Links = append(c.Links, model.Link{Type: string(ref.Type), ID: ref.ID, Title: "Office chairs"})
		}
	case 10:
		c.Labels = label.Toggled(c.Labels, "VIP")
	}
	p.touch(c)
}

func edit(t *rapid.T, p *worldPage) {
	if len(p.msgs) == 0 {
		return
	}
	m := p.msgs[rapid.SampledFrom(slices.Sorted(maps.Keys(p.msgs))).Draw(t, "message")]
	m.Text += "!"
	if rapid.Bool().Draw(t, "retime") {
		m.SentAt = m.SentAt.Add(-time.Duration(rapid.IntRange(0, 90).Draw(t, "earlier")) * time.Minute)
	}
	m.Seq = p.next(model.ChangeMessage, string(m.ID))
}

func remove(t *rapid.T, p *worldPage) {
	if id, ok := drawConversation(t, p); ok && rapid.Bool().Draw(t, "conversation") {
		p.removeConversation(id)
		return
	}
	if len(p.msgs) > 0 {
		p.removeMessage(rapid.SampledFrom(slices.Sorted(maps.Keys(p.msgs))).Draw(t, "message"))
	}
}

func changePage(t *rapid.T, w *world, p *worldPage) {
	later := w.now.Add(time.Duration(rapid.IntRange(-10, 90).Draw(t, "later")) * time.Minute)
	switch rapid.IntRange(0, 5).Draw(t, "change") {
	case 0:
		p.page.MessagesOff = !p.page.MessagesOff
	case 1:
		p.page.RateLimitedUntil = &later
	case 2:
		p.page.Restricted = &model.Restriction{Reason: model.Untrusted(mark(p.page.ID)), Since: w.now, RetryAt: &later}
	case 3:
		p.page.Restricted = nil
	case 4:
		p.page.TokenRefused = !p.page.TokenRefused
	case 5:
		p.page.Name = rapid.SampledFrom([]model.Untrusted{"", "renamed"}).Draw(t, "name")
	}
	p.page.Seq = p.next(model.ChangePage, string(p.page.ID))
}

func notice(w *world, p *worldPage) {
	w.made++
	n := &model.Notice{
		ID: fmt.Sprintf("n%06d", w.made), PageID: p.page.ID, Kind: model.NoticePolicyWarning,
		Reason: model.Untrusted(mark(p.page.ID)), CreatedAt: w.now,
	}
	p.notes[n.ID] = n
	n.Seq = p.next(model.ChangeNotice, n.ID)
}

// checkHeld: at any moment views and counts agree with what is held, and nothing is
// held of a Page that the client was told it may not see into.
func checkHeld(t *rapid.T, c *wire) {
	var all []model.Conversation
	for _, p := range c.in.Pages() {
		held := slices.Collect(c.in.Held(p.ID))
		if !p.Sees && len(held) > 0 {
			t.Fatalf("page %s is hidden and holds %d conversations", p.ID, len(held))
		}
		if !p.Sees && holds(reflect.ValueOf(c.in), mark(p.ID)) {
			t.Fatalf("something of page %s is held", p.ID)
		}
		all = append(all, held...)
	}
	checkView(t, c.in, drawQuery(t, c), all, c.in.Now())
	checkCounts(t, c.in, all, c.in.Now())
	checkLinked(t, c.in, all)
}

// checkLinked: what is linked to a record is what says so, the newest first.
func checkLinked(t *rapid.T, in *inbox.Inbox, all []model.Conversation) {
	for _, ref := range worldRecords {
		want := map[model.ConversationID]bool{}
		for _, c := range all {
			if slices.ContainsFunc(c.Links, func(l model.Link) bool { return l.Ref() == ref }) {
				want[c.ID] = true
			}
		}
		got := in.LinkedTo(ref)
		for i, r := range got {
			if !want[r.ID] || i > 0 && r.UpdatedAt.After(got[i-1].UpdatedAt) {
				t.Fatalf("linked to %s: %s at %d of %d", ref, r.ID, i, len(got))
			}
		}
		if len(got) != len(want) {
			t.Fatalf("linked to %s: %d conversations, not %d", ref, len(got), len(want))
		}
	}
}

// worldRecords are those that the conversations of these tests are linked to.
var worldRecords = []model.RecordRef{{Type: model.Person, ID: "12"}, {Type: model.Deal, ID: "12"}}

// checkView compares a view with the naive one.
func checkView(t *rapid.T, in *inbox.Inbox, q inbox.Query, all []model.Conversation, now time.Time) {
	want := naive(in, q, all, now)
	v := in.View(q)
	if v.Len() != len(want) {
		t.Fatalf("%+v: %d rows, want %d", q, v.Len(), len(want))
	}
	for i, c := range want {
		got, ok := v.At(i)
		if !ok || got.ID != c.ID {
			t.Fatalf("%+v: row %d is %s, want %s", q, i, got.ID, c.ID)
		}
		if j, ok := v.Index(c.ID); !ok || i != j {
			t.Fatalf("%+v: %s is at %d, want %d", q, c.ID, j, i)
		}
		page, _ := in.Page(c.PageID)
		if got.Reply != model.CanReply(now, page, got.Conversation, me.ID) {
			t.Fatalf("%s: verdict %+v", c.ID, got.Reply)
		}
	}
	if _, ok := v.At(len(want)); ok {
		t.Fatalf("a row beyond the end")
	}
}

func checkCounts(t *rapid.T, in *inbox.Inbox, all []model.Conversation, now time.Time) {
	got := in.Counts("")
	for _, f := range filters {
		if n := len(naive(in, inbox.Query{Filter: f}, all, now)); n != got.Of(f) {
			t.Fatalf("%s counts %d, want %d", f, got.Of(f), n)
		}
	}
	n := 0
	for _, c := range all {
		if c.Status != model.Done && c.Unread > 0 {
			n++
		}
	}
	if n != got.Unread {
		t.Fatalf("unread counts %d, want %d", got.Unread, n)
	}
}

// naive is a view made from scratch, by the rules as they are written.
func naive(in *inbox.Inbox, q inbox.Query, all []model.Conversation, now time.Time) []model.Conversation {
	var list []model.Conversation
	for _, c := range all {
		page, _ := in.Page(c.PageID)
		if (q.Page == "" || q.Page == c.PageID) && belongs(q.Filter, now, page, c) && wanted(q.Where, now, page, c) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b model.Conversation) int { return compareBy(q.Sort, now, a, b) })
	return list
}

// wanted is what a view's terms ask for.
func wanted(where string, now time.Time, p model.Page, c model.Conversation) bool {
	q, err := query.Parse(where)
	return err == nil && query.NewMatcher(q, me.ID).Match(known{c, p, now})
}

// known is what is known of a conversation.
type known struct {
	model.Conversation
	page model.Page
	now  time.Time
}

func (k known) In(state string) bool {
	switch state {
	case query.Unread:
		return k.Unread > 0
	case query.Pinned:
		return k.Pinned
	}
	return belongs(inbox.Filter(state), k.now, k.page, k.Conversation)
}

func (k known) Entry() *model.Entry { return k.Conversation.Entry }
func (k known) Labels() []string    { return k.Conversation.Labels }
func (k known) Page() model.Page    { return k.page }

func (k known) Assignee() (model.UserRef, bool) {
	if k.Conversation.Assignee == nil {
		return model.UserRef{}, false
	}
	return *k.Conversation.Assignee, true
}

func belongs(f inbox.Filter, now time.Time, p model.Page, c model.Conversation) bool {
	done := c.Status == model.Done
	// By its own rules; the Page's trouble closes nothing.
	answerable := model.CanReply(now, model.Page{Visibility: model.Shared, Subscribed: true}, c, me.ID).Allowed
	open := !done && !c.Asleep(now) && answerable
	switch f {
	case inbox.FilterAll:
		return true
	case inbox.FilterOpen:
		return open
	case inbox.FilterMine:
		return !done && c.Assignee != nil && c.Assignee.ID == me.ID
	case inbox.FilterUnassigned:
		return open && c.Assignee == nil
	case inbox.FilterSnoozed:
		return c.Asleep(now)
	case inbox.FilterDone:
		return done
	case inbox.FilterWaiting:
		return c.NeedsYou(now)
	case inbox.FilterMentioned:
		return slices.Contains(c.Mentioned, me.ID)
	case inbox.FilterBlocked:
		return !done && !model.CanReply(now, p, c, me.ID).Allowed
	}
	return false
}

func compareBy(s inbox.Sort, now time.Time, a, b model.Conversation) int {
	first := func(f func(model.Conversation) bool) int {
		switch x, y := f(a), f(b); {
		case x && !y:
			return -1
		case y && !x:
			return 1
		}
		return 0
	}
	if c := first(func(c model.Conversation) bool { return c.Pinned }); c != 0 {
		return c
	}
	last := cmp.Compare(b.ID, a.ID)
	switch s {
	case inbox.SortWaiting:
		since := func(c model.Conversation) *time.Time { _, t := c.WhoWaits(); return t }
		waiting := func(c model.Conversation) bool { return since(c) != nil }
		if c := first(waiting); c != 0 {
			return c
		}
		if waiting(a) {
			return cmp.Or(since(a).Compare(*since(b)), last)
		}
	case inbox.SortClosing:
		closes := func(c model.Conversation) *time.Time {
			for _, until := range []*time.Time{c.WindowUntil, c.UncertainUntil} {
				if until != nil && now.Before(*until) {
					return until
				}
			}
			return nil
		}
		if c := first(func(c model.Conversation) bool { return closes(c) != nil }); c != 0 {
			return c
		}
		if closes(a) != nil {
			return cmp.Or(closes(a).Compare(*closes(b)), last)
		}
	case inbox.SortNewest:
	}
	return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), last)
}

// compareWithFresh compares a client at rest with a fresh one, at several times.
func compareWithFresh(t *rapid.T, c *wire) {
	for _, ahead := range []int{0, 3, 11, 26, -40, 5} {
		c.w.now = c.w.now.Add(time.Duration(ahead) * time.Hour)
		c.in.Advance(c.w.now)
		fresh := c.w.fresh()
		for _, f := range filters {
			for _, s := range sorts {
				q := inbox.Query{Filter: f, Sort: s}
				want, got := rows(fresh.View(q)), rows(c.in.View(q))
				if !slices.EqualFunc(want, got, func(a, b inbox.Row) bool { return reflect.DeepEqual(a, b) }) {
					t.Fatalf("%+v (-fresh +held):\n%s", q, gocmp.Diff(want, got, open()))
				}
			}
		}
		for _, id := range append(slices.Collect(maps.Keys(c.w.pages)), "") {
			if got, want := c.in.Counts(id), fresh.Counts(id); got != want {
				t.Fatalf("counts of page %q: %+v, want %+v", id, got, want)
			}
		}
		if got, want := c.in.Next(), fresh.Next(); !got.Equal(want) {
			t.Fatalf("next change %v, want %v", got, want)
		}
		if diff := gocmp.Diff(fresh.Notices(), c.in.Notices(), open()); diff != "" {
			t.Fatalf("notices (-fresh +held):\n%s", diff)
		}
		comparePages(t, c.in, fresh)
	}
	for id, p := range c.w.pages {
		if !p.sees() && holds(reflect.ValueOf(c.in), mark(id)) {
			t.Fatalf("something of page %s is held", id)
		}
	}
}

// comparePages compares the Pages that the user sees. Of the others a client knows
// what it last read, if anything, and no more than anybody may.
func comparePages(t *rapid.T, in, fresh *inbox.Inbox) {
	for _, want := range fresh.Pages() {
		got, known := in.Page(want.ID)
		if !want.Sees && known && got != got.Public() {
			t.Fatalf("page %s: more than its public face is held", want.ID)
		}
		if diff := gocmp.Diff(want, got, open()); want.Sees && diff != "" {
			t.Fatalf("page %s (-fresh +held):\n%s", want.ID, diff)
		}
	}
}

// open compares customers' words as what they are.
func open() gocmp.Option {
	return gocmp.Transformer("words", func(u model.Untrusted) string { return string(u) })
}

func rows(v inbox.View) []inbox.Row {
	list := make([]inbox.Row, 0, v.Len())
	for i := range v.Len() {
		r, _ := v.At(i)
		list = append(list, r)
	}
	return list
}

// compareThreads: the messages held of each conversation are the hub's, from some
// point on, or from the beginning where there is no cursor.
func compareThreads(t *rapid.T, c *wire) {
	for _, p := range c.w.pages {
		for id := range p.convs {
			if !p.sees() {
				continue
			}
			if _, ok := c.in.Thread(id); !ok {
				continue
			}
			c.open(id)
			for len(c.answers) > 0 {
				c.answer()
			}
			th, ok := c.in.Thread(id)
			if !ok || !th.Loaded || th.Stale {
				t.Fatalf("%s: not loaded after opening: %v %+v", id, ok, th)
			}
			want, _ := p.messages(id, "", 1000)
			if th.Cursor != "" {
				want = want[max(0, len(want)-len(th.Messages)):]
			}
			got := slices.Clone(th.Messages)
			if diff := gocmp.Diff(want, got, open(), emptyIsNil()); diff != "" {
				t.Fatalf("%s (-hub +held):\n%s", id, diff)
			}
		}
	}
}

func emptyIsNil() gocmp.Option {
	return gocmp.FilterValues(func(a, b []model.Message) bool { return len(a)+len(b) == 0 }, gocmp.Ignore())
}

// holds tells whether a word is anywhere in a value, exported or not.
func holds(v reflect.Value, word string) bool {
	var wide []byte
	for _, u := range utf16.Encode([]rune(word)) {
		wide = append(wide, byte(u>>8), byte(u&0xff))
	}
	s := scan{words: []string{word, string(wide)}, seen: map[any]bool{}}
	return s.holds(v)
}

type scan struct {
	words []string
	seen  map[any]bool
}

func (s scan) holds(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return slices.ContainsFunc(s.words, func(w string) bool { return strings.Contains(v.String(), w) })
	case reflect.Pointer:
		at := [2]any{v.Pointer(), v.Type()}
		if v.IsNil() || s.seen[at] {
			return false
		}
		s.seen[at] = true
		return s.holds(v.Elem())
	case reflect.Interface:
		return !v.IsNil() && s.holds(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if s.holds(v.Field(i)) {
				return true
			}
		}
	case reflect.Slice:
		v = v.Slice(0, v.Cap()) // what is cut off is held, too
		fallthrough
	case reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return v.Kind() == reflect.Slice && slices.ContainsFunc(s.words, func(w string) bool {
				return strings.Contains(string(v.Bytes()), w)
			})
		}
		for i := range v.Len() {
			if s.holds(v.Index(i)) {
				return true
			}
		}
	case reflect.Map:
		for k, e := range v.Seq2() {
			if s.holds(k) || s.holds(e) {
				return true
			}
		}
	default:
	}
	return false
}
