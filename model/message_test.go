package model_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"parley/model"
)

func TestSummaryCuts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"nothing":                {"", ""},
		"short":                  {"hello", "hello"},
		"exactly the limit":      {strings.Repeat("東", 200), strings.Repeat("東", 200)},
		"one more":               {strings.Repeat("東", 201), strings.Repeat("東", 200)},
		"emoji":                  {strings.Repeat("😀", 500), strings.Repeat("😀", 200)},
		"a mark across the edge": {strings.Repeat("a", 199) + "e\u0301", strings.Repeat("a", 199) + "e"},
	} {
		if got := (model.Message{Text: model.Untrusted(tt.text)}).Summary().Text; string(got) != tt.want {
			t.Errorf("%s: got %d runes, want %d", name, utf8.RuneCountInString(string(got)), utf8.RuneCountInString(tt.want))
		}
	}
}

func TestSummaryIsABeginning(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 400, -1).Draw(t, "text")
		got := string(model.Message{Text: model.Untrusted(text)}.Summary().Text)
		if !strings.HasPrefix(text, got) {
			t.Fatal("a summary is no beginning of its message")
		}
		if n := utf8.RuneCountInString(got); n != min(utf8.RuneCountInString(text), model.SummaryRunes) {
			t.Fatalf("%d runes", n)
		}
	})
}

func TestSummaryTellsOfTheMessage(t *testing.T) {
	t.Parallel()
	m := model.Message{
		ID: "1_a", Direction: model.Out, Author: model.Author{Kind: model.ByUser, Name: "Ann"}, Text: "hi",
		Event: &model.Notable{Kind: model.EventPostback}, SentAt: noon, State: model.Sent,
		Attachments: []model.Attachment{{Type: "image"}, {Type: "file"}},
	}
	s := m.Summary()
	if s.ID != m.ID || s.Direction != m.Direction || s.Author != m.Author || s.Event != m.Event ||
		!s.SentAt.Equal(m.SentAt) || s.State != m.State || strings.Join(s.Attachments, " ") != "image file" {
		t.Errorf("got %+v", s)
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	tests := []struct {
		state   model.State
		arrived bool
	}{
		{model.Queued, false},
		{model.Posting, false},
		{model.Unknown, false},
		{model.Ask, false},
		{model.Sent, true},
		{model.Delivered, true},
		{model.Read, true},
		{model.Failed, false},
		{model.Dropped, false},
		{"", false},
	}
	for _, tt := range tests {
		if got := tt.state.Arrived(); got != tt.arrived {
			t.Errorf("%q.Arrived() = %v", tt.state, got)
		}
	}
}

func TestAsleep(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status model.Status
		until  *time.Time
		want   bool
	}{
		{"open", model.Open, nil, false},
		{"open, with a time left over", model.Open, at(time.Hour), false},
		{"done", model.Done, at(time.Hour), false},
		{"snoozed without end", model.Snoozed, nil, true},
		{"snoozed until later", model.Snoozed, at(time.Millisecond), true},
		{"snoozed until now", model.Snoozed, at(0), false},
		{"snoozed until earlier", model.Snoozed, at(-time.Hour), false},
	}
	for _, tt := range tests {
		c := model.Conversation{Status: tt.status, SnoozedUntil: tt.until}
		if got := c.Asleep(noon); got != tt.want {
			t.Errorf("%s: Asleep = %v, want %v", tt.name, got, tt.want)
		}
	}
}

// What is forgotten counts as uncertain: it is never sent again by itself.
func TestTheZeroOutcomeIsUncertain(t *testing.T) {
	t.Parallel()
	if (model.Outcome{}).Kind != model.OutcomeUncertain {
		t.Error("a forgotten outcome is taken for a certain one")
	}
}

// ftyp is how a file of the MPEG-4 family begins.
func ftyp(brand string, compatible ...string) string {
	all := strings.Join(compatible, "")
	return string([]byte{0, 0, 0, byte(16 + len(all))}) + "ftyp" + brand + "\x00\x00\x00\x00" + all + "\x00\x00\x00\x08mdat"
}

// ebml is how a Matroska file begins.
func ebml(doc string) string {
	return "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82" + string([]byte{0x80 | byte(len(doc))}) + doc + "\x42\x87\x81\x04"
}

func ogg(stream string) string {
	return "OggS\x00\x02" + strings.Repeat("\x00", 20) + "\x01\x1e" + stream
}

