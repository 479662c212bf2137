package sqldb

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parley/hub/store"
	"parley/model"
)

// TestLogRows: whatever id a row of the log has, it has it again when it is read.
func TestLogRows(t *testing.T) {
	t.Parallel()
	db, err := sql.Open(Driver, DSN(filepath.Join(t.TempDir(), "t.db"), ForWriting))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE events (key INTEGER PRIMARY KEY, kind, object, at, stamp)`); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		page := model.PageID(rapid.SampledFrom([]string{"1", "443677336169256", "1~2", ""}).Draw(t, "page"))
		ids := rapid.SampledFrom([]string{
			"", "_", "=", "1", "1_", "1_2", "1_02", "1_+2", "1_x", "443677336169256_01a22fa6-6406-7270-b1bb-5b8d40caffc4",
			"443677336169256_01A22FA6-6406-7270-b1bb-5b8d40caffc4", "1_01a22fa6-6406-7270-b1bb-5b8d40caffc4", "1~2_5", "notice",
		})
		want := store.LogRow{
			Seq: rapid.Int64Range(1, 1<<seqBits-1).Draw(t, "seq"), At: time.UnixMicro(rapid.Int64Range(1, 1<<50).Draw(t, "at")).UTC(),
			Kind:  rapid.SampledFrom([]store.Kind{store.KindMessage, store.KindLink, "another"}).Draw(t, "kind"),
			ID:    rapid.OneOf(ids, rapid.Just(string(page)), rapid.StringMatching(`[ -~]{0,20}`)).Draw(t, "id"),
			Stamp: rapid.SampledFrom([]string{"", "other5", "bjiNZ10Xemw", "7SF1SHZuEAs", "x"}).Draw(t, "stamp"),
		}
		if _, err := db.Exec(`INSERT OR REPLACE INTO events (`+LogColumns+`) VALUES (?, ?, ?, ?, ?)`, LogRow(3, page, want)...); err != nil {
			t.Fatal(err)
		}
		rows, err := db.Query(`SELECT `+LogColumns+` FROM events WHERE key = ?`, MessageKey(3, want.Seq))
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		rows.Next()
		got, err := ScanLog(page, rows)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("(-want +got) %s %v %v", diff, err, rows.Err())
		}
	})
}
