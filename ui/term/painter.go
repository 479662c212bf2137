package term

import (
	"io"
	"runtime/debug"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Painter writes frames to a terminal: only what differs from the last frame, in one write, and
// never faster than the terminal accepts them. Showing a frame does not wait for the terminal.
// It is safe for concurrent use.
type Painter struct {
	out   io.Writer
	every time.Duration
	// lost is called when the terminal accepts nothing any more.
	lost func(error)
	last func() string

	mu sync.Mutex
	// view is the frame to show; dirty: it is not shown yet; urgent: the user waits for it.
	view          tea.View
	dirty, urgent bool
	// anew: paint the whole screen, whatever the terminal shows. again is when to do that once
	// more.
	anew  bool
	again time.Time
	on    surface
	// synchronised: the terminal can show a frame at once when it is complete; clustering: it
	// measures by cluster if told to.
	synchronised, clustering bool
	// raw is written before the next frame.
	raw []byte
	// since and cost are the start and the duration of the last frame.
	since time.Time
	cost  time.Duration
	// sheet belongs to the painting goroutine while there is one.
	sheet *sheet
	stop  chan struct{}
	ended chan struct{}

	wake chan struct{}
}

const (
	// settled is how long after a new size the screen is painted again: terminals may report
	// a size before or after they apply it.
	settled = 150 * time.Millisecond
	// mostRaw is how much may wait for a terminal that accepts nothing.
	mostRaw = 1 << 20
)

// PainterOptions configure a painter.
type PainterOptions struct {
	// Every is the time between two frames that nobody waits for.
	Every time.Duration
	// Profile is the terminal's colour profile.
	Profile colorprofile.Profile
	// Plain: it is a console that draws text and colours only.
	Plain bool
	// Last returns what is written before the terminal is given back; nil: nothing. It is called
	// by the painter's own goroutine.
	Last func() string
	// Lost is called once when nothing more can be written. It must not wait for the painter.
	Lost func(error)
}

// NewPainter returns a painter for a terminal, which it does not touch yet.
func NewPainter(out io.Writer, o PainterOptions) *Painter {
	return &Painter{
		out: out, every: o.Every, lost: o.Lost, last: o.Last,
		on: surface{profile: o.Profile, method: ansi.WcWidth}, sheet: newSheet(o.Plain), wake: make(chan struct{}, 1),
	}
}

// Enter enters the terminal's alternate screen, without a cursor, until [Painter.Leave].
func (p *Painter) Enter() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil {
		return
	}
	before := p.ended
	stop, ended := make(chan struct{}), make(chan struct{})
	p.stop, p.ended = stop, ended
	p.dirty, p.urgent = true, true
	go func() {
		if before != nil { // the previous painter may still wait for the terminal
			<-before
		}
		p.paints(stop, ended)
	}()
}

// Leave restores the terminal. It waits at most within, and reports whether it is done.
// Leaving again does nothing.
func (p *Painter) Leave(within time.Duration) bool {
	p.mu.Lock()
	stop, ended := p.stop, p.ended
	p.stop = nil
	p.raw = nil
	p.mu.Unlock()
	if stop != nil {
		close(stop)
	}
	if ended == nil {
		return true
	}
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case <-ended:
		return true
	case <-late.C:
		return false
	}
}

// Show shows a frame: at once if the user waits for it, else with the next frame that is due.
// Only the last of several is shown.
func (p *Painter) Show(v tea.View, urgent bool) {
	if v.Cursor != nil { // its owner may change it
		cursor := *v.Cursor
		v.Cursor = &cursor
	}
	p.mu.Lock()
	p.view, p.dirty, p.urgent = v, true, p.urgent || urgent
	p.mu.Unlock()
	p.awake()
}

// Write implements [io.Writer]: output other than frames is written between two frames. It
// does not wait. What is written while the painter has left, or the terminal accepts nothing,
// is dropped.
func (p *Painter) Write(b []byte) (int, error) {
	p.mu.Lock()
	if p.stop != nil && len(p.raw)+len(b) <= mostRaw {
		p.raw = append(p.raw, b...)
	}
	p.mu.Unlock()
	p.awake()
	return len(b), nil
}

