package compact

import (
	"encoding/binary"
	"time"
)

// fields writes values one after the other.
type fields []byte

func (f *fields) int(n int64) { *f = binary.AppendVarint(*f, n) }

func (f *fields) text(s string) {
	*f = binary.AppendUvarint(*f, uint64(len(s)))
	*f = append(*f, s...)
}

// reader reads values that fields wrote. After an error it reads zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) int() int64 {
	n, width := binary.Varint(r.b)
	if width <= 0 {
		r.b, r.err = nil, errShort
		return 0
	}
	r.b = r.b[width:]
	return n
}

func (r *reader) text() string {
	n, width := binary.Uvarint(r.b)
	if width <= 0 || n > uint64(len(r.b)-width) { //nolint:gosec // width is no more than what there is
		r.b, r.err = nil, errShort
		return ""
	}
	s := string(r.b[width : width+int(n)]) //nolint:gosec // it is no longer than what there is
	r.b = r.b[width+int(n):]               //nolint:gosec // as above
	return s
}

// exact reports whether a time is kept by its microseconds alone.
func exact(t time.Time) bool {
	return !t.IsZero() && t.Location() == time.UTC && t.Nanosecond()%1000 == 0
}
