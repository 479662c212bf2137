package term

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"parley/ui/term/graphics"
	"parley/ui/term/wheel"
)

// Options configure a program.
type Options struct {
	// In and Out are the terminal.
	In, Out *os.File
	// Input reads In; nil: In itself.
	Input io.Reader
	// Env is the program's environment.
	Env []string
	// Every is the time between two frames that nobody waits for.
	Every time.Duration
	// Width and Height limit what is drawn; 0: the limits of [Program].
	Width, Height int
	// Suspend: there is a shell to return to.
	Suspend bool
	// Pause stops reading Input, and returns what goes on with it; nil: the terminal is never lent.
	Pause func() (resume func())
	// Last returns what is written before the terminal is given back, also for a while; nil:
	// nothing. It must be safe for concurrent use.
	Last func() string
	// Lost is called when the terminal is gone. It must not block.
	Lost func()
}

// The most cells that are drawn, whatever size a terminal reports.
const (
	mostWidth  = 2000
	mostHeight = 1000
)

const (
	// leaveWithin is how long a program may take to end once told to.
	leaveWithin = 2 * time.Second
	// giveBackWithin is how long a terminal may take to accept the restoring bytes before the
	// output waiting ahead of them is discarded.
	giveBackWithin = 400 * time.Millisecond
	// teaFPS is how often Bubble Tea wakes to write what it has to say: the least it allows, as
	// all of it goes through the painter (see filter).
	teaFPS = 1
)

// Program runs a model on a terminal; a [Painter] writes its frames. Bubble Tea has the event
// loop and the input, we have the terminal.
type Program struct {
	o       Options
	tea     *tea.Program
	painter *Painter
	console *console
	// suspended asks to give the terminal to the shell.
	suspended chan struct{}
	// lent asks to lend the terminal.
	lent  chan Lend
	wheel wheel.Gatherer

	kill  context.CancelFunc
	ready context.Context

	mu    sync.Mutex
	fault error
}

// ErrNotLent: the terminal can't be lent, or is already.
var ErrNotLent = errors.New("terminal not lent")

// NewProgram returns a program that runs once. The model must not print, nor run other programs
// on its terminal but by [Lend] ([tea.Println], [tea.Exec]), must write to it by [tea.Raw] alone (other
// commands of Bubble Tea's that do come late), and must handle the mouse itself
// ([tea.View.OnMouse] is not called).
func NewProgram(m tea.Model, o Options) *Program {
	p := &Program{o: o, console: &console{in: o.In, out: o.Out}, suspended: make(chan struct{}, 1), lent: make(chan Lend, 1)}
	p.ready, p.kill = context.WithCancel(context.Background())
	profile := colorprofile.Detect(o.Out, o.Env)
	env := uv.Environ(o.Env)
	kind := env.Getenv("TERM")
	plain := kind == "linux" || kind == "dumb"
	p.painter = NewPainter(p.console, PainterOptions{Every: o.Every, Profile: profile, Plain: plain, Last: o.Last, Lost: p.lost})
	if !plain && env.Getenv("TERM_PROGRAM") != "Apple_Terminal" {
		p.console.questions = ansi.RequestModeSynchronizedOutput + ansi.RequestModeUnicodeCore + ansi.RequestNameVersion + graphics.Question
	}
	input := o.Input
	if input == nil {
		input = o.In
	}
	w, h := p.size()
	p.tea = tea.NewProgram(&screen{model: m, program: p}, tea.WithContext(p.ready), tea.WithoutRenderer(), tea.WithoutSignalHandler(),
		tea.WithInput(input), tea.WithOutput(p.painter), tea.WithEnvironment(o.Env), tea.WithColorProfile(profile), tea.WithWindowSize(w, h),
		tea.WithFPS(teaFPS), tea.WithFilter(p.filter))
	return p
}

// Run runs the program until its model quits, its terminal is gone, or ctx ends. It restores
// the terminal, unless that accepts nothing any more. The error is a [*PanicError] or one of
// the terminal; nil if the program ended well.
func (p *Program) Run(ctx context.Context) error {
	defer p.kill()
	told := context.AfterFunc(ctx, p.quit)
	defer told()
	p.console.open()
	defer p.console.close()
	if err := p.enter(); err != nil {
		return err
	}
	defer p.leave()
	var watching sync.WaitGroup
	defer watching.Wait()
	over, stop := context.WithCancel(p.ready)
	defer stop()
	watching.Go(func() { p.watch(over) })
	_, err := p.tea.Run()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault != nil {
		return p.fault
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// Send sends a message to the model; it does nothing once the program has ended.
func (p *Program) Send(m tea.Msg) { p.tea.Send(m) }

// Write writes to the terminal between two frames. It does not block.
func (p *Program) Write(b []byte) (int, error) { return p.painter.Write(b) }

// quit ends the program as its own key does, and by force only if that fails: by force Bubble
// Tea closes its input while it is being read.
func (p *Program) quit() {
	hard := time.AfterFunc(leaveWithin, p.kill)
	p.tea.Quit()
	<-p.ready.Done()
	hard.Stop()
}

// fail ends the program with an error. The first error wins.
func (p *Program) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault == nil {
		p.fault = err
		go p.quit()
	}
}

// failed reports whether the program ends because of an error.
func (p *Program) failed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault != nil
}

