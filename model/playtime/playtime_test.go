package playtime_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"parley/model/playtime"
)

func box(kind string, content []byte) []byte {
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(content))), kind...), content...)
}

// movie is a file of the MPEG-4 family whose header says that it plays n units of a scale.
func movie(version byte, scale uint32, n uint64) []byte {
	head := []byte{version, 0, 0, 0}
	if version == 0 {
		head = append(head, make([]byte, 8)...)
		head = binary.BigEndian.AppendUint32(head, scale)
		head = binary.BigEndian.AppendUint32(head, uint32(n))
	} else {
		head = append(head, make([]byte, 16)...)
		head = binary.BigEndian.AppendUint32(head, scale)
		head = binary.BigEndian.AppendUint64(head, n)
	}
	head = append(head, make([]byte, 80)...)
	b := box("ftyp", []byte("M4A \x00\x00\x00\x00"))
	b = append(b, box("mdat", make([]byte, 500))...)
	return append(b, box("moov", append(box("free", nil), box("mvhd", head)...))...)
}

// wave is a sound of so many bytes at a rate of bytes a second.
func wave(rate, n uint32) []byte {
	b := append([]byte("RIFF\x00\x00\x00\x00WAVELIST"), 3, 0, 0, 0, 1, 2, 3, 0)
	b = append(b, "fmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00"...)
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = append(b, 1, 0, 8, 0)
	b = binary.LittleEndian.AppendUint32(append(b, "data"...), n)
	return append(b, make([]byte, n)...)
}

// mp3 is a file of MPEG-1 layer III with 128 kbit/s at 44.1 kHz, behind a tag; frames is what its
// encoder says, 0 for nothing.
func mp3(frames uint32, size int) []byte {
	b := append([]byte("ID3\x04\x00\x00\x00\x00\x00\x05"), 0xff, 0xfb, 0, 0, 0)
	b = append(b, 0xff, 0xfb, 0x90, 0x00)
	if frames > 0 {
		b = append(b, make([]byte, 32)...)
		b = append(b, "Xing\x00\x00\x00\x01"...)
		b = binary.BigEndian.AppendUint32(b, frames)
	}
	return append(b, make([]byte, size)...)
}

func TestOf(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		media   string
		content []byte
		want    time.Duration
	}{
		"voice":             {"audio/mp4", movie(0, 1000, 13600), 13600 * time.Millisecond},
		"film":              {"video/mp4", movie(1, 600, 1200), 2 * time.Second},
		"no scale":          {"video/mp4", movie(0, 0, 1200), 0},
		"unknown length":    {"video/mp4", movie(0, 1000, 0xffffffff), 0},
		"unknown length 64": {"video/mp4", movie(1, 1000, 1<<64-1), 0},
		"too long":          {"video/mp4", movie(1, 1, 1<<40), 0},
		"no header":         {"video/mp4", box("ftyp", []byte("isom")), 0},
		"wave":              {"audio/wav", wave(8000, 20000), 2500 * time.Millisecond},
		"silent wave":       {"audio/wav", wave(0, 20000), 0},
		"mp3":               {"audio/mpeg", mp3(0, 16000-4), time.Second},
		"counted mp3":       {"audio/mpeg", mp3(383, 900), 10005 * time.Millisecond},
		"picture":           {"image/png", movie(0, 1000, 14000), 0},
		"empty":             {"audio/mpeg", nil, 0},
	} {
		if got := playtime.Of(bytes.NewReader(tt.content), int64(len(tt.content)), tt.media); got != tt.want {
			t.Errorf("%s plays %s, want %s", name, got, tt.want)
		}
	}
}

// FuzzOf: whatever a file holds, its length is within bounds, and is found without reading much.
func FuzzOf(f *testing.F) {
	for media, content := range map[string][]byte{"audio/mp4": movie(0, 1000, 13600), "video/mp4": movie(1, 600, 1200), "audio/wav": wave(8000, 100), "audio/mpeg": mp3(9, 90)} {
		f.Add(media, content)
	}
	f.Fuzz(func(t *testing.T, media string, content []byte) {
		r := &counting{Reader: bytes.NewReader(content)}
		d := playtime.Of(r, int64(len(content)), media)
		if d < 0 || d > 24*time.Hour {
			t.Errorf("plays %s", d)
		}
		if r.n > 1000 {
			t.Errorf("read %d times", r.n)
		}
	})
}

type counting struct {
	*bytes.Reader
	n int
}

func (c *counting) ReadAt(b []byte, at int64) (int, error) {
	c.n++
	return c.Reader.ReadAt(b, at)
}
