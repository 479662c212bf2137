package search

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite" // registers the driver
)

func TestIndex(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "",
		" \n…、。!? \x00\u200b":     "",
		"Hello, World 42":         "hello world 42",
		"東京都":                     "東京 京都 都",
		"東京 京都":                   "東京 京 京都 都",
		"東":                       "東",
		"ABC東京12":                 "abc 東京 京 12",
		"ＡＢＣ　１２":                  "abc 12",
		"カタカナ":                    "かた たか かな な",
		"ｶﾞｷﾞ":                    "がぎ ぎ",
		"か\u3099き":                "がき き",
		"ラーメン":                    "らー ーめ めん ん",
		"人々":                      "人々 々",
		"ヽヾ":                      "ゝゞ ゞ",
		"résumé RÉSUMÉ re\u0301s": "resume resume res",
		"Straße STRASSE ẞ":        "strasse strasse ss",
		"ΣΊΣΥΦΟΣ ς":               "σισυφοσ σ",
		"Ёлка й":                  "елка и",
		"İstanbul ŁÓDŹ":           "istanbul łodz",
		"한국어":                     "한국 국어 어",
		"\u1112\u1161\u11ab":      "한",
		"น้ำ":                     "น้ ้ํ ํา า",
		"हिन्दी":                  "हिन्दी",
		"ok👍🏽!":                   "ok 👍",
		"👨\u200d👩":                "👨 👩",
		"5\ufe0f\u20e3":           "5",
		"ﬁne ㈱ ㌔":                 "fine 株 きろ ろ",
		"soft\u00adhyphen":        "softhyphen",
		"葛\U000e0100飾":            "葛飾 飾",
		"\xff\xfea\xff":           "a",
		"a_b \"c\" (d) e* f:g -h": "a b c d e f g h",
		"AND OR NOT NEAR":         "and or not near",
		"\u0301a":                 "a",
		"1\u0301":                 "1",
	} {
		got := strings.ReplaceAll(Index("", text), scopeEnd, "")
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := Index("x1", "a 東京"); got != "x1_a x1_東京 x1_京" {
		t.Errorf("with a scope: %q", got)
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"invoice":         `"1_invoice"*`,
		"red Chair":       `"1_red" "1_chair"*`,
		"chair 東京都":       `"1_chair"* "1_東京 1_京都"`,
		"見積":              `"1_見積"`,
		"京":               `"1_京"*`,
		"a AND b":         `"1_a" "1_and" "1_b"*`,
		`"a" * NEAR(b,2)`: `"1_a" "1_near" "1_b" "1_2"*`,
		"words:x -y ^z":   `"1_words" "1_x" "1_y" "1_z"*`,
		"x x X":           `"1_x"*`,
		"🌸":               `"1_🌸"`,
		`"red chair" x`:   `"1_red 1_chair" "1_x"*`,
		`"red ch"`:        `"1_red 1_ch"*`,
		`a "見積 依頼" b`:     `"1_a" "1_見積 1_積 1_依頼" "1_b"*`,
		`"机 3つ"`:          `"1_机 1_3 1_つ"*`,
		`red "chair`:      `"1_red" "1_chair"*`,
		`"a\" b" c`:       `"1_a 1_b" "1_c"*`,
		`"" a`:            `"1_a"*`,
	} {
		if got, ok := Query("1", query); got != want || !ok {
			t.Errorf("%q: %s %t, want %s", query, got, ok, want)
		}
	}
	for _, query := range []string{"", " ", `"`, "*", "()", "。、", "\x00", "\u200b\u200d\ufe0f", "\xff"} {
		if got, ok := Query("1", query); ok || got != "" {
			t.Errorf("%q asks for %s", query, got)
		}
	}
}

// at makes spans of their ends.
func at(ends ...int) []Span {
	var spans []Span
	for i := 0; i < len(ends); i += 2 {
		spans = append(spans, Span{From: ends[i], To: ends[i+1]}) //nolint:gosec // ends come in pairs
	}
	return spans
}

