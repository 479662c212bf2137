package main

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"parley/i18n"
)

// intrusions are what a customer writes, and is called, to reach the terminal past the
// screen. What would act begins with a number or a word that the program never writes
// itself.
var intrusions = []string{
	"\x1b]0;PWNED\x07 title",
	"\x1b]2;PWNED\x1b\\ title",
	"\x1b]52;c;UFdORUQ=\x07 clipboard",
	"\x1b]8;;https://pwned.example/\x1b\\link\x1b]8;;\x1b\\",
	"\x1b[31337m colour \x1b[2J\x1b[H clear \x1b[8m hidden",
	"\x1bPq#0;2;0;0;0\x1b\\ graphics \x1b_Gf=100;PWNED\x1b\\",
	"unfinished \x1b]0;PWNED",
	"\u009b31337m eight \u009d0;PWNED\u009c bits \u0090q\u009c",
	"over\rPWNED \x08\x08\x08 back\x7f\x07 bell\x0e\x0f shift",
	"line\nfeed\v\f\u0085\u2028\u2029 and tab\t.",
	"\u202Egpj.exe\u202C \u2066isolate\u2069 \u200fmark\u061c",
	"in\u200bvis\u2060i\ufeffble \u00adhyphen \U000E0050\U000E0057\U000E004E tags",
	"flood " + strings.Repeat("Z\u0301\u0489\u0e31\u20dd", 8) + "q" + strings.Repeat("\u0336", 300),
	"\u0301\u0301 begins and ends with a mark \u0301",
	"👩‍👩‍👧‍👦🏳️‍🌈🇯🇵👍🏽 ﷽ ｶﾞ ハ\u3099 각 क्षि नि กำ",
	"名前\x1b[5n名前 " + strings.Repeat("長い", 40),
}

// hostileEvents are attachments whose address and title do the same.
func (w *world) hostileEvents() []byte {
	w.t.Helper()
	entry := map[string]any{
		"id": w.facebook.PageID, "time": time.Now().UnixMilli(),
		"messaging": []any{map[string]any{
			"sender": map[string]string{"id": "3001"}, "recipient": map[string]string{"id": w.facebook.PageID},
			"timestamp": time.Now().UnixMilli(),
			"message": map[string]any{"mid": "m_hostile", "attachments": []any{
				map[string]any{"type": "fallback", "title": "bill\x1b]0;PWNED\x07\u202Efdp.exe\rPWNED", "url": "https://pwned.example/\x1b]52;c;UFdORUQ=\x07"},
				map[string]any{"type": "file", "payload": map[string]string{"url": "javascript:\x1b[31337mPWNED", "title": "\x1b[2Ja\nb"}},
				map[string]any{"type": "\x1b]0;PWNED\x07", "payload": map[string]string{"url": "https://a\rb\u009b31337m/\u202e"}},
			}},
		}},
	}
	return envelope(string(toJSON(w.t, entry)))
}

// TestScreenHostile: whatever customers write and are called, each has the rows of one
// customer, nothing reaches the terminal raw, and the program goes on.
func TestScreenHostile(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	customers := append(intrusions, strings.Repeat("64 KiB \x1b[31337m on a line ", 2600)[:64<<10])
	for i, text := range customers {
		name := text
		if len(name) > 1000 {
			name = name[:1000]
		}
		w.customerSays(strconv.Itoa(3001+i), wording{Text: text, Name: name})
	}
	waitFor(t, "all customers and their names are there", patience, func() bool {
		all := aki.conversations()
		return len(all) == len(customers) && !slices.ContainsFunc(all, func(c conversation) bool { return c.Customer.Name == "" })
	})
	w.delivers(w.hostileEvents())
	s := startScreen(t, aki.screenEnv())
	s.resize(screenWidth, 2*len(customers)+3)
	s.sees("● live", fmt.Sprintf("Open %d", len(customers)), "●2")
	s.hasRows(len(customers))

	overlays := []struct{ key, sees string }{{"s", "Tomorrow morning"}, {"?", "Everywhere"}, {keyCtrlK, "Commands"}}
	s.types("G")
	s.waits("the last is selected", func(lines []string) bool { return strings.HasPrefix(lines[2*len(customers)], "▌") })
	for i := range customers {
		s.types(keyEnter)
		s.sees("esc back", "Reply until", " New ")
		s.misses("Reading the messages")
		s.hasRows(len(customers))
		s.hasPanel()
		over := overlays[i%len(overlays)]
		s.presses(over.key, over.sees)
		s.types(keyEscape)
		s.misses(over.sees)
		s.types(keyEscape)
		s.sees("enter open")
		s.types("k")
	}
	s.isClean()
	s.leaves()
	s.isClean()
}

// rightEdge is what stands at the end of a customer's first line in the list: the age,
// and how long they can be answered.
var rightEdge = regexp.MustCompile(`^ +(now|\d+m) +2[34]h $`)

// hasPanel waits for the panel to stand where it belongs.
func (s *screen) hasPanel() {
	s.t.Helper()
	s.waits("the panel in its columns", func(lines []string) bool {
		for y := 2; y < len(lines)-1; y++ {
			if s.part(y, panelFrom-2, panelFrom) != "│ " {
				return false
			}
		}
		return strings.HasPrefix(s.part(2, panelFrom, screenWidth), english.Say(i18n.PanelContact))
	})
}