// TestSniffAttachment: what Messenger shows goes as what it is; all else is a file.
func TestSniffAttachment(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ begin, kind, media string }{
		"png":                 {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image", "image/png"},
		"apng":                {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + strings.Repeat("\x00", 21) + "acTL", "image", "image/png"},
		"jpeg":                {"\xff\xd8\xff\xe0\x00\x10JFIF", "image", "image/jpeg"},
		"gif 87":              {"GIF87a", "image", "image/gif"},
		"gif 89":              {"GIF89a", "image", "image/gif"},
		"heic, an iPhone's":   {ftyp("heic", "mif1", "heic"), "file", "image/heic"},
		"heix":                {ftyp("heix", "mif1"), "file", "image/heic"},
		"heif":                {ftyp("mif1", "mif1", "heic"), "file", "image/heif"},
		"heif sequence":       {ftyp("msf1", "isom"), "file", "image/heif-sequence"},
		"heic sequence":       {ftyp("hevc", "isom"), "file", "image/heic-sequence"},
		"avif":                {ftyp("avif", "mif1", "miaf"), "file", "image/avif"},
		"avif sequence":       {ftyp("avis", "isom"), "file", "image/avif"},
		"raw of a camera":     {ftyp("crx ", "isom"), "file", ""},
		"unknown brand":       {ftyp("zzzz", "isom"), "file", ""},
		"jpeg xl":             {"\x00\x00\x00\x0cJXL \r\n\x87\n", "file", "image/jxl"},
		"webp":                {"RIFF\x24\x00\x00\x00WEBPVP8 ", "file", "image/webp"},
		"bmp":                 {"BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00" + strings.Repeat("\x01", 40), "file", "image/bmp"},
		"tiff":                {"II*\x00\x08\x00\x00\x00", "file", "image/tiff"},
		"psd":                 {"8BPS\x00\x01\x00\x00", "file", "image/vnd.adobe.photoshop"},
		"svg":                 {`<svg xmlns="http://www.w3.org/2000/svg"></svg>`, "file", "image/svg+xml"},
		"svg with a head":     {`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>`, "file", "image/svg+xml"},
		"mp4":                 {ftyp("isom", "iso2", "avc1", "mp41"), "video", "video/mp4"},
		"mp4 2":               {ftyp("mp42", "isom"), "video", "video/mp4"},
		"mp4 of a camera":     {ftyp("MSNV", "isom"), "video", "video/mp4"},
		"m4v":                 {ftyp("M4V ", "isom"), "video", "video/mp4"},
		"mov, an iPhone's":    {ftyp("qt  ", "qt  "), "video", "video/quicktime"},
		"webm":                {ebml("webm"), "video", "video/webm"},
		"matroska":            {ebml("matroska"), "file", "video/matroska"},
		"avi":                 {"RIFF\x24\x00\x00\x00AVI LIST\x10\x00\x00\x00", "video", "video/avi"},
		"3gp":                 {ftyp("3gp5", "isom"), "file", "video/3gpp"},
		"3gp of another year": {ftyp("3gp4", "isom"), "file", "video/3gpp"},
		"ogg film":            {ogg("\x80theora"), "file", ""},
		"flv":                 {"FLV\x01\x05\x00\x00\x00\x09", "file", "video/x-flv"},
		"wmv":                 {"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", "file", "video/x-ms-asf"},
		"m4a, a voice memo":   {ftyp("M4A ", "mp42"), "audio", "audio/mp4"},
		"mp3 with tags":       {"ID3\x04\x00\x00\x00\x00\x02\x01" + strings.Repeat("\x00", 20), "audio", "audio/mpeg"},
		"mp3":                 {"\xff\xfb\x90\x44\x00", "audio", "audio/mpeg"},
		"mp3 far in":          {"\xff\x00" + strings.Repeat("\xff\xfb\x90\x44"+strings.Repeat("\x00", 413), 3), "file", ""},
		"aac":                 {"\xff\xf1\x50\x80\x00", "audio", "audio/aac"},
		"wav":                 {"RIFF\x24\x00\x00\x00WAVEfmt ", "audio", "audio/wav"},
		"ogg sound":           {ogg("OpusHead"), "file", ""},
		"flac":                {"fLaC\x00\x00\x00\x22", "file", "audio/flac"},
		"amr":                 {"#!AMR\n", "file", "audio/amr"},
		"midi":                {"MThd\x00\x00\x00\x06", "file", "audio/midi"},
		"WAVE elsewhere":      {"12345678WAVE", "file", ""},
		"AVI elsewhere":       {"12345678AVI ", "file", ""},
		"pdf":                 {"%PDF-1.7", "file", "application/pdf"},
		"zip":                 {"PK\x03\x04", "file", "application/zip"},
		"text":                {"hello", "file", "text/plain"},
		"html":                {"<!DOCTYPE html><html>", "file", "text/html"},
		"a program":           {"\x7fELF\x02\x01\x01", "file", ""},
		"nothing":             {"", "file", ""},
		"four bytes":          {"ftyp", "file", ""},
		"ftyp cut off":        {"\x00\x00\x00\x18ftyphei", "file", ""},
		"a picture's first 2": {"\xff\xd8", "file", ""},
	} {
		kind, media := model.SniffAttachment([]byte(c.begin))
		if kind != c.kind || c.media != "" && media != c.media || media == "" || strings.Contains(media, ";") {
			t.Errorf("%s: %s, %s", name, kind, media)
		}
	}
}

