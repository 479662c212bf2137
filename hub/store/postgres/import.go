package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/hub/store"
	"parley/hub/store/postgres/lanes"
	"parley/hub/store/postgres/pgdb"
	"parley/hub/store/postgres/tables"
	"parley/hub/store/transfer"
	"parley/model"
)

// The errors of a copy.
var (
	// ErrOther means that the database has another store, which is not touched.
	ErrOther = errors.New("the database holds another store")
	// ErrUnfinished means that a store is being copied into the database, and is not whole.
	ErrUnfinished = errors.New("a store was not copied whole into the database")
	// ErrDiffers means that what was copied is not what was to be.
	ErrDiffers = errors.New("the copy differs")
)

// copying is how far a copy is, in the table store.
type copying struct {
	// From is the id of the store that is copied.
	From string `json:"from"`
	// Done are the Pages that are whole.
	Done []model.PageID `json:"done"`
	// Whole: all of it is.
	Whole bool `json:"whole"`
}

// copyingName is its name there.
const copyingName = "copying"

// Progress tells of a copy: after each Page, and at its end with no Page.
type Progress struct {
	Page model.PageID
	// Done of Pages are whole.
	Done, Pages int
	// Rows were copied, Messages among them. Kept: it was copied by a copy before this one.
	Rows, Messages int64
	Kept           bool
}

// whole refuses a database into which a store is being copied.
func (s *Store) whole(ctx context.Context) error {
	c, err := s.copying(ctx)
	if err == nil && c.From != "" && !c.Whole {
		return ErrUnfinished
	}
	return err
}

func (s *Store) copying(ctx context.Context) (c copying, err error) {
	var doc []byte
	err = s.reads.QueryRow(ctx, `SELECT COALESCE((SELECT value FROM store WHERE name = $1), '')`, copyingName).Scan(&doc)
	if err == nil && len(doc) > 0 {
		err = json.Unmarshal(doc, &c)
	}
	return c, pgdb.Wrap(pgdb.Translate(err), "read how far the copy is")
}

// Import copies a store into this one, which must be empty, or hold what an earlier copy of the
// same store left: it goes on with the Pages that are missing. The rows of each table are counted,
// and each Page's log compared. The store has the other's identity then, so that clients go on as if
// nothing had been.
func (s *Store) Import(ctx context.Context, from transfer.Source, told func(Progress)) error {
	c, err := s.admit(ctx, from.ID())
	if err != nil {
		return err
	}
	pages, err := from.Graves(ctx)
	if err != nil {
		return err
	}
	for i, page := range pages {
		p := Progress{Page: page, Done: i + 1, Pages: len(pages), Kept: c.Whole || slices.Contains(c.Done, page)}
		if !p.Kept {
			c.Done = append(c.Done, page)
			if p.Rows, p.Messages, err = s.copyPage(ctx, from, page, c); err != nil {
				return pgdb.Wrap(err, "copy page %s", page)
			}
		}
		if err := s.compare(ctx, from, page); err != nil {
			if c.Whole && errors.Is(err, ErrDiffers) {
				err = fmt.Errorf("%w: the copy was whole, and was written to since: %w", ErrOther, err)
			}
			return err
		}
		told(p)
	}
	if c.Whole {
		return nil // and nothing changed since
	}
	c.Whole = true
	rows, _, err := s.copyTables(ctx, from, transfer.OfAll(), "", c)
	if err != nil {
		return pgdb.Wrap(err, "copy users")
	}
	told(Progress{Done: len(pages), Pages: len(pages), Rows: rows})
	return nil
}