func TestHits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, query string
		want        []Span
	}{
		{"見積もりをお願いします", "見積", at(0, 2)},
		{"東京の東京", "東京", at(0, 2, 3, 5)},
		{"ｶﾞﾗｽとｶﾞｽ", "ガス", at(5, 8)},
		{"リンゴ", "ﾘﾝｺﾞ", at(0, 3)},
		{"My résumé", "RESUME", at(3, 9)},
		{"My re\u0301sume\u0301.", "résumé", at(3, 11)},
		{"Straße", "strass", at(0, 5)},
		{"👍 invoice in", "inv in", at(2, 4, 10, 12)},
		{"👍 invoice in", "in inv", at(2, 5, 10, 12)},
		{"aaa", "b", nil},
		{"a red chair, red chairs, red", `"red chair"`, at(2, 11, 13, 22)},
		{"a red chair, red chairs", `"red chair" x`, at(2, 11)},
		{"お見積 依頼です、積 依", `"見積 依頼"`, at(1, 6)},
		{"red chair", `"chair red"`, nil},
		{"abc", `"`, nil},
		{"ああああ", "ああ", at(0, 4)},
		{"ดื่มน้ำ", "น้ำ", at(4, 7)},
	} {
		if diff := cmp.Diff(c.want, Hits(c.text, c.query)); diff != "" {
			t.Errorf("%q in %q (-want +got):\n%s", c.query, c.text, diff)
		}
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("あ", 500) + "東京" + strings.Repeat("い", 500)
	text, spans := Excerpt(long, Hits(long, "東京"), 200)
	if utf8.RuneCountInString(text) != 200 || len(spans) != 1 || string([]rune(text)[spans[0].From:spans[0].To]) != "東京" {
		t.Errorf("%q %v", text, spans)
	}
	if text, spans := Excerpt("short", []Span{{From: 1, To: 2}}, 200); text != "short" || len(spans) != 1 {
		t.Errorf("%q %v", text, spans)
	}
	text, spans = Excerpt(long, []Span{{From: 999, To: 1001}, {From: 1001, To: 1002}}, 200)
	if !strings.HasSuffix(long, text) || !cmp.Equal(spans, []Span{{From: 197, To: 199}, {From: 199, To: 200}}) {
		t.Errorf("%q %v", text, spans)
	}
}

// hostile are texts that cost the most when they are repeated.
var hostile = []string{"a", "ああ", "a\u0301", "e" + strings.Repeat("\u0301", 100), "\ufdfa", "ｶﾞ", "\u0301", "\xff", "a ", "👍"}

// TestBounded: of a text without end no more counts than MaxText, of a word no more
// than maxWord.
func TestBounded(t *testing.T) {
	t.Parallel()
	for _, h := range hostile {
		text := strings.Repeat(h, MaxText/len(h))
		more := text + strings.Repeat(" x", 10)
		if len(more) > MaxText && Index("1", more[:MaxText]) != Index("1", more) {
			t.Errorf("%q: more than the limit counts", h)
		}
		if n := len(Hits(text, h)); n > maxSpans {
			t.Errorf("%q: %d spans", h, n)
		}
	}
	if n := len(Index("", strings.Repeat("x", 10*MaxText))); n > maxWord+1 {
		t.Errorf("a word of %d bytes", n)
	}
}

// BenchmarkHostile shows that time grows as the text does.
func BenchmarkHostile(b *testing.B) {
	for i, h := range hostile {
		for _, size := range []int{MaxText / 16, MaxText} {
			text := strings.Repeat(h, size/len(h))
			b.Run(fmt.Sprint(i, "/", size), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					Index("1", text)
					Hits(text, h)
				}
			})
		}
	}
}

// table is an FTS5 table as the store has it.
func table(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "t.db"))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	must(t, db, `PRAGMA synchronous = off`)
	must(t, db, `CREATE VIRTUAL TABLE w USING fts5 (words, content='', contentless_delete=1, tokenize="`+Tokenizer+`")`)
	return db
}

