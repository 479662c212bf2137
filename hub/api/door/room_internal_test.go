package door

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// However bodies come and go: what they hold is bounded, for one client and for all, what
// is small always comes, and in the end nothing is held.
func TestRoomForBodies(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := newRoom()
		var open []*Measured
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if len(open) > 0 && rapid.Bool().Draw(t, "one is over") {
				i := rapid.IntRange(0, len(open)-1).Draw(t, "which")
				open[i].Over()
				open[i].Over() // also twice
				open = append(open[:i], open[i+1:]...)
				continue
			}
			size := rapid.SampledFrom([]int64{0, 1, bodyBeside - 1, bodyBeside, bodyBeside + 1, 1 << 20, 8 << 20}).Draw(t, "size")
			who := rapid.SampledFrom([]string{"one", "two", "three"}).Draw(t, "who")
			b := &Measured{Reader: io.LimitReader(zeros{}, size), room: m, who: who}
			open = append(open, b)
			n, err := io.Copy(io.Discard, b)
			if err != nil && !errors.Is(err, ErrBusy) {
				t.Fatalf("read: %v", err)
			}
			if size <= bodyBeside && (err != nil || n != size) {
				t.Fatalf("%d bytes: %d came, %v", size, n, err)
			}
			if m.held > bodiesOfAll || m.of[who] > bodiesOfOne {
				t.Fatalf("%d bytes held, %d of one", m.held, m.of[who])
			}
		}
		for _, b := range open {
			b.Over()
		}
		if m.held != 0 || len(m.of) != 0 {
			t.Fatalf("in the end %d bytes are held, of %v", m.held, m.of)
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// All that comes is read, in pieces that hold little more.
func TestReadPieces(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, bodyBeside - 1, bodyBeside, bodyBeside + 1, 2 * bodyBeside, 100_000, 1 << 20} {
		want := bytes.Repeat([]byte("abcdefg"), size/7+1)[:size]
		for name, r := range map[string]io.Reader{
			"at once": bytes.NewReader(want), "in halves": iotest.HalfReader(bytes.NewReader(want)),
			"with its end": iotest.DataErrReader(bytes.NewReader(want)),
		} {
			got, err := ReadPieces(r)
			if err != nil {
				t.Fatalf("%d bytes %s: %v", size, name, err)
			}
			if whole := got.Whole(); !bytes.Equal(whole, want) || !bytes.Equal(bytes.Join(got.List(), nil), want) || cap(whole) != size {
				t.Fatalf("%d bytes %s: %d came, in %d", size, name, len(whole), cap(whole))
			}
			if len(got.held) > size/bodyBeside+1 {
				t.Errorf("%d bytes %s: %d pieces", size, name, len(got.held))
			}
			got.Free()
			if len(got.List()) != 0 || len(got.Whole()) != 0 {
				t.Errorf("%d bytes %s: something is left", size, name)
			}
		}
	}
	if _, err := ReadPieces(iotest.ErrReader(io.ErrUnexpectedEOF)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a body that breaks off: %v", err)
	}
}

// One body after the other that is read and refused takes the memory of one.
func TestRefusedBodiesLeaveNothingBehind(t *testing.T) { //nolint:paralleltest // it counts what everybody allocates
	const bodies = 40
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range bodies {
		b, err := ReadPieces(io.LimitReader(zeros{}, lingerBytes))
		if err != nil {
			t.Fatal(err)
		}
		b.Free()
	}
	runtime.ReadMemStats(&after)
	// Under the race detector a pool forgets a part of what it is given.
	if took := after.TotalAlloc - before.TotalAlloc; took > bodies/2*lingerBytes {
		t.Errorf("%d bodies of %d bytes took %d", bodies, lingerBytes, took)
	}
}
