package searchindex

import (
	"context"
	"database/sql"
	"encoding/binary"
	"slices"
	"strings"

	"parley/hub/store/sqlite/sqldb"
)

// FTS5 removes deleted words from its leaves. But for each leaf it also keeps a split: as much
// of the leaf's first word as was needed to separate it from the word before when the leaf was
// written. Splits stay, and one may be nearly a whole word, or all of a pair of characters. So
// splits of words that no longer occur are replaced by splits of the words that are now first.
//
// A split is greater than all words before its leaf, and not greater than any in it.

// splitMark precedes each word in the main index of FTS5, as opposed to its prefix indexes.
const splitMark = "0"

// FTS5 numbers leaves by the segment in the high bits and the leaf in the low ones.
//
// Source: SQLite, ext/fts5/fts5_index.c, FTS5_SEGMENT_ROWID.
const (
	leafBits   = 31 + 5 + 1
	leafAtSize = 2
	leafWords  = 4
)

// split is a row of FTS5's table of splits.
type split struct {
	segment int64
	word    []byte
	// leaf is the number of the leaf; its lowest bit says whether the leaf's rows have an
	// index.
	leaf int64
}

// forgetSplits replaces the splits of words that no row has any more. It first makes FTS5 write
// what is pending.
func forgetSplits(ctx context.Context, c *sqldb.Conn, gone []string) error {
	for _, query := range []string{`SAVEPOINT words`, `RELEASE words`} {
		if err := c.Exec(ctx, query); err != nil {
			return err
		}
	}
	splits, err := splitsOf(ctx, c, distinctWords(gone))
	if err != nil {
		return err
	}
	for _, s := range splits {
		if err := resplit(ctx, c, s); err != nil {
			return err
		}
	}
	return nil
}

// distinctWords returns the words of several rows as FTS5 stores them, sorted.
func distinctWords(rows []string) []string {
	var words []string
	for _, row := range rows {
		for word := range strings.SplitSeq(row, " ") {
			words = append(words, splitMark+word)
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// begins reports whether one of the sorted words has that prefix.
func begins(words []string, with []byte) bool {
	i, _ := slices.BinarySearch(words, string(with))
	return i < len(words) && strings.HasPrefix(words[i], string(with))
}

// splitsOf returns the splits that are prefixes of one of the words.
func splitsOf(ctx context.Context, c *sqldb.Conn, words []string) ([]split, error) {
	s, err := c.Prepare(ctx, `SELECT segid, term, pgno FROM search_words_idx WHERE term <> x'' ORDER BY segid, term`)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []split
	for rows.Next() {
		var one split
		var word sql.RawBytes
		if err := rows.Scan(&one.segment, &word, &one.leaf); err != nil {
			return nil, err
		}
		if begins(words, word) {
			one.word = slices.Clone(word)
			found = append(found, one)
		}
	}
	return found, rows.Err()
}

// resplit replaces a split by one of the word that is now the leaf's first.
func resplit(ctx context.Context, c *sqldb.Conn, s split) error {
	first, err := firstWord(ctx, c, s.segment, s.leaf>>1)
	if err != nil || strings.HasPrefix(first, string(s.word)) {
		return err
	}
	query, args := `DELETE FROM search_words_idx WHERE segid = ?2 AND term = ?3`, []any{nil, s.segment, s.word}
	if first > string(s.word) {
		shared := 0
		for first[shared] == s.word[shared] {
			shared++
		}
		query, args[0] = `UPDATE search_words_idx SET term = ?1 WHERE segid = ?2 AND term = ?3`, []byte(first[:shared+1])
	}
	stmt, err := c.Prepare(ctx, query)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(ctx, args...)
	return err
}

// firstWord returns the first word of a leaf; "" if the leaf or the word does not exist.
func firstWord(ctx context.Context, c *sqldb.Conn, segment, leaf int64) (string, error) {
	stmt, err := c.Prepare(ctx, `SELECT block FROM search_words_data WHERE id = ?`)
	if err != nil {
		return "", err
	}
	var b []byte
	if err := stmt.QueryRowContext(ctx, segment<<leafBits|leaf).Scan(&b); err != nil {
		return "", sqldb.NoRow(err)
	}
	return firstWordIn(b), nil
}

// firstWordIn returns the first word in a leaf's data; "" if there is none.
func firstWordIn(b []byte) string {
	if len(b) < leafWords {
		return ""
	}
	size := int(binary.BigEndian.Uint16(b[leafAtSize:]))
	if size >= len(b) {
		return ""
	}
	at, _ := varint(b[size:])
	if at < leafWords || at >= int64(len(b)) {
		return ""
	}
	n, width := varint(b[at:])
	if word := b[at+int64(width):]; n <= int64(len(word)) {
		return string(word[:n])
	}
	return ""
}

// varint reads one of SQLite's varints, of at most 31 bits, and returns its width in bytes.
func varint(b []byte) (n int64, width int) {
	const last = 0x80
	for width < len(b) && width < 5 {
		c := b[width]
		n, width = n<<7|int64(c&^last), width+1
		if c < last {
			break
		}
	}
	return n, width
}
