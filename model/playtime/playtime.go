// Package playtime tells how long a sound or film plays, from what its container says of it.
// The files are anybody's: a bounded number of bytes is read, and whatever does not fit its
// format has no length.
package playtime

import (
	"encoding/binary"
	"io"
	"math"
	"time"
)

// longest is the longest that is believed.
const longest = 24 * time.Hour

// Of returns how long a file of that media type and size plays; 0 if it does not say so.
func Of(r io.ReaderAt, size int64, media string) time.Duration {
	seconds := 0.0
	switch media {
	case "audio/mp4", "video/mp4", "audio/x-m4a", "video/quicktime":
		seconds = ofMP4(r, size)
	case "audio/wav", "audio/x-wav":
		seconds = ofWAV(r, size)
	case "audio/mpeg":
		seconds = ofMP3(r, size)
	}
	if math.IsNaN(seconds) || seconds <= 0 || seconds > longest.Seconds() {
		return 0
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Millisecond)
}

// read returns n bytes at an offset, or nil if there are not as many.
func read(r io.ReaderAt, at int64, n int) []byte {
	b := make([]byte, n)
	if got, _ := r.ReadAt(b, at); at < 0 || got < n {
		return nil
	}
	return b
}

// mostBoxes is how many boxes of a file, and chunks, are looked at.
const mostBoxes = 64

// boxHeader is the shortest header of a box: its size and its type.
const boxHeader = 8

// ofMP4 reads the movie header: the time scale and the length in it.
//
// Source: ISO/IEC 14496-12, 8.2.2 Movie Header Box.
func ofMP4(r io.ReaderAt, size int64) float64 {
	from, to, ok := box(r, 0, size, "moov")
	if !ok {
		return 0
	}
	if from, to, ok = box(r, from, to, "mvhd"); !ok {
		return 0
	}
	const short, long = 20, 32 // up to the end of the length, by version
	head := read(r, from, int(min(to-from, long)))
	switch {
	case len(head) >= short && head[0] == 0:
		n := binary.BigEndian.Uint32(head[16:])
		if n == math.MaxUint32 { // unknown
			return 0
		}
		return float64(n) / float64(binary.BigEndian.Uint32(head[12:]))
	case len(head) >= long && head[0] == 1:
		n := binary.BigEndian.Uint64(head[24:])
		if n == math.MaxUint64 {
			return 0
		}
		return float64(n) / float64(binary.BigEndian.Uint32(head[20:]))
	}
	return 0
}

// box finds the first box of a type between two offsets, and returns those of its content.
func box(r io.ReaderAt, from, to int64, kind string) (begin, end int64, ok bool) {
	for range mostBoxes {
		head := read(r, from, boxHeader)
		if head == nil || from >= to {
			return 0, 0, false
		}
		begin, n := from+boxHeader, int64(binary.BigEndian.Uint32(head))
		switch n {
		case 0: // to the end
			n = to - from
		case 1: // the size follows
			big := read(r, begin, boxHeader)
			if big == nil {
				return 0, 0, false
			}
			size := binary.BigEndian.Uint64(big)
			if size > math.MaxInt64 {
				return 0, 0, false
			}
			begin, n = begin+boxHeader, int64(size)
		}
		if n < begin-from || n > to-from {
			return 0, 0, false
		}
		if string(head[4:]) == kind {
			return begin, from + n, true
		}
		from += n
	}
	return 0, 0, false
}

// ofWAV reads how many bytes a second are played, and how many there are.
//
// Source: Microsoft, "Multiple channel audio data and WAVE files", RIFF chunks.
func ofWAV(r io.ReaderAt, size int64) float64 {
	if head := read(r, 0, 12); head == nil || string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return 0
	}
	rate, at := 0.0, int64(12)
	for range mostBoxes {
		head := read(r, at, boxHeader)
		if head == nil {
			return 0
		}
		n := int64(binary.LittleEndian.Uint32(head[4:]))
		at += boxHeader
		switch string(head[:4]) {
		case "fmt ":
			if f := read(r, at, 12); f != nil {
				rate = float64(binary.LittleEndian.Uint32(f[8:]))
			}
		case "data":
			return float64(min(n, size-at)) / rate
		}
		at += n + n%2
	}
	return 0
}

// What an MP3's frame header says by its numbers, for layer III.
//
// Source: ISO/IEC 11172-3, 2.4.2.3, and ISO/IEC 13818-3, 2.4.2.3.
var (
	bitRates1  = [16]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0}
	bitRates2  = [16]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}
	sampleRate = map[byte][4]int{3: {44100, 48000, 32000, 0}, 2: {22050, 24000, 16000, 0}, 0: {11025, 12000, 8000, 0}}
)

// mostSilence is how far behind the tags the first frame may begin.
const mostSilence = 64 << 10

// frame is an MP3's first frame.
type frame struct {
	at                 int64
	bitRate, rate      int
	perFrame, aside    int // samples, and the bytes before an encoder's own header
	protectedBySixteen bool
}

// ofMP3 reads the number of frames from the encoder's header in the first frame; without one it
// takes the bit rate as constant.
func ofMP3(r io.ReaderAt, size int64) float64 {
	f, ok := firstFrame(r, size)
	if !ok {
		return 0
	}
	at := f.at + 4 + int64(f.aside)
	if f.protectedBySixteen {
		at += 2
	}
	if x := read(r, at, 12); x != nil && (string(x[:4]) == "Xing" || string(x[:4]) == "Info") && x[7]&1 != 0 {
		return float64(binary.BigEndian.Uint32(x[8:])) * float64(f.perFrame) / float64(f.rate)
	}
	return float64(size-f.at) / (float64(f.bitRate) * 1000 / 8)
}

// firstFrame finds the first frame behind the tags.
func firstFrame(r io.ReaderAt, size int64) (frame, bool) {
	at := int64(0)
	if tag := read(r, 0, 10); tag != nil && string(tag[:3]) == "ID3" {
		n := int64(0)
		for _, b := range tag[6:] {
			n = n<<7 | int64(b&0x7f)
		}
		at = 10 + n
	}
	if at >= size {
		return frame{}, false
	}
	b := make([]byte, min(mostSilence, size-at))
	n, _ := r.ReadAt(b, at)
	for i := 0; i+4 <= n; i++ {
		if f, ok := frameOf([4]byte(b[i : i+4])); ok {
			f.at = at + int64(i)
			return f, true
		}
	}
	return frame{}, false
}

// frameOf reads a frame header.
func frameOf(h [4]byte) (f frame, ok bool) {
	const layer3, mono = 1, 3
	version := h[1] >> 3 & 3
	if h[0] != 0xff || h[1]&0xe0 != 0xe0 || version == 1 || h[1]>>1&3 != layer3 {
		return f, false
	}
	f.protectedBySixteen = h[1]&1 == 0
	f.rate = sampleRate[version][h[2]>>2&3]
	f.bitRate, f.perFrame, f.aside = bitRates2[h[2]>>4], 576, 17
	single := h[3]>>6 == mono
	switch {
	case version == 3 && single:
		f.bitRate, f.perFrame = bitRates1[h[2]>>4], 1152
	case version == 3:
		f.bitRate, f.perFrame, f.aside = bitRates1[h[2]>>4], 1152, 32
	case single:
		f.aside = 9
	}
	return f, f.rate > 0 && f.bitRate > 0
}
