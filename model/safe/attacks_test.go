package safe

import (
	"strings"
	"testing"
)

// attacks are the ways in which text tries to act on a terminal. All that is
// taken out or replaced shows: hidden is true for each.
var attacks = []struct {
	name string
	in   string
	body string
}{
	{name: "OSC 52 writes no clipboard", in: "a\x1b]52;c;aGk=\x07b", body: "a␛]52;c;aGk=␇b"},
	{name: "OSC 52 reads no clipboard", in: "\x1b]52;c;?\x1b\\", body: "␛]52;c;?␛\\"},
	{name: "OSC 0 sets no title", in: "\x1b]0;Bank\x07", body: "␛]0;Bank␇"},
	{name: "OSC 2 sets no title", in: "\x1b]2;Bank\x1b\\", body: "␛]2;Bank␛\\"},
	{name: "OSC 9 notifies nobody", in: "\x1b]9;hi\x07", body: "␛]9;hi␇"},
	{name: "OSC 777 notifies nobody", in: "\x1b]777;notify;a;b\x07", body: "␛]777;notify;a;b␇"},
	{name: "DCS", in: "\x1bP+q544e\x1b\\x", body: "␛P+q544e␛\\x"},
	{name: "DECRQSS is not asked", in: "\x1bP$qm\x1b\\", body: "␛P$qm␛\\"},
	{name: "APC", in: "\x1b_Ga=q;AAAA\x1b\\x", body: "␛_Ga=q;AAAA␛\\x"},
	{name: "PM", in: "\x1b^x\x1b\\", body: "␛^x␛\\"},
	{name: "SOS", in: "\x1bXx\x1b\\", body: "␛Xx␛\\"},
	{name: "CSI clears nothing", in: "a\x1b[2Jb", body: "a␛[2Jb"},
	{name: "CSI moves nothing", in: "a\x1b[1;1Hb", body: "a␛[1;1Hb"},
	{name: "CSI asks nothing", in: "\x1b[6n", body: "␛[6n"},
	{name: "CSI changes no mode", in: "\x1b[?1049l", body: "␛[?1049l"},
	{name: "the end of a paste", in: "a\x1b[201~rm", body: "a␛[201~rm"},
	{name: "reset", in: "\x1bc", body: "␛c"},
	{name: "BEL BS SO SI", in: "a\x07\x08\x0e\x0fb", body: "a␇␈␎␏b"},
	{name: "DEL", in: "a\x7fb", body: "a␡b"},
	{name: "NUL", in: "a\x00b", body: "a␀b"},
	{name: "SGR conceals nothing", in: "\x1b[8mpay\x1b[0m", body: "␛[8mpay␛[0m"},
	{name: "SGR reverse and blink", in: "\x1b[7;5mpay", body: "␛[7;5mpay"},
	{name: "OSC 8 links nowhere", in: "\x1b]8;;javascript:x\x1b\\bank.com\x1b]8;;\x1b\\", body: "␛]8;;javascript:x␛\\bank.com␛]8;;␛\\"},
	{name: "OSC 8 left open", in: "\x1b]8;;file:///etc\x07bank.com", body: "␛]8;;file:///etc␇bank.com"},
	{name: "a placeholder of the terminal's pictures", in: "a\U0010EEEE\u0305b", body: "a\uFFFD\u0305b"},
	{name: "an address with controls", in: "https://a.com/\x07\x1b[2J", body: "https://a.com/␇␛[2J"},
	{name: "OSC without an end hides nothing", in: "hello \x1b]0;rest", body: "hello ␛]0;rest"},
	{name: "DCS without an end hides nothing", in: "hello \x1bPrest", body: "hello ␛Prest"},
	{name: "APC without an end hides nothing", in: "hello \x1b_rest", body: "hello ␛_rest"},
	{name: "ESC at the end", in: "hello\x1b", body: "hello␛"},
	{name: "raw 8-bit CSI", in: "a\x9b31mb", body: "a\uFFFD31mb"},
	{name: "raw 8-bit OSC", in: "a\x9d0;x\x9cb", body: "a\uFFFD0;x\uFFFDb"},
	{name: "raw 8-bit DCS", in: "a\x90x", body: "a\uFFFDx"},
	{name: "raw 8-bit NEL", in: "a\x85x", body: "a\uFFFDx"},
	{name: "C1 CSI", in: "a\u009b31mb", body: "a⟨U+009B⟩31mb"},
	{name: "C1 OSC", in: "a\u009d0;x\u009cb", body: "a⟨U+009D⟩0;x⟨U+009C⟩b"},
	{name: "C1 DCS and the first and last", in: "\u0090\u0080\u009f", body: "⟨U+0090⟩⟨U+0080⟩⟨U+009F⟩"},
	{name: "invalid UTF-8", in: "a\xff\xfeb", body: "a\uFFFD\uFFFDb"},
	{name: "truncated UTF-8", in: "a\xe3\x81", body: "a\uFFFD\uFFFD"},
	{name: "overlong NUL", in: "a\xc0\x80b", body: "a\uFFFD\uFFFDb"},
	{name: "overlong ESC", in: "\xe0\x80\x9b[2J", body: "\uFFFD\uFFFD\uFFFD[2J"},
	{name: "surrogate", in: "\xed\xa0\x80", body: "\uFFFD\uFFFD\uFFFD"},
	{name: "override", in: "inv\u202Efdp.exe\u202C", body: "inv⟨RLO⟩fdp.exe⟨PDF⟩"},
	{name: "embeddings and the other override", in: "\u202A\u202B\u202D", body: "⟨LRE⟩⟨RLE⟩⟨LRO⟩"},
	{name: "isolates", in: "\u2066a\u2067b\u2068c\u2069", body: "⟨LRI⟩a⟨RLI⟩b⟨FSI⟩c⟨PDI⟩"},
	{name: "marks of direction", in: "a\u200E\u200F\u061Cb", body: "ab"},
	{name: "word joiner", in: "a\u2060b", body: "ab"},
	{name: "tag characters", in: "a\U000E0001\U000E0068\U000E0069b", body: "ab"},
	{name: "tags on a flag that say something else", in: "🏴\U000E0068\U000E0069\U000E007F", body: "🏴"},
	{name: "zero width space", in: "pay\u200Bpal", body: "paypal"},
	{name: "ZWNJ between Latin letters", in: "pay\u200Cpal", body: "paypal"},
	{name: "ZWJ between Latin letters", in: "pay\u200Dpal", body: "paypal"},
	{name: "ZWJ between an emoji and a letter", in: "👩\u200Da", body: "👩a"},
	{name: "byte order mark", in: "\uFEFFa", body: "a"},
	{name: "soft hyphen", in: "pay\u00ADpal", body: "paypal"},
	{name: "invisible operators", in: "a\u2061\u2062\u2063\u2064b", body: "ab"},
	{name: "interlinear notes", in: "a\uFFF9b\uFFFAc\uFFFBd", body: "abcd"},
	{name: "Mongolian vowel separator", in: "a\u180Eb", body: "ab"},
	{name: "blank fillers", in: "\u115F\u1160\u3164\uFFA0", body: ""},
	{name: "other blank characters", in: "\U0001D159\U00013441\U00013442", body: ""},
	{name: "other format characters", in: "a\u206A\u206F\U0001D173\U00013430\U0001BCA0b", body: "ab"},
	{name: "other characters to ignore", in: "a\u034F\u17B4\u2065\uFFF0\U000E0FFFb", body: "ab"},
	{name: "prepended numbers", in: "\u06DD1", body: "\uFFFD1"},
	{name: "selector after a letter", in: "a\uFE0F\uFE00\U000E0100b", body: "ab"},
	{name: "selectors that carry a message", in: "😀\U000E0121\U000E0122", body: "😀"},
	{name: "two selectors on an ideograph", in: "葛\U000E0100\U000E0101", body: "葛"},
	{name: "private use", in: "\uE0B0\U000F0000\U0010FFFD", body: "\uFFFD\uFFFD\uFFFD"},
	{name: "noncharacters", in: "\uFFFE\uFDD0\U0002FFFF", body: "\uFFFD\uFFFD\uFFFD"},
	{name: "unassigned", in: "\u0378\U000E1000", body: "\uFFFD\uFFFD"},
}

