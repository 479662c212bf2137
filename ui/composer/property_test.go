package composer_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"parley/model"
	"parley/ui/cells"
	"parley/ui/composer"
	"parley/ui/theme"
)

var pieces = rapid.SampledFrom([]string{
	"a", "word", " ", "   ", "見積", "。", "「", "」", "👍", "👍🏽", "👩‍👩‍👧", "🇯🇵", "❤️", "1️⃣", "ก็ทำ", "น้ำ", "é", "e\u0301", "\n", "\r\n", "ﾊﾛｰ",
	"https://example.com/a-b/c", "\x1b[31m", "\x1b]0;title\a", "\x07", "\u202e", "\u2066", "\u200b", "\u200d", "\u2028", "\u0085", "\ufffd", "\t",
	"क्षि", "العربية", "\u1100\u1161\u11a8", "z\u0301\u0302\u0303\u0304\u0305\u0306", "\xff", "\U000e0041", strings.Repeat("長", 60), strings.Repeat("w", 70),
})

func texts(t *rapid.T, name string) string {
	return strings.Join(rapid.SliceOfN(pieces, 0, 30).Draw(t, name), "")
}

func verdicts(t *rapid.T) model.Verdict {
	codes := []model.Code{
		"", model.Hidden, model.PageDisconnected, model.PageRestricted, model.MessagesOff, model.NotStarted,
		model.WindowClosed, model.Unreachable, model.OtherApp, model.RateLimited, "not_yet_known", model.TextEmpty,
	}
	v := model.Verdict{Code: rapid.SampledFrom(codes).Draw(t, "code")}
	v.Allowed = v.Code == "" && rapid.Bool().Draw(t, "allowed")
	v.Uncertain = v.Allowed && rapid.Bool().Draw(t, "uncertain")
	if rapid.Bool().Draw(t, "until") {
		until := now.Add(time.Duration(rapid.IntRange(-100, 100).Draw(t, "hours")) * time.Hour)
		v.Until = &until
	}
	return v
}

// TestAlwaysItsSize: whatever is done to it, it is as many lines of as many cells as it
// says, the cursor is on one of them, and no text reaches the terminal raw.
func TestAlwaysItsSize(t *testing.T) {
	t.Parallel()
	keys := []string{"left", "right", "up", "down", "home", "end", "backspace", "delete", "pgup", "pgdown", "ctrl+w", "ctrl+u", "ctrl+k", "ctrl+home"}
	rapid.Check(t, func(t *rapid.T) {
		m := cells.Measure{}
		if rapid.Bool().Draw(t, "graphemes") {
			m = cells.Graphemes()
		}
		lang := rapid.SampledFrom([]string{"en", "ja"}).Draw(t, "lang")
		o := theme.Options{ASCII: rapid.Bool().Draw(t, "ascii"), Profile: colorprofile.TrueColor}
		b := composer.New()
		b.SetLook(newLook(lang, m, o))
		width := 0
		t.Repeat(map[string]func(*rapid.T){
			"size": func(t *rapid.T) {
				width = rapid.IntRange(0, 120).Draw(t, "w")
				b.SetWidth(width)
				b.SetMaxHeight(rapid.IntRange(0, 12).Draw(t, "h"))
			},
			"show":    func(t *rapid.T) { b.Show("1_2", texts(t, "draft")) },
			"verdict": func(t *rapid.T) { b.SetVerdict(now, "山田 花子", verdicts(t), "because.") },
			"others": func(t *rapid.T) {
				b.SetOthers(rapid.SampledFrom([]string{"", "Bo is writing an answer", "青山さんが返信を入力中です"}).Draw(t, "others"))
			},
			"open":  func(*rapid.T) { b.Open() },
			"close": func(*rapid.T) { b.Close() },
			"paste": func(t *rapid.T) { b.Update(tea.PasteMsg{Content: texts(t, "pasted")}) },
			"type":  func(t *rapid.T) { b.Update(tea.KeyPressMsg{Code: tea.KeyExtended, Text: pieces.Draw(t, "typed")}) },
			"press": func(t *rapid.T) { press(b, rapid.SampledFrom(keys).Draw(t, "key")) },
			"":      func(t *rapid.T) { check(t, b, m, width) },
		})
	})
}

