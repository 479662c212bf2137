package screen

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

	"parley/e2e/driver"
	"parley/e2e/livehub"
	"parley/i18n"
	"parley/ui/link"
	"parley/ui/term/graphics"
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
func hostileEvents(w *driver.World) []byte {
	w.T.Helper()
	entry := map[string]any{
		"id": w.Facebook.PageID, "time": time.Now().UnixMilli(),
		"messaging": []any{map[string]any{
			"sender": map[string]string{"id": "3001"}, "recipient": map[string]string{"id": w.Facebook.PageID},
			"timestamp": time.Now().UnixMilli(),
			"message": map[string]any{"mid": "m_hostile", "attachments": []any{
				map[string]any{"type": "fallback", "title": "bill\x1b]0;PWNED\x07\u202Efdp.exe\rPWNED", "url": "https://pwned.example/\x1b]52;c;UFdORUQ=\x07"},
				map[string]any{"type": "file", "payload": map[string]string{"url": "javascript:\x1b[31337mPWNED", "title": "\x1b[2Ja\nb"}},
				map[string]any{"type": "\x1b]0;PWNED\x07", "payload": map[string]string{"url": "https://a\rb\u009b31337m/\u202e"}},
			}},
		}},
	}
	return driver.Envelope(string(driver.ToJSON(w.T, entry)))
}

// TestScreenHostile: whatever customers write and are called, each has the rows of one
// customer, nothing reaches the terminal raw, and the program goes on.
func TestScreenHostile(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	customers := append(intrusions, strings.Repeat("64 KiB \x1b[31337m on a line ", 2600)[:64<<10])
	for i, text := range customers {
		name := text
		if len(name) > 1000 {
			name = name[:1000]
		}
		w.CustomerSays(strconv.Itoa(3001+i), driver.Wording{Text: text, Name: name})
	}
	driver.WaitFor(t, "all customers and their names are there", driver.Patience, func() bool {
		all := aki.Conversations()
		return len(all) == len(customers) && !slices.ContainsFunc(all, func(c driver.Conversation) bool { return c.Customer.Name == "" })
	})
	w.Delivers(hostileEvents(w))
	s := driver.StartScreen(t, aki.ScreenEnv())
	s.Resize(driver.ScreenWidth, 2*len(customers)+3)
	s.Sees("● live", fmt.Sprintf("Open %d", len(customers)), "●2")
	hasRows(s, len(customers))

	overlays := []struct{ key, sees string }{{"s", "Tomorrow morning"}, {"?", "The ten keys of a day"}, {driver.KeyCtrlK, "Commands"}}
	s.Types("G")
	s.Waits("the last is selected", func(lines []string) bool { return strings.HasPrefix(lines[2*len(customers)], "▌") })
	for i := range customers {
		s.Types(driver.KeyEnter)
		s.Sees("esc back", "Reply until", " New ")
		s.Misses("Reading the messages")
		hasRows(s, len(customers))
		hasPanel(s)
		over := overlays[i%len(overlays)]
		s.Presses(over.key, over.sees)
		s.Types(driver.KeyEscape)
		s.Misses(over.sees)
		s.Types(driver.KeyEscape)
		s.Sees("enter open")
		s.Types("k")
	}
	isClean(s)
	s.Leaves()
	isClean(s)
}

// rightEdge is what stands at the end of a customer's first line in the list: the age.
var rightEdge = regexp.MustCompile(` (now|\d+m) $`)

// hasPanel waits for the panel to stand where it belongs.
func hasPanel(s *driver.Screen) {
	s.T.Helper()
	s.Waits("the panel in its columns", func(lines []string) bool {
		for y := 2; y < len(lines)-1; y++ {
			if s.Part(y, driver.PanelFrom-2, driver.PanelFrom) != "│ " {
				return false
			}
		}
		return strings.HasPrefix(s.Part(2, driver.PanelFrom, driver.ScreenWidth), driver.English.Say(i18n.PanelContact))
	})
}

