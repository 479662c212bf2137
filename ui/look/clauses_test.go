package look_test

import (
	"slices"
	"testing"

	"parley/ui/cells"
	"parley/ui/look"
	"parley/ui/theme"
)

// TestClausesEndWhereSomethingIsSaid: a sentence or a count is not broken if it fits.
func TestClausesEndWhereSomethingIsSaid(t *testing.T) {
	t.Parallel()
	l := look.Look{Theme: theme.New(theme.Options{}), Cells: cells.Measure{}}
	for _, c := range []struct {
		w    int
		text string
		want []string
	}{
		{60, "未完了の会話はありません。顧客のメッセージがここに表示されます。", []string{"未完了の会話はありません。", "顧客のメッセージがここに表示されます。"}},
		{38, "7 close within 30 min · 13 wait · 27 closed", []string{"7 close within 30 min · 13 wait", "27 closed"}},
		{30, "No open conversations. Messages of customers appear here.", []string{"No open conversations.", "Messages of customers appear", "here."}},
		{20, "fits in its line", []string{"fits in its line"}},
		{60, "接続されたページがありません。", []string{"接続されたページがありません。"}},
	} {
		if got := l.Clauses(c.text, c.w); !slices.Equal(got, c.want) {
			t.Errorf("%q in %d: %q, want %q", c.text, c.w, got, c.want)
		}
	}
}
