package inbox

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"parley/model"
)

// Sort is the order of a view. In each, pinned conversations come first, and ties are broken
// by id, as in the hub's lists.
type Sort string

// The orders of the inbox. The empty one is SortNewest.
const (
	// SortNewest: newest activity first.
	SortNewest Sort = "newest"
	// SortWaiting: those in which the customer or a reply waits, longest wait first; then the
	// others, newest activity first.
	SortWaiting Sort = "waiting"
	// SortClosing: those whose reply window is open, or may be, next to close first; then the
	// others, newest activity first.
	SortClosing Sort = "closing"
)

// sortKey is the key of a row in an order: smaller comes first.
type sortKey struct {
	group uint8
	when  stamp
}

// descending returns a key by which later times come first.
func descending(s stamp) stamp { return ^s }

func (s Sort) key(r *row) sortKey {
	var group uint8
	if !r.facts.has(factPinned) {
		group = 2
	}
	switch {
	case s == SortWaiting && r.facts.has(factWaiting|factAsks):
		return sortKey{group, r.since}
	case s == SortClosing && r.class.has(windowOpen):
		return sortKey{group, r.window}
	case s == SortClosing && r.class.has(windowUncertain):
		return sortKey{group, r.uncertainUntil()}
	case s == SortNewest:
		return sortKey{group, descending(r.updated)}
	}
	return sortKey{group + 1, descending(r.updated)}
}

// compareRows compares by key, then by id in descending order.
func compareRows(ka, kb sortKey, a, b *row) int {
	if c := cmp.Compare(ka.group, kb.group); c != 0 {
		return c
	}
	if c := cmp.Compare(ka.when, kb.when); c != 0 {
		return c
	}
	if a.page == b.page {
		return strings.Compare(string(b.psid()), string(a.psid()))
	}
	return comparePages(b.page.page.ID, a.page.page.ID)
}

// comparePages orders two Pages as the ids of their conversations are ordered.
func comparePages(a, b model.PageID) int {
	n := min(len(a), len(b))
	if a[:n] != b[:n] {
		return strings.Compare(string(a), string(b))
	}
	switch {
	case len(a) > n:
		return cmp.Compare(a[n], model.PageSeparator[0])
	case len(b) > n:
		return cmp.Compare(model.PageSeparator[0], b[n])
	}
	return 0
}

// Sizes of a chunk: when it is split, when newly built, when it is merged with a
// neighbour.
const (
	chunkMost  = 512
	chunkBuilt = 384
	chunkLeast = 128
)

// ordered holds rows in an order as a list of short sorted lists, so that a change moves a
// few kilobytes and a place is found by two binary searches. While a row is in it, its sort
// key must not change.
type ordered struct {
	sort   Sort
	chunks [][]*row
	n      int
}

// find returns the first place that is not before the row.
func (o *ordered) find(r *row) (chunk, place int) {
	key := o.sort.key(r)
	before := func(x *row) bool { return compareRows(o.sort.key(x), key, x, r) < 0 }
	chunk = sort.Search(len(o.chunks), func(i int) bool {
		c := o.chunks[i]
		return !before(c[len(c)-1])
	})
	if chunk == len(o.chunks) {
		return chunk, 0
	}
	c := o.chunks[chunk]
	return chunk, sort.Search(len(c), func(i int) bool { return !before(c[i]) })
}

// insert adds a row that is not in it.
func (o *ordered) insert(r *row) {
	i, j := o.find(r)
	o.n++
	if i == len(o.chunks) {
		if i == 0 {
			o.chunks = append(o.chunks, append(make([]*row, 0, chunkMost), r))
			return
		}
		i--
		j = len(o.chunks[i])
	}
	c := o.chunks[i]
	if len(c) == chunkMost {
		half := append(make([]*row, 0, chunkMost), c[chunkMost/2:]...)
		clear(c[chunkMost/2:])
		o.chunks[i] = c[:chunkMost/2]
		o.chunks = slices.Insert(o.chunks, i+1, half)
		if j > chunkMost/2 {
			i, j = i+1, j-chunkMost/2
		}
	}
	o.chunks[i] = slices.Insert(o.chunks[i], j, r)
}

// remove removes a row, if it is in it.
func (o *ordered) remove(r *row) {
	i, j := o.find(r)
	if i == len(o.chunks) || j == len(o.chunks[i]) || o.chunks[i][j] != r {
		return
	}
	o.n--
	o.chunks[i] = slices.Delete(o.chunks[i], j, j+1)
	switch {
	case len(o.chunks[i]) == 0:
		o.chunks = slices.Delete(o.chunks, i, i+1)
	case len(o.chunks[i]) < chunkLeast:
		if !o.merge(i) {
			o.merge(i - 1)
		}
	}
}

// merge joins a chunk with the next if they fit into one.
func (o *ordered) merge(i int) bool {
	if i < 0 || i+1 >= len(o.chunks) || len(o.chunks[i])+len(o.chunks[i+1]) > chunkBuilt {
		return false
	}
	o.chunks[i] = append(o.chunks[i], o.chunks[i+1]...)
	o.chunks = slices.Delete(o.chunks, i+1, i+2)
	return true
}

// add appends a row that belongs at the end.
func (o *ordered) add(r *row) {
	last := len(o.chunks) - 1
	if last < 0 || len(o.chunks[last]) == chunkBuilt {
		o.chunks = append(o.chunks, make([]*row, 0, chunkMost))
		last++
	}
	o.chunks[last] = append(o.chunks[last], r)
	o.n++
}

// removeIf removes all rows for which f holds, in one pass.
func (o *ordered) removeIf(f func(*row) bool) {
	old := o.chunks
	o.chunks, o.n = nil, 0
	for _, c := range old {
		for _, r := range c {
			if !f(r) {
				o.add(r)
			}
		}
	}
}

// at returns the ith row, 0 ≤ i < n.
func (o *ordered) at(i int) *row {
	for _, c := range o.chunks {
		if i < len(c) {
			return c[i]
		}
		i -= len(c)
	}
	return nil
}

// index returns the index of a row that is in it.
func (o *ordered) index(r *row) int {
	chunk, place := o.find(r)
	for _, c := range o.chunks[:chunk] {
		place += len(c)
	}
	return place
}
