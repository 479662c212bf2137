package term

import (
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Input reads a terminal for a program that draws. It returns whole keys, whole answers of the
// terminal and whole pasted texts, however the bytes arrived: a part of an answer is never a
// key, and an escape is never joined to what follows later. Keys faster than typing are pasted
// text.
//
// An escape may be a key, or the start of a sequence that is late. When one is alone, Input
// asks the terminal a question: it answers in order, so its answer comes after all that
// belongs to the escape, and the escape is known to be a key as soon as the line allows.
// Without an answer it is a key after the longest time that a line may need.
type Input struct {
	src    io.Reader
	ask    func()
	typing atomic.Bool
	begin  sync.Once
	done   chan struct{}
	closed sync.Once

	mu      sync.Mutex
	changed sync.Cond
	queue   [][]byte
	size    int
	err     error
	// readers counts reads: if two wait, the later one gets the input.
	readers int
}

// Question is what [Input] asks the terminal. All terminals answer it.
const Question = "\x1b[c"

// mostQueued is how much may wait to be read before reading from the terminal pauses.
const mostQueued = 2 << 20

// NewInput returns an input that reads a terminal. ask writes [Question] to the terminal; it
// may block.
func NewInput(terminal io.Reader, ask func()) *Input {
	in := &Input{src: terminal, ask: ask, done: make(chan struct{})}
	in.changed.L = &in.mu
	return in
}

// Typing sets whether text is being typed. Then a character is passed on without waiting for
// what may follow.
func (in *Input) Typing(yes bool) { in.typing.Store(yes) }

// Close ends reading. The goroutine that reads the terminal ends with the terminal's reader.
func (in *Input) Close() error {
	in.closed.Do(func() { close(in.done) })
	in.end(io.EOF)
	return nil
}

// Read implements [io.Reader]. Its result ends with a whole key, unless p is too small for
// one.
func (in *Input) Read(p []byte) (int, error) {
	in.begin.Do(in.start)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.readers++
	mine := in.readers
	in.changed.Broadcast()
	for len(in.queue) == 0 && in.err == nil && mine == in.readers {
		in.changed.Wait()
	}
	if mine != in.readers {
		return 0, io.EOF
	}
	n := 0
	for len(in.queue) > 0 && (n == 0 || n+len(in.queue[0]) <= len(p)) {
		c := copy(p[n:], in.queue[0])
		n += c
		if in.queue[0] = in.queue[0][c:]; len(in.queue[0]) > 0 {
			break
		}
		in.queue = in.queue[1:]
	}
	in.size -= n
	in.changed.Broadcast()
	if n == 0 && len(p) > 0 {
		return 0, in.err
	}
	return n, nil
}

// start starts reading the terminal.
func (in *Input) start() {
	pieces := make(chan []byte)
	questions := make(chan struct{}, 1)
	over := make(chan error, 1)
	go in.pull(pieces, over)
	go in.asking(questions)
	go in.follow(pieces, over, questions)
}

// pull reads the terminal.
func (in *Input) pull(pieces chan<- []byte, over chan<- error) {
	for {
		buf := make([]byte, 4<<10)
		n, err := in.src.Read(buf)
		if n > 0 {
			select {
			case pieces <- buf[:n]:
			case <-in.done:
				return
			}
		}
		if err != nil {
			over <- err
			return
		}
		if !in.room() {
			return
		}
	}
}

// room waits until there is room for more, and reports whether more is wanted.
func (in *Input) room() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	for in.size > mostQueued && in.err == nil {
		in.changed.Wait()
	}
	return in.err == nil
}

// asking asks the terminal, one question at a time: a terminal that accepts no output must not
// block reading it.
func (in *Input) asking(questions <-chan struct{}) {
	for range questions {
		in.ask()
	}
}

// follow splits the input into units.
func (in *Input) follow(pieces <-chan []byte, over <-chan error, questions chan<- struct{}) {
	defer close(questions)
	var s splitter
	var b bursts
	var unfinished time.Time // when unfinished input counts as complete
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case piece := <-pieces:
			now := time.Now()
			in.put(b.feed(s.feed(piece), now, in.typing.Load()))
			unfinished = now.Add(s.wait())
			if s.escaped() {
				select {
				case questions <- struct{}{}:
				default:
				}
			}
		case <-timer.C:
			now := time.Now()
			if at, held := b.wait(); held && !at.After(now) {
				in.put(b.expire())
			}
			if s.wait() > 0 && !unfinished.After(now) {
				in.put(b.feed(s.expire(), now, in.typing.Load()))
			}
		case err := <-over:
			in.put(append(b.feed(s.expire(), time.Now(), in.typing.Load()), b.expire()...))
			in.end(err)
			return
		case <-in.done:
			return
		}
		if d, ok := next(&s, &b, unfinished); ok {
			timer.Reset(d)
		}
	}
}

// next returns how long to wait for input before something is decided.
func next(s *splitter, b *bursts, unfinished time.Time) (time.Duration, bool) {
	at, held := b.wait()
	if s.wait() > 0 && (!held || unfinished.Before(at)) {
		at, held = unfinished, true
	}
	return time.Until(at), held
}

// put queues units for reading.
func (in *Input) put(units [][]byte) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, u := range units {
		in.queue = append(in.queue, u)
		in.size += len(u)
	}
	in.changed.Broadcast()
}

// end tells readers that no more will come.
func (in *Input) end(err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.err == nil {
		in.err = err
	}
	in.changed.Broadcast()
}