// hasRows waits for as many customers in the list, two lines each, and for every pane to
// stand where it belongs.
func hasRows(s *driver.Screen, customers int) {
	s.T.Helper()
	why := ""
	look := func([]string) bool {
		for y := 2; y < 2+2*customers; y++ {
			first, mark, edge := (y-2)%2 == 0, s.Part(y, 0, 1), s.Part(y, 26, driver.ListColumns)
			switch {
			case first && !rightEdge.MatchString(edge):
				why = fmt.Sprintf("row %d ends with %q", y, edge)
			case mark != " " && mark != "▌":
				why = fmt.Sprintf("row %d begins with %q", y, mark)
			case s.Part(y, driver.ListColumns, driver.ListColumns+2) != "│ ":
				why = fmt.Sprintf("row %d: between the panes stands %q", y, s.Part(y, driver.ListColumns, driver.ListColumns+2))
			default:
				continue
			}
			return false
		}
		return true
	}
	defer func() {
		if s.T.Failed() {
			s.T.Log(why)
		}
	}()
	s.Waits("rows that stand where they belong", look)
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
func isClean(s *driver.Screen) {
	s.T.Helper()
	out := s.Written()
	for _, osc := range oscForm.FindAllString(out, -1) {
		if link.Sequence(osc) == len(osc) { // a link of ours, to a host that is seen
			continue
		}
		body := strings.TrimRight(osc[2:], "\x07\x1b\\")
		if !titleForm.MatchString(body) && !questionForm.MatchString(body) {
			s.T.Errorf("the program wrote the command %q", osc)
		}
	}
	for _, dcs := range dcsForm.FindAllString(out, -1) {
		if !strings.HasPrefix(dcs, "\x1bP+q") && dcs != graphics.Question {
			s.T.Errorf("the program wrote the string %q", dcs)
		}
	}
	for _, csi := range csiForm.FindAllString(out, -1) {
		if len(csi) > 64 || strings.Contains(csi, "31337") || strings.HasSuffix(csi, "n") || csi == "\x1b[8m" {
			s.T.Errorf("the program wrote the sequence %q", csi)
		}
	}
	rest := csiForm.ReplaceAllString(dcsForm.ReplaceAllString(oscForm.ReplaceAllString(out, ""), ""), "")
	for i, r := range rest {
		if bad := unicode.IsControl(r) && !strings.ContainsRune("\r\n\b\t\x1b", r) || isInvisible(r); bad {
			s.T.Errorf("the program wrote %q in %q", r, rest[max(0, i-20):min(len(rest), i+20)])
		}
	}
	for _, raw := range []string{"\rPWNED", "\r PWNED", "\x1b]52", "\x1b]8;;http", "\x1b]0"} {
		if strings.Contains(out, raw) {
			s.T.Errorf("the program wrote %q", raw)
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
	h := livehub.New(t)
	texts := []string{"joins a blank \u0e33", "joins a\u0e33 letter", "1\ufe0f\u20e3 and 2\ufe0f\u20e3", "a\u0903 b\u093e", "q\u0336\u0336 e\u0308\u0301"}
	fillScreen(h, texts...)
	s := driver.StartScreen(t, screenEnv(h, t, h.Ann))
	s.Sees("● live", fmt.Sprintf("Open %d", len(texts)))
	s.Types("g")
	for range texts {
		s.Types(driver.KeyEnter)
		s.Sees("esc back", driver.English.Say(i18n.PanelContact), " New ")
		s.Misses("Reading the messages")
		// Drawn anew all at once, and by what changes.
		hasPanel(s)
		s.Resize(driver.ScreenWidth, driver.ScreenHeight+1)
		hasPanel(s)
		s.Types(driver.KeyEscape)
		s.Sees("enter open")
		s.Types("j")
		hasPanel(s)
	}
	s.Leaves()
}

// TestScreenCopies: what is copied at the user's word goes to the clipboard without what
// would act where it is pasted.
func TestScreenCopies(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	fillScreen(h, "one\x1b[31337m\rtwo 納期\u009b")
	s := driver.StartScreen(t, screenEnv(h, t, h.Ann))
	s.Sees("● live", "納期")
	s.Types(driver.KeyEnter)
	s.InThread("two 納期")
	s.Types("y")
	s.Sees("The text is copied.")
	var copied [][]string
	s.Waits("something is copied", func([]string) bool {
		copied = clipboardForm.FindAllStringSubmatch(s.Raw.String(), -1)
		return len(copied) > 0
	})
	if len(copied) > 1 {
		t.Errorf("%d times something was copied", len(copied))
	}
	text, err := base64.StdEncoding.DecodeString(copied[0][1])
	if err != nil || string(text) != "one␛[31337m\ntwo 納期⟨U+009B⟩" {
		t.Errorf("copied: %q, %v", text, err)
	}
	s.Leaves()
}