// Resize sets the size of the terminal.
func (p *Painter) Resize(w, h int) {
	p.change(func() bool {
		if p.on.w > 0 && p.on.h > 0 {
			p.again = time.Now().Add(settled)
		}
		p.on.w, p.on.h = w, h
		return true // repaint even if the size is the same: the content may have changed
	})
}

// SetProfile sets the terminal's colour profile.
func (p *Painter) SetProfile(profile colorprofile.Profile) {
	p.change(func() bool {
		differs := p.on.profile != profile
		p.on.profile = profile
		return differs
	})
}

// Synchronised says that the terminal can show a frame at once when it is complete.
func (p *Painter) Synchronised() {
	p.change(func() bool {
		p.synchronised = true
		return false
	})
}

// MeasureClusters says that the terminal measures by cluster: by default, or if told to.
func (p *Painter) MeasureClusters(ifTold bool) {
	p.change(func() bool {
		differs := p.on.method != ansi.GraphemeWidth
		p.on.method, p.clustering = ansi.GraphemeWidth, p.clustering || ifTold
		return differs
	})
}

// Repaint paints the whole screen, whatever the terminal shows.
func (p *Painter) Repaint() { p.change(func() bool { return true }) }

// change changes something under the mutex, and repaints the screen if do says so.
func (p *Painter) change(do func() (anew bool)) {
	p.mu.Lock()
	if do() {
		p.anew, p.dirty, p.urgent = true, true, true
	}
	p.mu.Unlock()
	p.awake()
}

func (p *Painter) awake() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// paints paints until stopped. A panic ends the screen, but leaves the terminal restored.
func (p *Painter) paints(stop <-chan struct{}, ended chan<- struct{}) {
	defer close(ended)
	var fault error
	defer func() {
		if fault != nil && p.lost != nil {
			p.lost(fault)
		}
	}()
	fault = p.painting(stop)
	var last []byte
	if p.last != nil {
		last = []byte(p.last())
	}
	_, err := p.out.Write(append(last, p.sheet.end()...))
	select {
	case <-stop: // what was not painted need not be written any more
		if _, ours := fault.(*PanicError); !ours { //nolint:errorlint // it comes as it is
			fault = nil
		}
	default:
		if fault == nil {
			fault = err
		}
	}
}

func (p *Painter) painting(stop <-chan struct{}) (fault error) {
	defer func() {
		if r := recover(); r != nil {
			fault = &PanicError{Value: r, Stack: debug.Stack()}
		}
	}()
	if _, err := p.out.Write(p.sheet.begin()); err != nil {
		return err
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-stop:
			return nil
		case <-p.wake:
		case <-timer.C:
		}
		timer.Stop()
		next, err := p.turn()
		if err != nil {
			return err
		}
		if !next.IsZero() {
			timer.Reset(time.Until(next))
		}
	}
}

// turn writes what is due, and returns when to write next; zero: nothing to write.
func (p *Painter) turn() (next time.Time, err error) {
	begun := time.Now()
	p.mu.Lock()
	out := p.raw
	p.raw = nil
	next = p.due(begun)
	paint := !next.IsZero() && !next.After(begun)
	view, on, anew := p.view, p.on, p.anew
	p.sheet.synchronised = p.synchronised
	tell := p.clustering && !p.sheet.clustering
	if paint {
		p.dirty, p.urgent, p.anew, p.since = false, false, false, begun
	}
	p.mu.Unlock()
	if tell {
		out = append(out, ansi.SetModeUnicodeCore...)
		p.sheet.clustering = true
	}
	if paint {
		out = append(out, p.sheet.frame(&view, on, anew)...)
	}
	if len(out) > 0 {
		if _, err := p.out.Write(out); err != nil {
			return time.Time{}, err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if paint {
		p.cost = time.Since(begun)
	}
	return p.due(time.Now()), nil
}

// due returns when the next frame is due, now at the earliest; zero: nothing has changed.
func (p *Painter) due(now time.Time) time.Time {
	if !p.again.IsZero() && !p.again.After(now) {
		p.again = time.Time{}
		p.dirty, p.anew = true, true
	}
	at := p.again
	switch {
	case p.dirty && p.urgent:
		at = p.since.Add(2 * p.cost)
	case p.dirty:
		at = p.since.Add(p.every)
	case at.IsZero():
		return at
	}
	if at.Before(now) {
		return now
	}
	return at
}
