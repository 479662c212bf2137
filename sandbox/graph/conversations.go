package graph

import (
	"slices"
	"strings"

	"parley/sandbox/world"
)

// listConversations answers GET /{page}/conversations, newest first.
func (g *Graph) listConversations(c *call) (any, error) {
	if err := g.spendCall(c); err != nil {
		return nil, err
	}
	if p := c.param("platform"); p != "" && !strings.EqualFold(p, "messenger") {
		return nil, badParam("Param platform must be one of {MESSENGER} - got %q.", p)
	}
	want, err := parseFields(c.param("fields"))
	if err != nil {
		return nil, err
	}
	limit, after, err := paging(c)
	if err != nil {
		return nil, err
	}
	return g.reading(func(r reader) (map[string]any, error) {
		threads := threadsAfter(r.st, c.param("user_id"), after)
		more := len(threads) > limit
		threads = threads[:min(limit, len(threads))]
		data := []any{}
		for _, t := range threads {
			node, err := r.thread(t, want)
			if err != nil {
				return nil, err
			}
			data = append(data, node)
		}
		out := map[string]any{"data": data}
		if len(threads) > 0 {
			last := threads[len(threads)-1]
			out["paging"] = pagingNode(g.meta, c, position{threads[0].Updated(), threads[0].Thread},
				position{last.Updated(), last.Thread}, more)
		}
		return out, nil
	})
}

// reading calls read within a Do of the world.
func (g *Graph) reading(read func(reader) (map[string]any, error)) (node any, err error) {
	g.world.Do(func(st *world.State) { node, err = read(reader{g.meta, st}) })
	return node, err
}

// threadsAfter lists conversations newest first, after a cursor; only one customer's if psid is
// given.
func threadsAfter(st *world.State, psid string, after *position) []*world.Customer {
	var list []*world.Customer
	for _, t := range st.Customers() {
		if len(t.Messages) == 0 || (psid != "" && t.PSID != psid) {
			continue
		}
		if after == nil || later(position{t.Updated(), t.Thread}, *after) > 0 {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *world.Customer) int {
		return later(position{a.Updated(), a.Thread}, position{b.Updated(), b.Thread})
	})
	return list
}

// readThread answers GET /{conversation}.
func (g *Graph) readThread(c *call, t *world.Customer) (any, error) {
	if err := g.spendCall(c); err != nil {
		return nil, err
	}
	want, err := parseFields(c.param("fields"))
	if err != nil {
		return nil, err
	}
	return g.reading(func(r reader) (map[string]any, error) { return r.thread(t, want) })
}

// listMessages answers GET /{conversation}/messages.
func (g *Graph) listMessages(c *call, t *world.Customer) (any, error) {
	if err := g.spendCall(c); err != nil {
		return nil, err
	}
	want, err := parseFields(c.param("fields"))
	if err != nil {
		return nil, err
	}
	limit, after, err := paging(c)
	if err != nil {
		return nil, err
	}
	return g.reading(func(r reader) (map[string]any, error) { return r.messages(c, t, want, limit, after) })
}

// readMessage answers GET /{mid}, for the 20 newest of its conversation.
func (g *Graph) readMessage(c *call, m *world.Message) (any, error) {
	if err := g.spendCall(c); err != nil {
		return nil, err
	}
	want, err := parseFields(c.param("fields"))
	if err != nil {
		return nil, err
	}
	return g.reading(func(r reader) (map[string]any, error) {
		all := m.Owner.Messages
		if !slices.Contains(all[max(0, len(all)-newestReadable):], m) {
			return nil, errMessageGone()
		}
		return r.message(m, want, true)
	})
}
