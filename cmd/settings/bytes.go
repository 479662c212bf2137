package settings

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// Bytes is a size, set as "500MB" or "20GB".
type Bytes int64

// gigabyte is as disks are sold.
const gigabyte Bytes = 1_000_000_000

var errBytes = errors.New("must be a size such as 500MB or 20GB")

// units are what a size may be set in, the longer names first.
var units = []struct {
	name  string
	bytes float64
}{{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1}, {"", 1}}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (b *Bytes) UnmarshalText(text []byte) error {
	s := strings.ToUpper(strings.TrimSpace(string(text)))
	for _, u := range units {
		number, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || n < 0 || n*u.bytes >= math.MaxInt64 || math.IsNaN(n) {
			return errBytes
		}
		*b = Bytes(n * u.bytes)
		return nil
	}
	return errBytes
}

// String returns the size as it is set.
func (b Bytes) String() string {
	for _, u := range units {
		if n := float64(b) / u.bytes; b > 0 && n >= 1 {
			return strconv.FormatFloat(n, 'f', -1, 64) + u.name
		}
	}
	return strconv.FormatInt(int64(b), 10)
}
