package graph

import (
	"net/url"
	"strconv"

	"parley/sandbox/world"
)

// Limits of reading conversations.
const (
	newestReadable  = 20 // only this many messages of a thread have details
	defaultPageSize = 25
	maxPageSize     = 100
)

// nestedMessages returns the messages edge inside a conversation.
func (r reader) nestedMessages(t *world.Customer, f field) (map[string]any, error) {
	limit := f.limit
	if limit == 0 {
		limit = defaultPageSize
	}
	var after *position
	if text := f.args["after"]; text != "" {
		p, err := parseCursor(text)
		if err != nil {
			return nil, err
		}
		after = &p
	}
	c := &call{version: newestVersion, path: []string{t.Thread, "messages"}, query: url.Values{"limit": {strconv.Itoa(limit)}}}
	return r.messages(c, t, f.sub, min(limit, maxPageSize), after)
}

// messages lists a conversation's messages, newest first. All but the 20 newest have only id and
// time.
func (r reader) messages(c *call, t *world.Customer, want []field, limit int, after *position) (map[string]any, error) {
	data := []any{}
	var first, last position
	more := false
	for i := len(t.Messages) - 1; i >= 0; i-- {
		m := t.Messages[i]
		// Messages of the same millisecond are in order of writing; the cursor names the exact
		// message that it follows.
		if after != nil {
			if m.MID == after.id {
				after = nil
			}
			continue
		}
		if len(data) == limit {
			more = true
			break
		}
		node, err := r.message(m, want, len(t.Messages)-i <= newestReadable)
		if err != nil {
			return nil, err
		}
		last = position{m.At, m.MID}
		if len(data) == 0 {
			first = last
		}
		data = append(data, node)
	}
	out := map[string]any{"data": data}
	if len(data) > 0 {
		out["paging"] = pagingNode(r.meta, c, first, last, more)
	}
	return out, nil
}
