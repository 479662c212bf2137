package cli

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	jp "golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	utf16 "golang.org/x/text/encoding/unicode"

	"parley/i18n"
	"parley/model"
)

// utf8Mark is the byte order mark that some programs put before UTF-8. It is not part of the
// text.
const utf8Mark = "\uFEFF"

// Text decodes bytes in that encoding; empty: UTF-8. It refuses bytes that don't decode, and
// control characters: the customer would not get what the writer sees.
func (p *Program) Text(b []byte, name string) (string, error) {
	s := string(b)
	if name != "" && !strings.EqualFold(name, "utf-8") {
		enc, err := encodingOf(name, b)
		if err != nil {
			return "", Usage(p.Words.Say(i18n.ErrEncoding, "Name", Plain(name)))
		}
		whole, ok := decoded(enc, b)
		if !ok {
			return "", notTaken(p.Words.Say(i18n.ErrTextNotThat, "Encoding", Plain(name)))
		}
		s = whole
	}
	s = strings.TrimPrefix(s, utf8Mark)
	looks := looksLike([]byte(s))
	switch {
	case looks != "":
		return "", notTaken(p.Words.Say(i18n.ErrTextLooks, "Encoding", looks))
	case !utf8.ValidString(s):
		return "", notTaken(p.Words.Say(i18n.ErrTextBytes))
	}
	if r, line := controlIn(s); line > 0 {
		return "", notTaken(p.Words.Say(i18n.ErrTextControl, "Character", fmt.Sprintf("U+%04X", r), "Line", line))
	}
	return s, nil
}

// alsoCalled maps common names of encodings that the web's list lacks.
var alsoCalled = map[string]string{
	"cp932": "shift_jis", "ms932": "shift_jis", "windows-932": "shift_jis", "eucjp": "euc-jp", "euc_jp": "euc-jp",
	"iso2022jp": "iso-2022-jp", "jis": "iso-2022-jp", "cp936": "gb18030", "cp949": "euc-kr", "cp950": "big5", "utf16": "utf-16",
}

// encodingOf returns the encoding of that name; b is the text in it.
func encodingOf(name string, b []byte) (encoding.Encoding, error) {
	name = strings.ToLower(name)
	if other, ok := alsoCalled[name]; ok {
		name = other
	}
	if name == "utf-16" {
		return utf16Of(b), nil
	}
	return htmlindex.Get(name)
}

// utf16Of returns UTF-16 in the byte order of a text: that of its mark, or else the one that
// can be read.
func utf16Of(b []byte) encoding.Encoding {
	little, big := utf16.UTF16(utf16.LittleEndian, utf16.UseBOM), utf16.UTF16(utf16.BigEndian, utf16.UseBOM)
	l, _ := decoded(little, b)
	if s, ok := decoded(big, b); ok && everyday(s) > everyday(l) {
		return big
	}
	return little
}

// everyday counts the characters of a text that occur in every text.
func everyday(s string) (n int) {
	for _, r := range s {
		if r < utf8.RuneSelf || unicode.In(r, unicode.Hiragana, unicode.Katakana) || r == '、' || r == '。' {
			n++
		}
	}
	return n
}

// isUTF16 reports whether bytes are a text in UTF-16, with or without a mark.
func isUTF16(b []byte) bool {
	if bytes.HasPrefix(b, []byte("\xff\xfe\x00\x00")) { // UTF-32
		return false
	}
	s, ok := decoded(utf16Of(b), b)
	marked := bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff"))
	return ok && len(b)%2 == 0 && (marked || 2*everyday(s) > utf8.RuneCountInString(s))
}

// notText is the code, for scripts, of bytes that are not text.
const notText model.Code = "not_text"

func notTaken(say string) error { return &Failure{Exit: ExitRefused, Code: notText, Say: say} }

// controlIn returns the first disallowed control character of a text, and its line; 0: none.
func controlIn(s string) (r rune, line int) {
	line = 1
	for i, r := range s {
		switch {
		case r == '\n':
			line++
		case r == '\t', r == '\r' && strings.HasPrefix(s[i:], "\r\n"):
		case unicode.IsControl(r):
			return r, line
		}
	}
	return 0, 0
}

