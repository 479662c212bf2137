package thread_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"parley/model"
	"parley/ui/cells"
	"parley/ui/link"
	"parley/ui/look"
	"parley/ui/theme"
	"parley/ui/thread"
)

// hostile are texts that a terminal must not get.
var hostile = []string{
	"\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b]52;c;cm0gLXJm\x1b\\", "\x9b2J", "\u009b2J", "\x1bP+q\x1b\\",
	"a\rb", "a\r\nb", "\x00\x07\x08\x0b\x0c\x7f", "\u202e\u2066abc\u2069", "\u200b\u200d\ufeff", "\xff\xfe\xc2",
	"e" + strings.Repeat("\u0301", 500), strings.Repeat("\u0e33", 50), "\u0600\u0601", "\u115f\u1160", "\u2028\u2029",
	"👩\u200d👩\u200d👧", "👍🏽", "❤\ufe0f", "1\ufe0f\u20e3", "🇯🇵🇯", "🏴\U000e0067\U000e0062\U000e007f", "＿ﾊﾟ", "⸻", "\t\ttab",
	"https://\u0440\u0430ypal.example/\x1b[1m", "https://a.example/" + strings.Repeat("x", 90) + "?y=\x1b]8;;\x1b\\", "https://bank.example@evil.example/;;", "{{.Name}}", "%s%d", "", " ", "\n\n\n",
}

// checkScreen tells what is wrong with a screen: its lines, their cells, what they hold.
func checkScreen(lines []string, w, h int, graphemes bool) error {
	if len(lines) != h {
		return fmt.Errorf("%d lines instead of %d", len(lines), h)
	}
	for i, l := range lines {
		bare, err := withoutStyles(l)
		if err != nil {
			return fmt.Errorf("line %d: %w", i, err)
		}
		width := ansi.StringWidthWc(bare)
		if graphemes {
			width = ansi.StringWidth(bare)
		}
		if width != w {
			return fmt.Errorf("line %d has %d cells instead of %d: %q", i, width, w, bare)
		}
		// With the styles between, too, which part what else would be one cluster.
		if styled := ansi.StringWidth(l); graphemes && styled != w {
			return fmt.Errorf("line %d has %d cells with its styles instead of %d: %q", i, styled, w, l)
		}
	}
	return nil
}

// withoutStyles takes our own sequences away: colours, bold, reverse, and their end; links, each
// of which must end in its line.
func withoutStyles(l string) (string, error) {
	var b strings.Builder
	open := false
	for l != "" {
		if n := link.Sequence(l); n > 0 {
			if open = !open; open == (l[:n] == link.Close) {
				return "", fmt.Errorf("a link in a link: %q", l)
			}
			l = l[n:]
			continue
		}
		if rest, ok := strings.CutPrefix(l, "\x1b["); ok {
			n := strings.IndexByte(rest, 'm')
			if n < 0 || strings.Trim(rest[:n], "0123456789;") != "" {
				return "", fmt.Errorf("a sequence that is not ours: %q", l)
			}
			l = rest[n+1:]
			continue
		}
		r, n := utf8.DecodeRuneInString(l)
		switch {
		case r == utf8.RuneError && n == 1:
			return "", fmt.Errorf("no UTF-8: %q", l)
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == 0x2028, r == 0x2029, r == 0xFEFF:
			return "", fmt.Errorf("%U: %q", r, l)
		}
		b.WriteString(l[:n])
		l = l[n:]
	}
	if open {
		return "", errors.New("a link has no end")
	}
	return b.String(), nil
}

// anyText is text of hostile pieces and of ordinary ones.
func anyText() *rapid.Generator[model.Untrusted] {
	piece := rapid.OneOf(rapid.SampledFrom(hostile), rapid.SampledFrom([]string{"word ", "見積もり。", "a", "\n"}), rapid.String())
	return rapid.Map(rapid.SliceOfN(piece, 0, 6), func(p []string) model.Untrusted {
		return model.Untrusted(strings.Join(p, ""))
	})
}

func anyMessage(t *rapid.T, i int, at time.Time) model.Message {
	text := anyText()
	one := func(name string) model.Untrusted { return text.Draw(t, name) }
	m := model.Message{
		ID: model.MessageID(fmt.Sprint(i)), Seq: rapid.Int64Range(0, 3).Draw(t, "seq"), SentAt: at,
		Direction: rapid.SampledFrom([]model.Direction{model.In, model.Out, model.Note, model.System, "odd"}).Draw(t, "direction"),
		Author: model.Author{
			Kind: rapid.SampledFrom([]model.AuthorKind{model.ByCustomer, model.ByUser, model.ByPage, model.ByApp, "odd"}).Draw(t, "by"),
			Name: one("name"), ID: rapid.SampledFrom([]string{"", "marta", string(me)}).Draw(t, "id"),
		},
		Text: one("text"), Edited: rapid.Bool().Draw(t, "edited"), Deleted: rapid.Bool().Draw(t, "deleted"),
		State: rapid.SampledFrom([]model.State{
			"", model.Queued, model.Sent, model.Delivered, model.Read, model.Failed, model.Unknown, model.Ask, model.Dropped, "odd",
		}).Draw(t, "state"),
	}
	if rapid.Bool().Draw(t, "was") {
		was := one("was")
		m.Was = &was
	}
	if rapid.Bool().Draw(t, "event") {
		m.Event = &model.Notable{
			Kind:  rapid.SampledFrom([]model.EventKind{model.EventReferral, model.EventOrder, "odd\x1b"}).Draw(t, "kind"),
			Entry: &model.Entry{Source: rapid.SampledFrom([]string{model.SourceAds, ""}).Draw(t, "source"), Title: one("title"), Ref: one("ref")},
		}
	}
	if rapid.Bool().Draw(t, "trailers") {
		m.ReplyTo = model.MessageID(fmt.Sprint(rapid.IntRange(0, 12).Draw(t, "reply to")))
		m.Feedback, m.Probably, m.DeliveredTwice, m.WaitsFor = one("feedback"), true, true, "x"
		m.Reactions = []model.Reaction{{By: model.ByCustomer, Kind: string(one("reaction")), Emoji: one("emoji")}}
		m.Error = &model.MessageError{Code: rapid.SampledFrom([]model.Code{model.GraphRefused, "odd"}).Draw(t, "code"), Detail: one("detail")}
		m.Attachments = []model.Attachment{{
			Type:  rapid.SampledFrom([]string{"image", "fallback", "\x1b[2J"}).Draw(t, "type"),
			Title: one("file"), URL: "https://" + one("url"), Size: rapid.Int64().Draw(t, "size"),
		}}
	}
	return m
}

