package compact

import (
	_ "embed"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

//go:generate go run parley/scripts/dictionary -o events1.dict

// How an event was made compact, as its first byte says. What is empty stays empty.
const (
	// asItIs: it follows as it is.
	asItIs byte = 0
	// zipped: it is compressed with dictionary 1.
	zipped byte = 1
	// zippedUnescaped: so it is, without its escapes, which are as Meta writes them.
	zippedUnescaped byte = 2
)

// MaxEvent is the most bytes of an event that are compressed, and that decompressing one gives.
const MaxEvent = 4 << 20

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
		packed := zip1.out.EncodeAll(plain, make([]byte, 0, len(body)/2+len(magic)))
		if len(packed)-len(magic)+leastGain <= len(body) {
			packed = packed[len(magic)-1:]
			packed[0] = way
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
	switch way := kept[0]; way {
	case asItIs:
		return append([]byte{}, kept[1:]...), nil
	case zipped, zippedUnescaped:
		frame := append([]byte(magic), kept[1:]...)
		body, err := zip1.in.DecodeAll(frame, nil)
		if err != nil {
			return nil, fmt.Errorf("decompress event: %w", err)
		}
		if way == zippedUnescaped {
			body = escaped(body)
		}
		return body, nil
	}
	return nil, ErrUnknown
}
