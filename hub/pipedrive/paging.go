package pipedrive

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"strconv"
)

// mostPages bounds how many pages of a list are read.
const mostPages = 20

// pageMost is the largest page that the API returns.
//
// Source: Pipedrive, "Pagination".
const pageMost = "500"

// pages reads a list to its end and passes the data of each page to take, until take has seen
// enough. A list of more than mostPages pages is an error: an incomplete list must not pass for
// a complete one.
func (c *caller) pages(ctx context.Context, by credential, q request, take func(data json.RawMessage) (ok, enough bool)) error {
	query := url.Values{}
	maps.Copy(query, q.query)
	query.Set("limit", pageMost)
	q.query = query
	for range mostPages {
		a, err := c.do(ctx, by, q)
		if err != nil {
			return err
		}
		ok, enough := take(a.data)
		switch {
		case !ok:
			return unavailable(q.name, errUnreadable)
		case enough || a.cursor == "" && a.start == 0:
			return nil
		case a.cursor != "":
			query.Set("cursor", a.cursor)
		default:
			query.Set("start", strconv.FormatInt(a.start, 10))
		}
	}
	return unavailable(q.name, errTooLong)
}