func TestAttacks(t *testing.T) {
	t.Parallel()
	for _, tt := range attacks {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for name, got := range map[string]Text{
				"Body":    Body(u(tt.in)),
				"BodyAll": BodyAll(u(tt.in)),
				"Line":    Line(u(tt.in)),
			} {
				if got.String() != tt.body {
					t.Errorf("%s(%+q) = %+q, want %+q", name, tt.in, got, tt.body)
				}
				if !got.Hidden() {
					t.Errorf("%s(%+q) hides that it hides", name, tt.in)
				}
			}
		})
	}
}

// What comes as an attack on a line or as a plain custom of writing is made
// right without a word.
func TestQuietRules(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, body, line string }{
		{"a lone CR starts a line and overwrites none", "hello\rFAKE", "hello\nFAKE", "hello⏎FAKE"},
		{"CRLF is one line break", "a\r\nb", "a\nb", "a⏎b"},
		{"CR CR LF is two", "a\r\r\nb", "a\n\nb", "a⏎⏎b"},
		{"NEL LS PS VT FF break lines", "a\u0085b\u2028c\u2029d\ve\ff", "a\nb\nc\nd\ne\nf", "a⏎b⏎c⏎d⏎e⏎f"},
		{"a tab is four spaces", "a\tb", "a    b", "a    b"},
		{"an accent in pieces is composed", "re\u0301sume\u0301", "résumé", "résumé"},
		{"a mark that has no composition stays", "q\u0301", "q\u0301", "q\u0301"},
		{"marks are put in order", "q\u0301\u0323", "q\u0323\u0301", "q\u0323\u0301"},
		{"dakuten in pieces is composed", "か\u3099", "が", "が"},
		{"a mark first has a dotted circle", "\u0301a", "◌\u0301a", "◌\u0301a"},
		{"a mark after a newline has one", "a\n\u0301b", "a\n◌\u0301b", "a⏎\u0301b"},
		{"a mark after a space has one", "a \u0301b", "a ◌\u0301b", "a ◌\u0301b"},
		{"a mark first in decomposed text stays one", "\u0344", "◌\u0308\u0301", "◌\u0308\u0301"},
		{"other spaces become spaces", "a\u00A0b\u202Fc\u205Fd\u1680e\u2800f", "a b c d e f", "a b c d e f"},
		{"spaces of a set width stay", "a\u2002b\u2009c\u3000d", "a\u2002b\u2009c\u3000d", "a\u2002b\u2009c\u3000d"},
		{"spaces at the ends of a line go", " \t\u3000a b\u3000 ", "     \u3000a b\u3000 ", "a b"},
		{"a name of spaces is empty", " \u3000\u2003", " \u3000\u2003", ""},
		{"nothing is nothing", "", "", ""},
		{"a variant of an ideograph is the ideograph", "葛\U000E0100飾\uFE00", "葛飾", "葛飾"},
		{"a variant of a Mongolian letter is the letter", "\u1820\u180B", "\u1820", "\u1820"},
		{"a half form at the end of a word", "ന്\u200D", "ന്", "ന്"},
		{"flags made of tags are black", "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F!", "🏴!", "🏴!"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body, line := Body(u(tt.in)), Line(u(tt.in))
			if body.String() != tt.body {
				t.Errorf("Body = %+q, want %+q", body, tt.body)
			}
			if line.String() != tt.line {
				t.Errorf("Line = %+q, want %+q", line, tt.line)
			}
			if body.flags|line.flags != 0 {
				t.Errorf("Body has flags %b, Line %b, want none", body.flags, line.flags)
			}
		})
	}
}

