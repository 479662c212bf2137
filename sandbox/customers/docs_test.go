package customers

import (
	"os"
	"strings"
	"testing"
)

func TestEveryPlayIsSoundAndStandsInTheDocs(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	names, err := PlayNames()
	if err != nil || len(names) == 0 {
		t.Fatalf("no plays: %v", err)
	}
	for _, name := range names {
		p, err := ReadPlay(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if len(p.Steps) == 0 {
			t.Errorf("%s has no steps", name)
		}
		if row := "| `" + name + "` | " + p.Does + " |"; !strings.Contains(string(raw), row) {
			t.Errorf("docs/sandbox.md lacks the row %s", row)
		}
	}
	if rows := strings.Count(string(raw), "\n| `"); rows < len(names) {
		t.Errorf("%d rows for %d plays", rows, len(names))
	}
}