// admit refuses a database that holds another store.
func (s *Store) admit(ctx context.Context, id string) (copying, error) {
	c, err := s.copying(ctx)
	if err != nil {
		return c, err
	}
	if c.From != "" && c.From != id {
		return c, ErrOther
	}
	if c.From == "" {
		used := false
		err = s.reads.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pages) OR EXISTS (SELECT 1 FROM users)`).Scan(&used)
		if err == nil && used {
			err = ErrOther
		}
	}
	c.From = id
	return c, err
}

func (s *Store) copyPage(ctx context.Context, from transfer.Source, page model.PageID, c copying) (rows, messages int64, err error) {
	return s.copyTables(ctx, from, transfer.OfPages(), page, c)
}

// copyTables copies tables in one transaction, together with how far the copy is then.
func (s *Store) copyTables(ctx context.Context, from transfer.Source, list []transfer.Table, page model.PageID, c copying) (rows, messages int64, err error) {
	doc, err := json.Marshal(c)
	if err != nil {
		return 0, 0, err
	}
	err = s.lanes.Bulk(ctx, func(t *lanes.Turn) error {
		rows, messages = 0, 0
		for _, table := range slices.Backward(list) { // those that refer to others first
			if err := t.Run(`DELETE FROM `+table.Name+ofPage(table), args(table, page)...); err != nil {
				return err
			}
		}
		for _, table := range list {
			n, err := copyTable(ctx, t.Session, from, table, page)
			if err != nil {
				return pgdb.Wrap(err, "table %s", table.Name)
			}
			rows += n
			if table.Name == transfer.Messages {
				messages = n
			}
		}
		return t.Run(`INSERT INTO store (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, copyingName, doc)
	})
	return rows, messages, err
}

// isOfPage reports whether a table belongs to Pages.
func isOfPage(t transfer.Table) bool { return len(t.Columns) == 0 || t.Columns[0].Name == "page_id" }

func ofPage(t transfer.Table) string {
	if isOfPage(t) {
		return ` WHERE page_id = ?`
	}
	return ""
}

func args(t transfer.Table, page model.PageID) []any {
	if isOfPage(t) {
		return []any{page}
	}
	return nil
}

// copyTable copies a table and counts what arrived.
func copyTable(ctx context.Context, s *pgdb.Session, from transfer.Source, t transfer.Table, page model.PageID) (n int64, err error) {
	insert := inserts(t)
	err = from.Rows(ctx, t, page, func(values []any) error {
		n++
		switch v := values[0].(type) {
		case store.Message:
			return tables.CopyMessage(s, v)
		case transfer.Raw:
			return tables.CopyRaw(s, v)
		}
		if t.Name == transfer.BuriedKeys {
			return tables.CopyBuried(s, page, asBytes(values[0]))
		}
		for i, c := range t.Columns {
			values[i] = converted(c.Kind, values[i])
		}
		if err := s.Run(insert, values...); err != nil || t.Name != transfer.Conversations {
			return err
		}
		return tables.CopyName(s, asBytes(values[len(values)-1]))
	})
	if err != nil {
		return n, err
	}
	var there int64
	if err := s.Get(`SELECT COUNT(*) FROM `+t.Name+ofPage(t), args(t, page), &there); err != nil {
		return n, err
	}
	if there != n {
		return n, fmt.Errorf("%w: %d rows of %d arrived", ErrDiffers, there, n)
	}
	return n, nil
}

func inserts(t transfer.Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return `INSERT INTO ` + t.Name + ` (` + strings.Join(names, ", ") + `) VALUES (` + strings.TrimSuffix(strings.Repeat("?, ", len(names)), ", ") + `)`
}

// converted returns a value as a column of that kind takes it.
func converted(k transfer.Kind, v any) any {
	if v == nil {
		return nil
	}
	switch k {
	case transfer.Bytes:
		return asBytes(v)
	case transfer.Bool:
		n, ok := v.(int64)
		return ok && n != 0 || v == true
	case transfer.Text:
		if b, ok := v.([]byte); ok {
			return string(b)
		}
		if n, ok := v.(int64); ok { // SQLite may have kept it as the number that it is
			return fmt.Sprint(n)
		}
	case transfer.Int:
	}
	return v
}

func asBytes(v any) []byte {
	switch v := v.(type) {
	case []byte:
		return v
	case string:
		return []byte(v)
	}
	return nil
}

// compare compares the log of a Page with the other store's.
func (s *Store) compare(ctx context.Context, from transfer.Source, page model.PageID) error {
	want, err := transfer.LogHash(ctx, from, page)
	if err != nil {
		return err
	}
	got, err := transfer.LogHash(ctx, s, page)
	if err == nil && got != want {
		err = fmt.Errorf("%w: the log of page %s", ErrDiffers, page)
	}
	return err
}
