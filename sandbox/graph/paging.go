package graph

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"

	"parley/sandbox/meta"
)

// position is a position in a list that is newest first: a time and an id.
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

// paging parses limit and after of a call.
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

// pagingNode returns the paging object of a list. next carries no token: the caller adds its own.
func pagingNode(of meta.Identity, c *call, first, last position, more bool) map[string]any {
	out := map[string]any{"cursors": map[string]string{"before": first.cursor(), "after": last.cursor()}}
	if more {
		q := url.Values{}
		for name, values := range c.query {
			if name != "access_token" && name != "appsecret_proof" {
				q[name] = values
			}
		}
		q.Set("after", last.cursor())
		out["next"] = of.URL + "/" + c.version + "/" + strings.Join(c.path, "/") + "?" + q.Encode()
	}
	return out
}
