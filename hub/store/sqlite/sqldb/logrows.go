package sqldb

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"parley/hub/store"
	"parley/hub/store/compact"
	"parley/model"
)

// A row of a Page's log has the key that a message would have whose first seq it is.

// kinds is what stands in the column as the number of its place here; what is not among them stands
// as it is. New ones are added at the end.
var kinds = []store.Kind{
	store.KindMessage, store.KindConversation, store.KindPage, store.KindNotice, store.KindRemoved, store.KindLink,
}

// LogColumns are the columns of a row of the log.
const LogColumns = `key, kind, object, at, stamp`

// InLog selects the rows of a Page's log after a seq; its arguments are the Page's id, the seq, and
// the Page's id again.
const InLog = ` key > (SELECT key << 35 FROM search_pages WHERE page_id = ?) + ? AND key < (SELECT (key + 1) << 35 FROM search_pages WHERE page_id = ?)`

// LogUpTo selects the rows of a Page's log before a seq; its arguments are the Page's id twice, and
// the seq.
const LogUpTo = ` key > (SELECT key << 35 FROM search_pages WHERE page_id = ?) AND key < (SELECT key << 35 FROM search_pages WHERE page_id = ?) + ?`

// LogRow returns the columns of a row of a Page's log, whose number it is given.
func LogRow(key int64, page model.PageID, r store.LogRow) Args {
	return Args{MessageKey(key, r.Seq), placed(kinds, r.Kind), object(page, r.ID), Micros(r.At), stamp(r.Stamp)}
}

// What begins an id that is text: the rest is without the Page, or all of it.
const (
	ofPage = "_"
	whole  = "="
)

// object returns an id as it stands in its column.
func object(page model.PageID, id string) any {
	if id == string(page) {
		return nil
	}
	local, ok := strings.CutPrefix(id, string(page)+model.PageSeparator)
	if !ok {
		return whole + id
	}
	switch v := Number(local).(type) {
	case int64:
		return v
	default:
		if b, ok := LocalID(model.MessageID(id)).([]byte); ok && page != "" {
			return b
		}
		return ofPage + local
	}
}

// stamp returns a stamp as it stands in its column.
func stamp(s string) any {
	if b, err := base64.RawURLEncoding.DecodeString(s); err == nil && s != "" && base64.RawURLEncoding.EncodeToString(b) == s {
		return b
	}
	return s
}

// ScanLog reads the columns of a row of a Page's log.
func ScanLog(page model.PageID, rows *sql.Rows) (r store.LogRow, err error) {
	var key, at int64
	var kind, id, proof any
	if err := rows.Scan(&key, &kind, &id, &at, &proof); err != nil {
		return r, err
	}
	r.Seq, r.At = key&(1<<seqBits-1), FromMicros(at)
	if r.Kind, err = fromPlace(kinds, kind); err != nil {
		return r, err
	}
	of := string(page) + model.PageSeparator
	switch v := id.(type) {
	case nil:
		r.ID = string(page)
	case int64:
		r.ID = of + strconv.FormatInt(v, 10)
	case []byte:
		r.ID = of + compact.UUIDText(v)
	case string:
		if local, ok := strings.CutPrefix(v, ofPage); ok {
			r.ID = of + local
		} else {
			r.ID = strings.TrimPrefix(v, whole)
		}
	default:
		return r, fmt.Errorf("read row of the log: no id is %T", id)
	}
	switch v := proof.(type) {
	case []byte:
		r.Stamp = base64.RawURLEncoding.EncodeToString(v)
	case string:
		r.Stamp = v
	}
	return r, nil
}
