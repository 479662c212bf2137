package pipedrive

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"strconv"
)

// mostPages bounds how far a list is read.
const mostPages = 20

// pageMost is the longest page that the API gives.
//
// Source: Pipedrive, "Pagination".
const pageMost = "500"

// pages reads a list to its end, page by page, and hands each page's data on, until take
// says that it has seen enough. A list of more pages than mostPages is an error: what is
// not known to be whole is taken for nothing.
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
