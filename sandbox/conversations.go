package sandbox

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The bounds of reading conversations.
const (
	newestReadable  = 20 // only so many messages of a thread have details
	defaultPageSize = 25
	maxPageSize     = 100
)

// position is a place in a list that is newest first: a time and an id.
type position struct {
	at int64
	id string
}

func (p position) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(p.at, 10) + ":" + p.id))
}

func parseCursor(text string) (position, error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return position{}, badParam("param after is not a valid cursor")
	}
	at, id, ok := strings.Cut(string(raw), ":")
	ms, err := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil {
		return position{}, badParam("param after is not a valid cursor")
	}
	return position{ms, id}, nil
}

// later orders positions newest first.
func later(a, b position) int {
	return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(a.id, b.id))
}

// paging reads limit and after of a call.
func paging(c *call) (limit int, after *position, err error) {
	limit = defaultPageSize
	if text := c.param("limit"); text != "" {
		limit, err = strconv.Atoi(text)
		if err != nil || limit < 1 {
			return 0, nil, badParam("param limit must be a positive integer")
		}
	}
	if text := c.param("after"); text != "" {
		p, err := parseCursor(text)
		if err != nil {
			return 0, nil, err
		}
		after = &p
	}
	return min(limit, maxPageSize), after, nil
}

// listConversations answers GET /{page}/conversations, newest first.
func (s *Sandbox) listConversations(c *call) (any, error) {
	if err := s.spendCall(c); err != nil {
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
	s.mu.Lock()
	defer s.mu.Unlock()
	threads := s.threadsAfter(c.param("user_id"), after)
	more := len(threads) > limit
	threads = threads[:min(limit, len(threads))]
	data := []any{}
	for _, t := range threads {
		node, err := s.threadNode(t, want)
		if err != nil {
			return nil, err
		}
		data = append(data, node)
	}
	out := map[string]any{"data": data}
	if len(threads) > 0 {
		last := threads[len(threads)-1]
		out["paging"] = s.pagingNode(c, position{threads[0].updated(), threads[0].thread},
			position{last.updated(), last.thread}, more)
	}
	return out, nil
}

// threadsAfter lists conversations newest first, from behind a cursor; of one
// customer if psid is given. mu held.
func (s *Sandbox) threadsAfter(psid string, after *position) []*customer {
	var list []*customer
	for _, t := range s.world.order {
		if len(t.messages) == 0 || (psid != "" && t.psid != psid) {
			continue
		}
		if after == nil || later(position{t.updated(), t.thread}, *after) > 0 {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *customer) int {
		return later(position{a.updated(), a.thread}, position{b.updated(), b.thread})
	})
	return list
}

// pagingNode is the paging object of a list. next carries no token: the caller
// adds its own.
func (s *Sandbox) pagingNode(c *call, first, last position, more bool) map[string]any {
	out := map[string]any{"cursors": map[string]string{"before": first.cursor(), "after": last.cursor()}}
	if more {
		q := url.Values{}
		for name, values := range c.query {
			if name != "access_token" && name != "appsecret_proof" {
				q[name] = values
			}
		}
		q.Set("after", last.cursor())
		out["next"] = s.info.GraphURL + "/" + c.version + "/" + strings.Join(c.path, "/") + "?" + q.Encode()
	}
	return out
}

func (s *Sandbox) readThread(c *call, t *customer) (any, error) {
	if err := s.spendCall(c); err != nil {
		return nil, err
	}
	want, err := parseFields(c.param("fields"))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.threadNode(t, want)
}

// nestedMessages is the messages edge inside a conversation. mu held.
func (s *Sandbox) nestedMessages(t *customer, f field) (map[string]any, error) {
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
	c := &call{version: newestVersion, path: []string{t.thread, "messages"}, query: url.Values{"limit": {strconv.Itoa(limit)}}}
	return s.messagesNode(c, t, f.sub, min(limit, maxPageSize), after)
}

// listMessages answers GET /{conversation}/messages.
func (s *Sandbox) listMessages(c *call, t *customer) (any, error) {
	if err := s.spendCall(c); err != nil {
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
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.messagesNode(c, t, want, limit, after)
}

// messagesNode lists a conversation's messages, newest first. Those that are not
// among the 20 newest come with id and time only. mu held.
func (s *Sandbox) messagesNode(c *call, t *customer, want []field, limit int, after *position) (map[string]any, error) {
	data := []any{}
	var first, last position
	more := false
	for i := len(t.messages) - 1; i >= 0; i-- {
		m := t.messages[i]
		// Messages of one millisecond keep their order of writing; the cursor
		// names the exact one it stands behind.
		if after != nil {
			if m.mid == after.id {
				after = nil
			}
			continue
		}
		if len(data) == limit {
			more = true
			break
		}
		node, err := s.messageNode(m, want, len(t.messages)-i <= newestReadable)
		if err != nil {
			return nil, err
		}
		last = position{m.at, m.mid}
		if len(data) == 0 {
			first = last
		}
		data = append(data, node)
	}
	out := map[string]any{"data": data}
	if len(data) > 0 {
		out["paging"] = s.pagingNode(c, first, last, more)
	}
	return out, nil
}

// readMessage answers GET /{mid}, for the 20 newest of its conversation.
func (s *Sandbox) readMessage(c *call, m *message) (any, error) {
	if err := s.spendCall(c); err != nil {
		return nil, err
	}
	want, err := parseFields(c.param("fields"))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all := m.owner.messages
	if !slices.Contains(all[max(0, len(all)-newestReadable):], m) {
		return nil, errMessageGone()
	}
	return s.messageNode(m, want, true)
}