// lost ends a program that can no longer be painted.
func (p *Program) lost(err error) {
	if _, ours := err.(*PanicError); !ours && p.o.Lost != nil { //nolint:errorlint // it comes as it is
		p.o.Lost()
		return
	}
	p.fail(err)
}

// enter enters the terminal.
func (p *Program) enter() error {
	if err := p.console.raw(); err != nil {
		return err
	}
	p.painter.Enter()
	_, err := p.painter.Write([]byte(p.console.questions))
	return err
}

// leave restores the terminal. If it accepts no output, at least its mode is restored, so that
// a shell works.
func (p *Program) leave() {
	for range 4 {
		if p.painter.Leave(giveBackWithin) {
			break
		}
		p.console.drop()
	}
	p.console.restore()
}

// size returns the size of the terminal, within the limits.
func (p *Program) size() (w, h int) {
	w, h = p.console.size()
	if w <= 0 || h <= 0 { // unknown, but the environment may say
		env := uv.Environ(p.o.Env)
		w, h = cells(env.Getenv("COLUMNS"), 80), cells(env.Getenv("LINES"), 24)
	}
	return within(w, p.o.Width, mostWidth), within(h, p.o.Height, mostHeight)
}

func cells(s string, otherwise int) int {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

func within(n, most, always int) int {
	if most <= 0 {
		most = always
	}
	return min(n, most, always)
}

// filter sees every message before Bubble Tea does.
func (p *Program) filter(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case Lend:
		if p.o.Pause == nil {
			return msg.Done(ErrNotLent)
		}
		select {
		case p.lent <- msg:
			return nil
		default:
			return msg.Done(ErrNotLent)
		}
	case tea.RawMsg: // at once, and in order with the frames
		_, _ = fmt.Fprint(p.painter, msg.Msg)
		return nil
	case tea.WindowSizeMsg: // use the present size: the message may be old
		w, h := p.size()
		return tea.WindowSizeMsg{Width: w, Height: h}
	case tea.MouseWheelMsg:
		return p.wheel.Add(msg, p.tea.Send)
	case tea.SuspendMsg:
		if p.o.Suspend {
			select {
			case p.suspended <- struct{}{}:
			default:
			}
		}
		return nil
	}
	return msg
}

// screen wraps the model for Bubble Tea: its view goes to the painter.
type screen struct {
	model   tea.Model
	program *Program
}

// Init implements [tea.Model].
func (s *screen) Init() tea.Cmd {
	defer s.program.Recover()
	return s.program.guarded(s.model.Init())
}

// View implements [tea.Model]. It draws nothing.
func (*screen) View() tea.View { return tea.View{} }

// Update implements [tea.Model].
func (s *screen) Update(msg tea.Msg) (same tea.Model, cmd tea.Cmd) {
	defer s.program.Recover()
	same = s
	if s.program.failed() { // the model may be in an inconsistent state
		return s, nil
	}
	painter := s.program.painter
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		painter.Resize(msg.Width, msg.Height)
	case tea.ColorProfileMsg:
		painter.SetProfile(msg.Profile)
	case tea.ModeReportMsg:
		modeReport(painter, msg)
	case repaint:
		painter.Repaint()
		return s, nil
	}
	s.model, cmd = s.model.Update(msg)
	painter.Show(s.model.View(), urgent(msg))
	return s, s.program.guarded(cmd)
}

// modeReport applies the terminal's report about a mode.
func modeReport(p *Painter, m tea.ModeReportMsg) {
	switch m.Mode {
	case ansi.ModeSynchronizedOutput:
		if m.Value == ansi.ModeReset || m.Value == ansi.ModeSet {
			p.Synchronised()
		}
	case ansi.ModeUnicodeCore:
		if MeasuresClusters(m) {
			p.MeasureClusters(m.Value == ansi.ModeReset)
		}
	}
}

// MeasuresClusters reports whether a terminal says that it measures text by cluster, now or
// once told to.
func MeasuresClusters(m tea.ModeReportMsg) bool {
	return m.Mode == ansi.ModeUnicodeCore &&
		(m.Value == ansi.ModeReset || m.Value == ansi.ModeSet || m.Value == ansi.ModePermanentlySet)
}

// urgent reports whether the user waits for what a message changes.
func urgent(msg tea.Msg) bool {
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg, tea.MouseClickMsg, tea.MouseMotionMsg, wheel.Turned:
		return true
	}
	return false
}
