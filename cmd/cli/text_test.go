package cli

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"parley/i18n"
)

// TestTextInEncodings: what is not UTF-8 is refused with what it looks like, and with
// --encoding it is the text that was meant.
func TestTextInEncodings(t *testing.T) {
	t.Parallel()
	p := &Program{Words: i18n.New("en")}
	const estimate = "お見積もりありがとうございます。\r\n机3台、12,000円で①番をお願いします。"
	for _, c := range []struct{ name, text, looks string }{
		{"shift_jis", estimate, "Shift_JIS"},
		{"shift_jis", "はい", "Shift_JIS"},
		{"shift_jis", "ｱﾘｶﾞﾄｳございます", "Shift_JIS"},
		{"euc-jp", "お見積もりありがとうございます。\n机3台をお願いします。", "EUC-JP"},
		{"iso-2022-jp", "お見積もりありがとうございます。", "ISO-2022-JP"},
		{"utf-16le", "Hello, お見積もり", "UTF-16"},
		{"utf-16be", "Hello there", "UTF-16"},
		{"utf-16le", "お世話になっております。", "UTF-16"},
		{"utf-16be", "お世話になっております。", "UTF-16"},
		{"euc-kr", "견적을 부탁드립니다. 감사합니다.", "EUC-KR"},
		{"gb18030", "您好，请把报价发给我。谢谢！", "GB18030"},
		{"big5", "您好，請把報價寄給我。謝謝！", "Big5"},
		{"windows-1252", "Grüße aus München – déjà vu", "windows-1252"},
		{"latin1", "Müller", "windows-1252"},
	} {
		e, err := htmlindex.Get(c.name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := e.NewEncoder().Bytes([]byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Text(b, "")
		var f *Failure
		if !errors.As(err, &f) || f.Exit != ExitRefused || c.looks != "" && !strings.Contains(f.Say, "looks like "+c.looks) {
			t.Errorf("%s %q: %v", c.name, c.text, err)
		}
		if got, err := p.Text(b, c.name); err != nil || got != c.text {
			t.Errorf("%s %q: converted to %q, %v", c.name, c.text, got, err)
		}
		if c.looks == "" {
			continue
		}
		if got, err := p.Text(b, looksLike(b)); err != nil || got != c.text {
			t.Errorf("%s %q: as it looks, %q, %v", c.name, c.text, got, err)
		}
	}
	marked := unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	b, _ := marked.NewEncoder().Bytes([]byte("お見積もり"))
	if _, err := p.Text(b, ""); err == nil || !strings.Contains(err.Error(), "UTF-16") {
		t.Errorf("UTF-16: %v", err)
	}
	if got, err := p.Text(b, "utf-16"); err != nil || got != "お見積もり" {
		t.Errorf("UTF-16: converted to %q, %v", got, err)
	}
}

// TestNamesOfEncodings: those that people in Japan use are known.
func TestNamesOfEncodings(t *testing.T) {
	t.Parallel()
	p := &Program{Words: i18n.New("en")}
	for _, name := range []string{"cp932", "CP932", "MS932", "Windows-31J", "sjis", "Shift-JIS", "x-sjis"} {
		if got, err := p.Text([]byte("\x82\xa8\x90\xa2\x98b\x87@"), name); err != nil || got != "お世話①" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"eucJP", "EUC_JP", "x-euc-jp"} {
		if got, err := p.Text([]byte("\xa4\xaa\xc0\xa4\xcf\xc3"), name); err != nil || got != "お世話" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestWhatIsNoTextLooksLikeNone: of a program, a picture or a text in UTF-32 nobody is told
// to send it as UTF-16.
func TestWhatIsNoTextLooksLikeNone(t *testing.T) {
	t.Parallel()
	for _, b := range []string{
		"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00>\x00\x01\x00\x00\x00\xc0\x01\x00\x00\x00\x00\x00\x00",
		"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00",
		"\xff\xfe\x00\x00H\x00\x00\x00i\x00\x00\x00", "a\x00b", "\x00\x00\x00\x00",
	} {
		if got := looksLike([]byte(b)); got != "" {
			t.Errorf("%q looks like %s", b, got)
		}
	}
}

// TestTextThatIsNone: control characters and broken bytes are refused, a mark of UTF-8 goes.
func TestTextThatIsNone(t *testing.T) {
	t.Parallel()
	p := &Program{Words: i18n.New("en")}
	for in, want := range map[string]string{
		"hello":                  "hello",
		"two\nlines\r\n\tand ❤️": "two\nlines\r\n\tand ❤️",
		"\uFEFFmarked":           "marked",
		"":                       "",
		"\uFFFD":                 "\uFFFD",
		"עברית \u200Fימין":       "עברית \u200Fימין",
	} {
		if got, err := p.Text([]byte(in), ""); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for in, say := range map[string]string{
		"a\x1b[2J":          "U+001B in line 1",
		"a\nb\x00c":         "U+0000 in line 2",
		"a\rb":              "U+000D in line 1",
		"a\x7f":             "U+007F",
		"\u009b31m":         "U+009B",
		"\a":                "U+0007",
		"caf\xc3":           "not UTF-8",
		"お見積\xe3\x81":       "not UTF-8",
		"\xff\xff\xff\xfe!": "not UTF-8",
	} {
		_, err := p.Text([]byte(in), "")
		if err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%q: %v, want %q", in, err, say)
		}
	}
	if _, err := p.Text([]byte("x"), "klingon"); err == nil || !strings.Contains(err.Error(), "klingon") {
		t.Errorf("an unknown encoding: %v", err)
	}
	if _, err := p.Text([]byte("お見積もり"), "euc-jp"); err == nil || !strings.Contains(err.Error(), "not all euc-jp") {
		t.Errorf("another encoding: %v", err)
	}
}

// FuzzText: what is taken is text, and stands in what came.
func FuzzText(f *testing.F) {
	p := &Program{Words: i18n.New("en")}
	f.Add([]byte("\x82\xcd\x82\xa2"), "shift_jis")
	f.Add([]byte("caf\xe9\r\n"), "")
	f.Fuzz(func(t *testing.T, b []byte, name string) {
		s, err := p.Text(b, name)
		if err != nil {
			return
		}
		if _, line := controlIn(s); line > 0 || strings.ToValidUTF8(s, "?") != s {
			t.Fatalf("%q of %q", s, b)
		}
		if name == "" && s != string(b) && "\uFEFF"+s != string(b) {
			t.Fatalf("%q became %q", b, s)
		}
	})
}