func anyLook(t *rapid.T) (look.Look, bool) {
	graphemes := rapid.Bool().Draw(t, "graphemes")
	m := cells.Measure{}
	if graphemes {
		m = cells.Graphemes()
	}
	l := lookIn(rapid.SampledFrom([]string{"en", "ja"}).Draw(t, "language"), m)
	l.Theme = theme.New(theme.Options{
		ASCII:   rapid.Bool().Draw(t, "ascii"),
		Profile: rapid.SampledFrom([]colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.TrueColor}).Draw(t, "profile"),
	})
	l.Version = l.Theme.Version
	return l, graphemes
}

// TestAnythingFits: whatever came and wherever the user moved, the screen is as large as
// it is, and holds nothing raw.
func TestAnythingFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := thread.New()
		l, graphemes := anyLook(t)
		var c thread.Content
		var w, h int
		at := ago(48 * time.Hour)
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "do") {
			case 0:
				w, h = rapid.IntRange(0, 100).Draw(t, "w"), rapid.IntRange(0, 20).Draw(t, "h")
				p.SetSize(w, h)
			case 1:
				old := c.Thread.Messages
				c = content(old...)
				for range rapid.IntRange(0, 5).Draw(t, "messages") {
					at = at.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "later")) * time.Minute)
					c.Thread.Messages = append(c.Thread.Messages, anyMessage(t, len(c.Thread.Messages), at))
				}
				c.Conversation.Customer.Name = anyText().Draw(t, "customer")
				c.FirstUnread = model.MessageID(fmt.Sprint(rapid.IntRange(0, 12).Draw(t, "unread")))
				c.Loading = rapid.Bool().Draw(t, "loading")
				c.Pending = []thread.Pending{{ClientID: "p", Text: anyText().Draw(t, "pending"), At: at, Failed: string(anyText().Draw(t, "failed"))}}
				p.Set(l, c)
			default:
				wander(t, p)
			}
			if err := checkScreen(p.Lines(rapid.Bool().Draw(t, "focused")), w, h, graphemes); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// wander calls one of everything that moves.
func wander(t *rapid.T, p *thread.Pane) {
	n := rapid.IntRange(-3, 20).Draw(t, "n")
	switch rapid.IntRange(0, 6).Draw(t, "move") {
	case 0:
		p.Up(n)
	case 1:
		p.Down(n)
	case 2:
		p.Page(n - 5)
	case 3:
		p.Top()
	case 4:
		p.Bottom()
	case 5:
		p.Expand(model.MessageID(fmt.Sprint(n)))
	default:
		p.Show(conversation)
	}
	p.NearTop()
	p.SeenUpTo()
	p.Asking()
}

// TestFloods: messages of 64 KiB that are one line, or nothing but lines.
func TestFloods(t *testing.T) {
	t.Parallel()
	for _, one := range []string{"x", "見", "\n", "\u0301", "👩\u200d", "\x1b[1m", " ", "\u202e", "क्"} {
		flood := model.Untrusted(strings.Repeat(one, (64<<10)/len(one)))
		m := customer("flood", now, flood)
		m.Author.Name = flood
		m.Attachments = []model.Attachment{{Type: "fallback", Title: flood, URL: "https://" + flood}}
		c := content(m, mine("after", now, "after", model.Sent))
		c.Conversation.Customer.Name = flood
		for _, size := range [][2]int{{0, 0}, {1, 1}, {10, 3}, {80, 24}} {
			p := pane(size[0], size[1], c)
			for range 3 {
				if err := checkScreen(p.Lines(true), size[0], size[1], false); err != nil {
					t.Fatalf("%q at %v: %v", one, size, err)
				}
				p.Up(1)
				p.Page(-1)
			}
		}
	}
}

func FuzzDraw(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, s, uint8(40), uint8(12))
	}
	f.Fuzz(func(t *testing.T, text, name string, w, h uint8) {
		m := customer("1", now, model.Untrusted(text))
		m.Attachments = []model.Attachment{{Type: name, Title: model.Untrusted(name), URL: model.Untrusted(text)}}
		answer := mine("2", now, model.Untrusted(name), model.Failed)
		answer.ReplyTo, answer.Error = "1", &model.MessageError{Code: model.Code(name), Detail: model.Untrusted(text)}
		c := content(m, answer)
		c.Conversation.Customer.Name = model.Untrusted(name)
		for _, measure := range []cells.Measure{{}, cells.Graphemes()} {
			p := thread.New()
			p.SetSize(int(w), int(h))
			p.Set(lookIn("en", measure), c)
			for range 3 {
				if err := checkScreen(p.Lines(true), int(w), int(h), measure != cells.Measure{}); err != nil {
					t.Fatal(err)
				}
				p.Page(-1)
			}
		}
	})
}