// hasRows waits for as many customers in the list, two lines each, and for every pane to
// stand where it belongs.
func (s *screen) hasRows(customers int) {
	s.t.Helper()
	why := ""
	look := func([]string) bool {
		for y := 2; y < 2+2*customers; y++ {
			first, mark, edge := (y-2)%2 == 0, s.part(y, 0, 1), s.part(y, 26, listColumns)
			switch {
			case first && !rightEdge.MatchString(edge):
				why = fmt.Sprintf("row %d ends with %q", y, edge)
			case mark != " " && mark != "▌":
				why = fmt.Sprintf("row %d begins with %q", y, mark)
			case s.part(y, listColumns, listColumns+2) != "│ ":
				why = fmt.Sprintf("row %d: between the panes stands %q", y, s.part(y, listColumns, listColumns+2))
			default:
				continue
			}
			return false
		}
		return true
	}
	defer func() {
		if s.t.Failed() {
			s.t.Log(why)
		}
	}()
	s.waits("rows that stand where they belong", look)
}

var (
	titleForm     = regexp.MustCompile(`^2;(Parley( \([\d,]+\))?)?$`)
	questionForm  = regexp.MustCompile(`^1[012];\?$`)
	oscForm       = regexp.MustCompile("\x1b\\][^\x07\x1b]*(\x07|\x1b\\\\)?")
	dcsForm       = regexp.MustCompile("\x1b[P_^X][^\x1b]*(\x1b\\\\)?")
	clipboardForm = regexp.MustCompile("\x1b\\]52;c;([^\x07\x1b]*)\x07")
	csiForm       = regexp.MustCompile(`\x1b\[[0-?]*[ -/]*[@-~]`)
)

// isClean expects that all the program wrote to the terminal is its own.
func (s *screen) isClean() {
	s.t.Helper()
	out := s.written()
	for _, osc := range oscForm.FindAllString(out, -1) {
		body := strings.TrimRight(osc[2:], "\x07\x1b\\")
		if !titleForm.MatchString(body) && !questionForm.MatchString(body) {
			s.t.Errorf("the program wrote the command %q", osc)
		}
	}
	for _, dcs := range dcsForm.FindAllString(out, -1) {
		if !strings.HasPrefix(dcs, "\x1bP+q") {
			s.t.Errorf("the program wrote the string %q", dcs)
		}
	}
	for _, csi := range csiForm.FindAllString(out, -1) {
		if len(csi) > 64 || strings.Contains(csi, "31337") || strings.HasSuffix(csi, "n") || csi == "\x1b[8m" {
			s.t.Errorf("the program wrote the sequence %q", csi)
		}
	}
	rest := csiForm.ReplaceAllString(dcsForm.ReplaceAllString(oscForm.ReplaceAllString(out, ""), ""), "")
	for i, r := range rest {
		if bad := unicode.IsControl(r) && !strings.ContainsRune("\r\n\b\t\x1b", r) || isInvisible(r); bad {
			s.t.Errorf("the program wrote %q in %q", r, rest[max(0, i-20):min(len(rest), i+20)])
		}
	}
	for _, raw := range []string{"\rPWNED", "\r PWNED", "\x1b]52", "\x1b]8", "\x1b]0"} {
		if strings.Contains(out, raw) {
			s.t.Errorf("the program wrote %q", raw)
		}
	}
}

// isInvisible tells characters that change what others look like, or where they stand.
func isInvisible(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r >= 0xE0000 && r <= 0xE007F ||
		strings.ContainsRune("\u061c\u200b\u200e\u200f\u2060\ufeff\u00ad\u2028\u2029", r)
}

// TestScreenJoiningMarks: characters that join the one before them leave the columns
// where they are, also where that is a blank, a letter or a digit of ASCII.
func TestScreenJoiningMarks(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	texts := []string{"joins a blank \u0e33", "joins a\u0e33 letter", "1\ufe0f\u20e3 and 2\ufe0f\u20e3", "a\u0903 b\u093e", "q\u0336\u0336 e\u0308\u0301"}
	fillScreen(h, texts...)
	s := startScreen(t, h.screenEnv(t, h.ann))
	s.sees("● live", fmt.Sprintf("Open %d", len(texts)))
	s.types("g")
	for range texts {
		s.types(keyEnter)
		s.sees("esc back", english.Say(i18n.PanelContact), " New ")
		s.misses("Reading the messages")
		// Drawn anew all at once, and by what changes.
		s.hasPanel()
		s.resize(screenWidth, screenHeight+1)
		s.hasPanel()
		s.types(keyEscape)
		s.sees("enter open")
		s.types("j")
		s.hasPanel()
	}
	s.leaves()
}

// TestScreenCopies: what is copied at the user's word goes to the clipboard without what
// would act where it is pasted.
func TestScreenCopies(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	fillScreen(h, "one\x1b[31337m\rtwo 納期\u009b")
	s := startScreen(t, h.screenEnv(t, h.ann))
	s.sees("● live", "納期")
	s.types(keyEnter)
	s.inThread("two 納期")
	s.types("y")
	s.sees("The text is copied.")
	var copied [][]string
	s.waits("something is copied", func([]string) bool {
		copied = clipboardForm.FindAllStringSubmatch(s.raw.String(), -1)
		return len(copied) > 0
	})
	if len(copied) > 1 {
		t.Errorf("%d times something was copied", len(copied))
	}
	text, err := base64.StdEncoding.DecodeString(copied[0][1])
	if err != nil || string(text) != "one␛[31337m\ntwo 納期⟨U+009B⟩" {
		t.Errorf("copied: %q, %v", text, err)
	}
	s.leaves()
}
