package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"go.uber.org/goleak"

	"parley/ui/picture"
)

// TestMain runs the tests, or is the decoder's process that they start.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == picture.Command {
		os.Exit(picture.Main(os.Args[2:], os.Stdin, os.Stdout))
	}
	goleak.VerifyTestMain(m)
}

// photo is red above and blue below.
func photo(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: 0xFF, A: 0xFF}
			if y >= h/2 {
				c = color.RGBA{B: 0xFF, A: 0xFF}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func files(t testing.TB, w, h int) map[string][]byte {
	t.Helper()
	m := photo(w, h)
	var p, j, g bytes.Buffer
	if err := errors.Join(png.Encode(&p, m), jpeg.Encode(&j, m, nil), gif.Encode(&g, m, nil)); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"png": p.Bytes(), "jpeg": j.Bytes(), "gif": g.Bytes()}
}

// TestDecode: each format in its proportions, in the box, with its colours.
func TestDecode(t *testing.T) {
	t.Parallel()
	for name, raw := range files(t, 300, 100) {
		m, err := picture.Decode(bytes.NewReader(raw), 24, 12)
		if err != nil || m.W != 24 || m.H != 8 || len(m.Pix) != 3*24*8 {
			t.Fatalf("%s: %d×%d, %v", name, m.W, m.H, err)
		}
		top, bottom := m.Pix[:3], m.Pix[len(m.Pix)-3:]
		if top[0] < 0xE0 || top[2] > 0x20 || bottom[2] < 0xE0 || bottom[0] > 0x20 {
			t.Errorf("%s: %v above, %v below", name, top, bottom)
		}
	}
}

// claims is a PNG that says it is of a size, without pixels.
func claims(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h)
	head = append(head, 8, 6, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	out = append(out, head...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
}

// TestRefused: what is no picture, or says that it is too large, is refused before it is decoded.
func TestRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"nothing": {nil, picture.ErrNoPicture}, "text": {[]byte("hello"), picture.ErrNoPicture},
		"a bomb": {claims(60_000, 60_000), picture.ErrTooLarge}, "a long one": {claims(1<<31-1, 1), picture.ErrTooLarge},
		"the head alone": {claims(10, 10), picture.ErrNoPicture}, "a large file": {make([]byte, picture.MostBytes+1), picture.ErrTooLarge},
	} {
		if _, err := picture.Decode(bytes.NewReader(c.raw), 24, 12); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestProcess: what a process of its own makes of a picture is what is made here; one that fails
// is an error, and so is one that takes too long.
func TestProcess(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	d := picture.Decoder{Program: self}
	raw := files(t, 40, 40)["png"]
	want, _ := picture.Decode(bytes.NewReader(raw), 24, 12)
	got, err := d.Decode(t.Context(), bytes.NewReader(raw), 24, 12)
	if err != nil || got.W != want.W || !bytes.Equal(got.Pix, want.Pix) {
		t.Errorf("%d×%d, %v", got.W, got.H, err)
	}
	if _, err := d.Decode(t.Context(), strings.NewReader("hello"), 24, 12); err == nil {
		t.Error("text is decoded")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Decode(ctx, bytes.NewReader(raw), 24, 12); err == nil {
		t.Error("it is decoded after it was cancelled")
	}
}

// TestBlocks: each line is as wide as the picture, two rows of pixels in each, and where there are
// few colours there is none.
func TestBlocks(t *testing.T) {
	t.Parallel()
	m, err := picture.Decode(bytes.NewReader(files(t, 10, 5)["png"]), 24, 12)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
		lines, wide := picture.Blocks(m, p)
		if len(lines) != 3 || wide != 10 {
			t.Fatalf("%v: %d lines of %d", p, len(lines), wide)
		}
		for _, l := range lines {
			if ansi.StringWidth(l) != wide || ansi.Strip(l) != strings.Repeat("▀", wide) {
				t.Errorf("%v: %q", p, l)
			}
		}
	}
	if lines, _ := picture.Blocks(m, colorprofile.ANSI); lines != nil {
		t.Error("drawn with 16 colours")
	}
}

// FuzzRead: whatever a decoder's process says, what is read fits, or is refused.
func FuzzRead(f *testing.F) {
	f.Add([]byte("parley1\n\x00\x01\x00\x01abc"), 24, 12)
	f.Add([]byte("parley1\n\xff\xff\xff\xff"), 600, 600)
	f.Fuzz(func(t *testing.T, b []byte, w, h int) {
		m, err := picture.Read(bytes.NewReader(b), w, h)
		if err == nil && (m.W > w || m.H > h || m.W < 1 || m.H < 1 || len(m.Pix) != 3*m.W*m.H) {
			t.Fatalf("%d×%d of %d×%d, %d bytes", m.W, m.H, w, h, len(m.Pix))
		}
	})
}

// FuzzDecode: whatever is sent, nothing is decoded that does not fit.
func FuzzDecode(f *testing.F) {
	for _, raw := range files(f, 8, 8) {
		f.Add(raw)
	}
	f.Add(claims(60_000, 60_000))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil && c.Width*c.Height > 1<<20 {
			return // slow to try, not wrong
		}
		if m, err := picture.Decode(bytes.NewReader(b), 24, 12); err == nil && (m.W > 24 || m.H > 12 || m.Write(io.Discard) != nil) {
			t.Fatalf("%d×%d", m.W, m.H)
		}
	})
}