func check(t *rapid.T, b *composer.Box, m cells.Measure, width int) {
	lines := b.Lines(true)
	if len(lines) != b.Height() {
		t.Fatalf("%d lines, says %d", len(lines), b.Height())
	}
	for _, line := range lines {
		s := ansi.Strip(line)
		if n := m.Width(s); n != width {
			t.Fatalf("%q is %d wide, not %d", s, n, width)
		}
		if i := strings.IndexFunc(s, hostile); i >= 0 {
			t.Fatalf("%q is drawn", s)
		}
	}
	if x, y, ok := b.Cursor(); ok && (x < 0 || x >= width || y < 0 || y >= len(lines)) {
		t.Fatalf("cursor at %d, %d of %d × %d", x, y, width, len(lines))
	}
}

// hostile are characters that do something to a terminal, or to the order of others.
func hostile(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200B || r == 0x2028 || r == 0x2029
}

// TestDraftSurvives: nothing but typing changes the text of a conversation.
func TestDraftSurvives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := newBox("ja", 40, 6)
		drafts := map[model.ConversationID]string{}
		t.Repeat(map[string]func(*rapid.T){
			"show": func(t *rapid.T) {
				drafts[b.Conversation()] = b.Text()
				id := rapid.SampledFrom([]model.ConversationID{"1_2", "1_3", "1_4"}).Draw(t, "id")
				b.Show(id, drafts[id])
			},
			"verdict": func(t *rapid.T) { b.SetVerdict(now, "Ken", verdicts(t), "") },
			"close":   func(*rapid.T) { b.Close() },
			"open":    func(*rapid.T) { b.Open() },
			"size":    func(t *rapid.T) { b.SetWidth(rapid.IntRange(0, 90).Draw(t, "w")) },
			"move": func(t *rapid.T) {
				press(b, rapid.SampledFrom([]string{"up", "down", "left", "right", "pgup", "end"}).Draw(t, "key"))
			},
			"paste": func(t *rapid.T) {
				if b.Update(tea.PasteMsg{Content: texts(t, "pasted")}); b.IsOpen() {
					drafts[b.Conversation()] = b.Text()
				}
			},
			"": func(t *rapid.T) {
				if b.Text() != drafts[b.Conversation()] {
					t.Fatalf("%q became %q", drafts[b.Conversation()], b.Text())
				}
			},
		})
	})
}

// TestEveryLineIsReached: a cursor that goes up line by line gets to the beginning, and
// one that goes down to the end, whatever the text. A line that holds but the rest of a
// character is passed over.
func TestEveryLineIsReached(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		// No single character is wider than that.
		b := newBox("en", rapid.IntRange(8, 40).Draw(t, "w"), 200)
		b.Open()
		b.SetText(texts(t, "text"))
		last := b.Height() - 2
		for _, k := range []string{"up", "down"} {
			end, step := 1, -1 // below to whom it goes
			if k == "down" {
				end, step = last, 1
			}
			for _, y, _ := b.Cursor(); y != end; {
				press(b, k)
				_, next, _ := b.Cursor()
				if far := (next - y) * step; far < 1 || far > 8 {
					t.Fatalf("%s from %d leads to %d of\n%s", k, y, next, plain(b))
				}
				y = next
			}
		}
	})
}

func FuzzPaste(f *testing.F) {
	for _, s := range []string{"hello", "\x1b[31m\r\n", "見積もり\u202e", "\xff\xfe", "a\u0300\u0301", strings.Repeat("👍", 4001)} {
		f.Add(s, 40)
	}
	f.Fuzz(func(t *testing.T, s string, w int) {
		b := newBox("en", w%200, 9)
		b.Open()
		refused := b.Update(tea.PasteMsg{Content: s}) != nil
		got := b.Text()
		switch {
		case refused && got != "":
			t.Fatalf("half of %q was taken", s)
		case strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }):
			t.Fatalf("%q holds control characters", got)
		case !norm.NFC.IsNormalString(got):
			t.Fatalf("%q is not of form C", got)
		}
		for _, line := range b.Lines(true) {
			if strings.ContainsFunc(ansi.Strip(line), hostile) {
				t.Fatalf("%q is drawn", line)
			}
		}
	})
}

func BenchmarkKeystroke(b *testing.B) {
	const line = "見積もりをお願いできますか。机は三台です。\n"
	for name, text := range map[string]string{
		"1 line": line, "20 lines": strings.Repeat(line, 20), "90 lines": strings.Repeat(line, 90),
		"one long line": strings.Repeat("長", composer.MaxTyped-2), "hostile": strings.Repeat("a\u202e", composer.MaxTyped/2-1),
	} {
		b.Run(name, func(b *testing.B) {
			box := newBox("ja", 78, 16)
			box.Open()
			box.SetText(strings.TrimSuffix(text, "\n"))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%2 == 0 {
					typed(box, "机")
				} else {
					press(box, "backspace")
				}
				_ = box.Lines(true)
			}
		})
	}
}
