package graph

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"parley/sandbox/fault"
)

const (
	// mediaPath is what the addresses of media begin with, redirectPath the one that leads
	// elsewhere: to what its parameter to says.
	mediaPath    = "/media/"
	redirectPath = mediaPath + "redirect"
	// mediaKept is how long an address can be used after it was first asked for: Meta's expire.
	mediaKept = 7 * 24 * time.Hour
)

// media is what customers sent. mu may be taken within a Do of the world.
type media struct {
	mu sync.Mutex
	// asked is when an address was first asked for.
	asked map[string]time.Time
}

// expired reports whether an address can't be used any more.
func (m *media) expired(name string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.asked == nil {
		m.asked = make(map[string]time.Time)
	}
	first, ok := m.asked[name]
	if !ok {
		first, m.asked[name] = now, now
	}
	return now.Sub(first) >= mediaKept
}

// ServeMedia serves what customers send: pictures, sound, films and documents made from their
// names. A week after an address was first asked for it answers 403, as Meta's do.
func (g *Graph) ServeMedia(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if f := g.faults.Match("media", "", fault.OnCall); f != nil && (f.Before(w, r) || f.Kind == "error") {
		if f.Kind == "error" {
			w.WriteHeader(f.StatusOr(http.StatusForbidden))
		}
		return
	}
	if r.URL.Path == redirectPath {
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound) //nolint:gosec // a redirect to anywhere is what it plays
		return
	}
	name := strings.TrimPrefix(r.URL.Path, mediaPath)
	if g.media.expired(name, g.now()) {
		http.Error(w, "URL signature expired", http.StatusForbidden)
		return
	}
	kind, content := mediaOf(name)
	if content == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(content) //nolint:gosec // one of the samples in the program
}

// mediaOf returns a content by its name.
func mediaOf(name string) (kind string, content []byte) {
	switch path.Ext(name) {
	case ".png":
		return "image/png", encoded(func(b *bytes.Buffer) error { return png.Encode(b, paint(name)) })
	case ".jpg":
		return "image/jpeg", encoded(func(b *bytes.Buffer) error { return jpeg.Encode(b, paint(name), nil) })
	case ".pdf":
		return "application/pdf", document("Aoyama Coffee: " + path.Base(name))
	case ".wav":
		return "audio/wav", tone(playsFor)
	case ".mp4":
		brand := "isom"
		if strings.HasPrefix(path.Base(name), "audioclip") {
			brand = "M4A "
		}
		return "video/mp4", container(brand, playsFor)
	}
	return "", nil
}

func encoded(encode func(*bytes.Buffer) error) []byte {
	var b bytes.Buffer
	if encode(&b) != nil { // cannot happen: the image is well formed
		return nil
	}
	return b.Bytes()
}

// paint paints a small picture: a room with a wall, a floor, a table and a lamp, in colours that
// follow from the name.
func paint(name string) image.Image {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	n := h.Sum(nil)
	soft := func(b byte, from uint8) uint8 { return from + b%64 }
	wall, floor := color.RGBA{soft(n[0], 150), soft(n[1], 150), soft(n[2], 150), 255}, color.RGBA{soft(n[3], 90), soft(n[4], 70), soft(n[5], 60), 255}
	wood, lamp := color.RGBA{soft(n[6], 100), soft(n[7], 60), 40, 255}, color.RGBA{250, 230, soft(n[0], 120), 255}
	const w, high = 320, 240
	img := image.NewRGBA(image.Rect(0, 0, w, high))
	lampX := 40 + int(n[1])%60
	for y := range high {
		for x := range w {
			c := wall
			switch dx, dy := x-lampX, y-60; {
			case x > 70 && x < 270 && y > 140 && y < 156, y >= 156 && y < 220 && (x > 84 && x < 96 || x > 244 && x < 256):
				c = wood
			case dx*dx+dy*dy < 26*26:
				c = lamp
			case y > 180:
				c = floor
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// playsFor is how many seconds sound and films play.
const playsFor = 3

// tone returns a sound: two notes.
func tone(seconds int) []byte {
	const rate, bits = 8000, 8
	n := rate * seconds
	b := []byte("RIFF")
	b = binary.LittleEndian.AppendUint32(b, uint32(36+n)) //nolint:gosec // small
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	for _, v := range []uint16{1, 1} { // PCM, one channel
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint16(b, bits)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(n)) //nolint:gosec // small
	for i := range n {
		pitch := 440.0
		if i > n/2 {
			pitch = 554.4
		}
		b = append(b, byte(128+60*math.Sin(2*math.Pi*pitch*float64(i)/rate)))
	}
	return b
}

// container returns a film or sound of which only the header is there.
func container(brand string, seconds uint32) []byte {
	box := func(kind string, content []byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, uint32(8+len(content))) //nolint:gosec // small
		return append(append(b, kind...), content...)
	}
	head := make([]byte, 100)
	const scale = 1000
	binary.BigEndian.PutUint32(head[12:], scale)
	binary.BigEndian.PutUint32(head[16:], seconds*scale)
	b := box("ftyp", append([]byte(brand), "\x00\x00\x00\x00isommp42"...))
	b = append(b, box("moov", box("mvhd", head))...)
	return append(b, box("mdat", make([]byte, 2048))...)
}

// document returns a PDF of one page with a line on it.
func document(line string) []byte {
	line = strings.NewReplacer("(", "", ")", "", `\`, "").Replace(line)
	page := "BT /F1 18 Tf 60 760 Td (" + line + ") Tj ET"
	b, at := bytes.NewBufferString("%PDF-1.4\n"), []int{}
	for i, object := range []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(page), page), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	} {
		at = append(at, b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	from := b.Len()
	fmt.Fprintf(b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, from)
	return b.Bytes()
}