// Textual refuses arguments and flags that are not text, except file names, which may be
// anything. The text of a reply may be in another encoding, and is checked there.
func (p *Program) Textual(cmd *cobra.Command, args []string) error {
	if cmd.Flags().Lookup(FlagEncoding) != nil && len(args) > 1 {
		args = slices.Delete(slices.Clone(args), 1, 2)
	}
	var err error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if err == nil && !namesFile(f.Name) {
			_, err = p.Text([]byte(f.Value.String()), "")
		}
	})
	for _, arg := range args {
		if err == nil {
			_, err = p.Text([]byte(arg), "")
		}
	}
	return err
}

// FlagEncoding is the flag for the encoding of a text.
const FlagEncoding = "encoding"

// namesFile reports whether a flag's value is the name of a file or a folder.
func namesFile(flag string) bool {
	switch flag {
	case "attach", "config", "db", "data", "token-file", "ssh-key", "tls-cert", "tls-key":
		return true
	}
	return false
}

// decoded decodes bytes in an encoding, and reports whether they are valid.
func decoded(e encoding.Encoding, b []byte) (string, bool) {
	s, err := e.NewDecoder().Bytes(b)
	if err != nil || bytes.ContainsRune(s, utf8.RuneError) {
		return "", false
	}
	_, line := controlIn(string(s))
	return string(s), line == 0
}

// likely are the usual encodings of text other than UTF-8, likelier ones first. Most
// two-byte characters of real texts have a first byte from usual to last.
var likely = []struct {
	name        string
	usual, last byte
	encoding.Encoding
}{
	{"Shift_JIS", 0x88, 0x98, jp.ShiftJIS},
	{"EUC-KR", 0xB0, 0xC8, korean.EUCKR},
	{"EUC-JP", 0xB0, 0xCF, jp.EUCJP},
	{"GB18030", 0xB0, 0xD7, simplifiedchinese.GB18030},
	{"Big5", 0xA4, 0xC6, traditionalchinese.Big5},
	{"windows-1252", 0xFF, 0, charmap.Windows1252},
}

// looksLike returns the name of the encoding that bytes seem to be in; "": UTF-8 or unknown.
func looksLike(b []byte) string {
	switch {
	case (bytes.IndexByte(b, 0) >= 0 || !utf8.Valid(b)) && isUTF16(b):
		return "UTF-16"
	case bytes.IndexByte(b, 0) >= 0: // not text
		return ""
	case bytes.Contains(b, []byte("\x1b$B")), bytes.Contains(b, []byte("\x1b$@")):
		return "ISO-2022-JP"
	case utf8.Valid(b):
		return ""
	}
	name, most := "", 0
	for _, e := range likely {
		s, ok := decoded(e, b)
		if !ok {
			continue
		}
		if n := sense(s, e.Encoding, e.usual, e.last); n > most {
			name, most = e.name, n
		}
	}
	return name
}

// sense scores how much a text is like what people write. A wrong encoding gives rare
// characters, and letters outside of words.
func sense(s string, e encoding.Encoding, usual, last byte) int {
	n := 0
	before := ' '
	encoder := e.NewEncoder()
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
		case unicode.Is(unicode.Hiragana, r):
			n += 4
		case r >= 0xFF61 && r <= 0xFF9F: // half width, and rare
			n++
		case unicode.Is(unicode.Katakana, r), r == '、', r == '。', unicode.Is(unicode.Latin, r) && unicode.IsLetter(before):
			n += 3
		case unicode.In(r, unicode.Han, unicode.Hangul):
			b, _ := encoder.String(string(r))
			if len(b) == 2 && b[0] >= usual && b[0] <= last && (b[1] >= 0xA1 || usual == 0x88 || usual == 0xA4) {
				n += 3
			} else if unicode.Is(unicode.Han, r) {
				n++
			} else {
				n -= 2
			}
		case unicode.Is(unicode.Latin, r):
			n++
		case unicode.IsLetter(r) || unicode.IsSymbol(r) || unicode.Is(unicode.Co, r):
			n -= 2
		}
		before = r
	}
	return n
}