// TestCheckAttachment: a file is refused that is called a picture, film or sound and is
// nothing of the kind; one of another format than its name says is sent as what it is.
func TestCheckAttachment(t *testing.T) {
	t.Parallel()
	const png = "\x89PNG\r\n\x1a\n"
	for _, c := range []struct {
		name, begin string
		size        int64
		want        model.Code
	}{
		{"a.png", png, 8, ""},
		{"A.JPG", png, 8, ""},
		{"IMG_1.jpg", ftyp("heic", "mif1"), 99, ""},
		{"IMG_1.HEIC", ftyp("heic", "mif1"), 99, ""},
		{"a.webm", ebml("matroska"), 99, ""},
		{"a.wav", ogg("OpusHead"), 99, ""},
		{"a.mp4", ftyp("M4A "), 99, ""},
		{"a.txt", "hello", 5, ""},
		{"a", "hello", 5, ""},
		{"a.png", "<!DOCTYPE html>", 15, model.AttachmentType},
		{"a.mp4", "hello", 5, model.AttachmentType},
		{"a.mp4", png, 8, model.AttachmentType},
		{"a.mp4", ftyp("heic"), 99, model.AttachmentType},
		{"a.jpg", ftyp("isom"), 99, model.AttachmentType},
		{"a.jpeg", "%PDF-1.7", 8, model.AttachmentType},
		{"a.png", png, 0, model.AttachmentEmpty},
		{"a.png", png, model.MaxAttachment + 1, model.AttachmentTooBig},
		{"a.png", png, model.MaxAttachment, ""},
	} {
		var got model.Code
		if r := model.CheckAttachment(c.name, []byte(c.begin), c.size); r != nil {
			got = r.Code
		}
		if got != c.want {
			t.Errorf("%s of %q: %q, want %q", c.name, c.begin, got, c.want)
		}
	}
}

// FuzzSniffAttachment: whatever is sent, it is of one of the four kinds, and has a media type
// that goes with it.
func FuzzSniffAttachment(f *testing.F) {
	for _, s := range []string{"", "\x89PNG\r\n\x1a\n", ftyp("heic"), ebml("webm"), ogg("x"), "<svg"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, begin []byte) {
		kind, media := model.SniffAttachment(begin)
		family, _, _ := strings.Cut(media, "/")
		if kind != model.PlainFile && kind != family || media == "" || strings.ContainsAny(media, "\r\n;\"") {
			t.Errorf("%q: %s, %s", begin, kind, media)
		}
	})
}

func TestIsEmoji(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"👍", "❤", "❤️", "👍🏽", "👩‍👩‍👧‍👦", "🇯🇵", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "‼️", "⁉", "😂"} {
		if !model.IsEmoji(model.Untrusted(s)) {
			t.Errorf("%q is one", s)
		}
	}
	for _, s := range []string{
		"", "a", "ok", "1", "#", "はい", "👍 ", " ", "👍\n", "\x1b[2J", "\u200d", "\ufe0f", "👍\u202e", "\xff", "e\u0301",
		strings.Repeat("👍", 17), "love",
	} {
		if model.IsEmoji(model.Untrusted(s)) {
			t.Errorf("%q is none", s)
		}
	}
}

// TestMarked: marks stand about each stretch, in code points, and nothing is lost of the
// text but what stands far ahead of the first.
func TestMarked(t *testing.T) {
	t.Parallel()
	const text = "あいうえおかきくけこ"
	for name, c := range map[string]struct {
		spans  []model.Span
		before int
		want   model.Untrusted
	}{
		"nothing":             {nil, 1, text},
		"one":                 {[]model.Span{{3, 5}}, 5, "あいう[えお]かきくけこ"},
		"all":                 {[]model.Span{{0, 10}}, 5, "[" + text + "]"},
		"two that touch":      {[]model.Span{{3, 5}, {5, 6}}, 3, "あいう[えお][か]きくけこ"},
		"far in":              {[]model.Span{{6, 7}}, 2, "…おか[き]くけこ"},
		"one too far":         {[]model.Span{{3, 4}}, 2, "…いう[え]おかきくけこ"},
		"at the end":          {[]model.Span{{9, 10}}, 0, "…[こ]"},
		"empty":               {[]model.Span{{2, 2}}, 9, "あい[]うえおかきくけこ"},
		"beyond the end":      {[]model.Span{{9, 11}}, 20, text},
		"far beyond":          {[]model.Span{{12, 13}}, 1, text},
		"just beyond":         {[]model.Span{{11, 11}}, 1, text},
		"backwards":           {[]model.Span{{5, 3}}, 20, text},
		"back into the first": {[]model.Span{{3, 5}, {4, 6}, {7, 8}}, 5, "あいう[えお]かきくけこ"},
	} {
		if got := model.Untrusted(text).Marked(c.spans, "[", "]", c.before); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
