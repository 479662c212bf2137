package compact

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"math"

	"github.com/klauspost/compress/zstd"
)

// How an event was made compact, as its first byte says. What is empty stays empty.
const (
	// asItIs: it follows as it is.
	asItIs byte = 0
	// zipped: it is compressed with dictionary 1.
	zipped byte = 1
	// zippedUnescaped: so it is, without its escapes, which are as Meta writes them.
	zippedUnescaped byte = 2
	// besideID is added to either: Meta's id of the message precedes it, as the bytes that the id
	// writes out. Those don't compress, and keep the rest from it.
	besideID byte = 2
)

// MaxEvent is the most bytes of an event that are compressed, and that decompressing one gives.
const MaxEvent = 4 << 20

// dictionary1 was made by scripts/dictionary. It is never made anew: what was written with it could
// not be read.
//
//go:embed events1.dict
var dictionary1 []byte

// magic begins each frame of zstd; it is not kept.
const magic = "\x28\xb5\x2f\xfd"

// leastGain is how many bytes compressing has to save.
const leastGain = 8

// zip compresses and decompresses. Both ways may be used by many goroutines at once.
type zip struct {
	in  *zstd.Decoder
	out *zstd.Encoder
}

// zip1 is made when the program starts: its channels must not belong to the bubble of a test. What
// takes memory in it is made when it is first used.
var zip1 = newZip(dictionary1)

func newZip(dictionary []byte) zip {
	out, err := zstd.NewWriter(nil, zstd.WithEncoderDict(dictionary), zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderCRC(false), zstd.WithSingleSegment(true), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true),
		zstd.WithWindowSize(128<<10))
	if err != nil {
		panic("the dictionary is part of the program: " + err.Error())
	}
	in, err := zstd.NewReader(nil, zstd.WithDecoderDicts(dictionary), zstd.WithDecoderMaxMemory(MaxEvent),
		zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic("the dictionary is part of the program: " + err.Error())
	}
	out.EncodeAll(nil, nil)
	return zip{in, out}
}

// Event returns an event as it is kept.
func Event(body []byte) []byte {
	if len(body) == 0 {
		return []byte{}
	}
	if len(body) <= MaxEvent {
		way, plain := zipped, body
		if p, ok := unescaped(body); ok {
			way, plain = zippedUnescaped, p
		}
		rest, mid := apart(plain)
		head := append(make([]byte, 0, len(body)), way)
		if mid != nil {
			head[0] += besideID
			head = append(append(head, byte(len(mid))), mid...) //nolint:gosec // apart takes none that is longer
		}
		packed := append(head, zip1.out.EncodeAll(rest, nil)[len(magic):]...)
		if len(packed)+leastGain <= len(body) {
			return packed
		}
	}
	return append([]byte{asItIs}, body...)
}

// ErrUnknown is the error for what this program did not write, nor one before it.
var ErrUnknown = errors.New("event was kept in a way that is not known")

// ReadEvent returns an event of which [Event] made that as it was; nil for an empty one.
func ReadEvent(kept []byte) ([]byte, error) {
	if len(kept) == 0 {
		return nil, nil
	}
	way, rest := kept[0], kept[1:]
	var mid []byte
	if way > besideID && len(rest) > 0 {
		way -= besideID
		n := min(int(rest[0]), len(rest)-1)
		mid, rest = rest[1:1+n], rest[1+n:]
	}
	switch way {
	case asItIs:
		return append([]byte{}, rest...), nil
	case zipped, zippedUnescaped:
		body, err := zip1.in.DecodeAll(append([]byte(magic), rest...), nil)
		if err != nil {
			return nil, fmt.Errorf("decompress event: %w", err)
		}
		if mid != nil {
			body = together(body, mid)
		}
		if way == zippedUnescaped {
			body = escaped(body)
		}
		return body, nil
	}
	return nil, ErrUnknown
}

// beforeMID is what stands before Meta's id of a message in an event.
const beforeMID = `"mid":"m_`

// apart returns an event without the first id in it, and the bytes which that writes out; nil if
// there is none that is written so.
func apart(body []byte) (rest, mid []byte) {
	_, after, ok := bytes.Cut(body, []byte(beforeMID))
	end := bytes.IndexByte(after, '"')
	if !ok || end <= 0 {
		return body, nil
	}
	mid, err := base64.RawURLEncoding.DecodeString(string(after[:end]))
	if err != nil || len(mid) > math.MaxUint8 || base64.RawURLEncoding.EncodeToString(mid) != string(after[:end]) {
		return body, nil
	}
	before := body[:len(body)-len(after)]
	return append(append(make([]byte, 0, len(body)-end), before...), after[end:]...), mid
}

// together reverses apart. What it looks for stood nowhere before, or it would have been found there.
func together(rest, mid []byte) []byte {
	before, after, _ := bytes.Cut(rest, []byte(beforeMID))
	text := base64.RawURLEncoding.EncodeToString(mid)
	out := make([]byte, 0, len(rest)+len(text))
	return append(append(append(append(out, before...), beforeMID...), text...), after...)
}