// languages are texts as people write them. They come through unchanged.
var languages = []string{
	"Hello, how much is it? – 12 €",
	"見積もりをお願いできますか？\n机は三台です。々〜ー「」『』…※",
	"ｱｲｳｴｵ ｶﾞｷﾞﾊﾟ ｡｢｣､ ＡＢＣ１２３　全角",
	"髙橋﨑 𠮷野家 ㈱ ㍻ ①Ⅳ №℡ ゟヿ あ゛ ん゜",
	"한국어 문장입니다 ㅋㅋㅋ",
	"简体中文，繁體中文。",
	"สวัสดีครับ น้ำ ที่นี่ กำลัง",
	"ສະບາຍດີ ຄຳ",
	"مرحبا كيف الحال؟ مُحَمَّد لا",
	"می\u200Cخواهم کتاب\u200Cها نمی\u200Cتوانم بی\u200Cبی\u200Cسی",
	"שלום עולם שָׁלוֹם",
	"नमस्ते क्\u200Dष र्\u200Dय श्री क्\u200Cष हिन्दी",
	"বাংলা র\u200D্যাব ক্\u200Cত",
	"தமிழ் ம்ம்ம்ம்ம்ம்ம்ம்ம்ம்ம்",
	"മലയാളം ന്\u200Dറെ ශ්\u200Dරී ලංකා",
	"မြန်မာ ខ្មែរ བོད་སྐད",
	"Tiếng Việt có dấu, Łódź, Größe, naïve, İstanbul",
	"Привет, как дела? Ґ ё й",
	"Καλημέρα, τι κάνετε;",
	"👨‍👩‍👧 👩‍❤️‍💋‍👨 🧑🏽‍🚀 🏳️‍🌈 🏴‍☠️ 👁️‍🗨️",
	"🇯🇵🇩🇪 ❤️ ☎︎ 👍🏽 ✌🏿 1️⃣ #️⃣ *️⃣ ™️ ©",
	"new emoji 🫩 and new ideographs 𮯰 \U000323B0",
	"(╯°□°)╯︵ ┻━┻ ¯\\_(ツ)_/¯ ಠ_ಠ (｀・ω・´)ゞ",
	"⠓⠑⠇⠇⠕ ♠♥ ½ ≠ → ∀x∈ℝ 𝒜 ♪",
}

func TestLanguagesComeThrough(t *testing.T) {
	t.Parallel()
	for _, s := range languages {
		t.Run(s, func(t *testing.T) {
			t.Parallel()
			if got := Body(u(s)); got != (Text{s: s}) {
				t.Errorf("Body = %+q with flags %b, want %+q", got, got.flags, s)
			}
			want := strings.ReplaceAll(s, "\n", "⏎")
			if got := Line(u(s)); got != (Text{s: want}) {
				t.Errorf("Line = %+q with flags %b, want %+q", got, got.flags, want)
			}
		})
	}
}