func must(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(context.Background(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func matching(t testing.TB, db *sql.DB, scope, query string) []int64 {
	t.Helper()
	match, ok := Query(scope, query)
	if !ok {
		return nil
	}
	rows, err := db.QueryContext(context.Background(), `SELECT rowid FROM w WHERE w MATCH ? ORDER BY rowid`, match)
	if err != nil {
		t.Fatalf("%q as %s: %v", query, match, err)
	}
	defer rows.Close()
	var found []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		found = append(found, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%q as %s: %v", query, match, err)
	}
	return found
}

// TestFinds asks SQLite itself.
func TestFinds(t *testing.T) {
	t.Parallel()
	db := table(t)
	texts := []string{
		"東京都の住所です", "見積もりをお願いします", "ﾘﾝｺﾞを3つ", "りんごジュース", "Send my RÉSUMÉ", "resume it",
		"große Straße", "ＡＢＣ株式会社", "한국어로 말해요", "ฉันดื่มน้ำทุกวัน", "thanks 🌸", `say "AND" * NEAR( col:`, "東京 京都",
	}
	for i, text := range texts {
		must(t, db, `INSERT INTO w (rowid, words) VALUES (?, ?)`, i, Index("1", text))
		must(t, db, `INSERT INTO w (rowid, words) VALUES (?, ?)`, i+100, Index("11", text))
	}
	for query, want := range map[string][]int64{
		"東京": {0, 12}, "京": {0, 12}, "東京都": {0}, "京都の": {0}, "見積": {1}, "見積り": nil, "リンゴ": {2, 3}, "りんご": {2, 3}, "ｺﾞ": {2, 3},
		"こ": nil, "Resume": {4, 5}, "résum": {4, 5}, "STRASSE": {6}, "straß": {6}, "abc": {7}, "ＡＢＣ": {7}, "株式": {7},
		"말해": {8}, "요": {8}, "น้ำ": {9}, "ดื่ม": {9}, "วัน": {9}, "🌸": {10}, "🌹": nil, "and": {11}, `"AND"`: {11}, "*": nil, "NEAR(": {11},
		"col:": {11}, `"my résumé"`: {4}, `"résumé my"`: nil, `"send my"`: {4}, `"東京 京都"`: {12}, `"京 京"`: {12}, `"京都 東京"`: nil, `"京 都"`: nil, `"abc 株式"`: {7},
		"words:say": nil, "thanks OR say": nil, "NOT x": nil, "my send": {4}, "mi": nil, "1": nil, "1_say": nil, "_": nil,
	} {
		if got := matching(t, db, "1", query); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", query, got, want)
		}
	}
	if got := matching(t, db, "11", "東京"); !slices.Equal(got, []int64{100, 112}) {
		t.Errorf("another scope finds %v", got)
	}
}

var awkward = []string{
	"", "東京", "a b", `"`, `""`, `" OR "`, "*", "a*", "^a", "NEAR(a b)", "col:x", "{a b}: c", "-a", "a AND NOT b", "+", "(", ")", "'; --",
	"\x00", "a\x00b", "\xff", "\u0301", "น้ำ", "ｶﾞ", "ß", "İ", "👨‍👩‍👧", "\ufdfa", "\u1e9e", "ŉ", "\U000e0100", "\u115f\u1160", "㌔", "½", "a_b",
	strings.Repeat("a ", 100), strings.Repeat("漢", 200), strings.Repeat("漢 ", 100), strings.Repeat("ﷺ", 200), strings.Repeat("x", 200),
}

// FuzzQuery: SQLite understands every query, and a text is found by itself.
func FuzzQuery(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	db := table(f)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			return
		}
		must(t, db, `INSERT INTO w (rowid, words) VALUES (1, ?)`, Index("1", text))
		found := matching(t, db, "1", text)
		must(t, db, `DELETE FROM w WHERE rowid = 1`)
		if _, ok := Query("1", text); ok != (len(found) == 1) {
			t.Errorf("%q: words %t, finds itself %v", text, ok, found)
		}
		if again := matching(t, db, "1", text); len(again) > 0 {
			t.Errorf("%q is found after it was removed", text)
		}
	})
}

// FuzzHits: spans lie in the text, in order and apart; a text holds itself.
func FuzzHits(f *testing.F) {
	for _, s := range awkward {
		f.Add(s, "東京 a", uint8(10))
		f.Add("東京 a b ガ", s, uint8(3))
		f.Add(s, s, uint8(0))
	}
	f.Fuzz(func(t *testing.T, text, query string, limit uint8) {
		runes := len([]rune(text))
		check := func(what string, spans []Span, size int) {
			end := -1
			for _, s := range spans {
				if s.From < 0 || s.From >= s.To || s.To > size || s.From < end {
					t.Fatalf("%s: %v of %d", what, spans, size)
				}
				end = s.To
			}
		}
		spans := Hits(text, query)
		check("hits", spans, runes)
		short, inside := Excerpt(text, spans, int(limit))
		check("excerpt", inside, len([]rune(short)))
		if len(text) < 500 {
			if _, ok := Query("1", text); ok && len(Hits(text, text)) == 0 {
				t.Errorf("%q does not hold itself", text)
			}
		}
	})
}

func BenchmarkIndex(b *testing.B) {
	for name, text := range map[string]string{
		"english":  "Is the red one still there? Could you send me an invoice tomorrow, please",
		"japanese": "見積もりをお願いできますか？東京オフィスの椅子を二十脚、明日の午前中までにお届けください",
		"accents":  "Pourriez-vous m'envoyer le résumé détaillé à l'hôtel, s'il vous plaît, avant l'été",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Index("1", text)
			}
		})
	}
}

// TestCommon: what is taken for dense at little cost is dense, and seen.
func TestCommon(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if common(r) && (!dense(r) || ignored(r)) {
			t.Errorf("%U is not dense", r)
		}
	}
}
