package term

import (
	"context"
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
)

// Options are what a program works with.
type Options struct {
	// In and Out are the terminal.
	In, Out *os.File
	// Input is what reads In; nil: In itself.
	Input io.Reader
	// Env is the program's environment.
	Env []string
	// Every is how much time passes between two frames that nobody waits for.
	Every time.Duration
	// Width and Height are the most that is drawn; 0: what [Program] draws at most.
	Width, Height int
	// Suspend: there is a shell to go back to for a while.
	Suspend bool
	// Lost is told that the terminal is gone. It must not wait.
	Lost func()
}

// The most cells that are drawn, whatever a terminal says of itself.
const (
	mostWidth  = 2000
	mostHeight = 1000
)

const (
	// leaveWithin is how long a program may take to end once it is told to.
	leaveWithin = 2 * time.Second
	// giveBackWithin is how long a terminal may take what gives it back, until what waits
	// for it before that is thrown away.
	giveBackWithin = 400 * time.Millisecond
	// otherFPS is how often what is no frame is written to the terminal by Bubble Tea.
	otherFPS = 20
)

// Program runs a model on a terminal, whose frames a [Painter] writes. Bubble Tea has the
// event loop and the input; the terminal is ours.
type Program struct {
	o       Options
	tea     *tea.Program
	painter *Painter
	console *console
	// suspended asks for the terminal to be left to the shell.
	suspended chan struct{}

	kill  context.CancelFunc
	ready context.Context

	mu    sync.Mutex
	fault error
}

// NewProgram returns a program that runs once. The model must not print, nor run other
// programs on its terminal ([tea.Println], [tea.Exec]); its mouse is its own
// ([tea.View.OnMouse] is not called).
func NewProgram(m tea.Model, o Options) *Program {
	p := &Program{o: o, console: &console{in: o.In, out: o.Out}, suspended: make(chan struct{}, 1)}
	p.ready, p.kill = context.WithCancel(context.Background())
	profile := colorprofile.Detect(o.Out, o.Env)
	env := uv.Environ(o.Env)
	kind := env.Getenv("TERM")
	plain := kind == "linux" || kind == "dumb"
	p.painter = NewPainter(p.console, PainterOptions{Every: o.Every, Profile: profile, Plain: plain, Lost: p.lost})
	if !plain && env.Getenv("TERM_PROGRAM") != "Apple_Terminal" {
		p.console.questions = ansi.RequestModeSynchronizedOutput + ansi.RequestModeUnicodeCore
	}
	input := o.Input
	if input == nil {
		input = o.In
	}
	w, h := p.size()
	p.tea = tea.NewProgram(&screen{model: m, program: p}, tea.WithContext(p.ready), tea.WithoutRenderer(), tea.WithoutSignalHandler(),
		tea.WithInput(input), tea.WithOutput(p.painter), tea.WithEnvironment(o.Env), tea.WithColorProfile(profile), tea.WithWindowSize(w, h),
		tea.WithFPS(otherFPS), tea.WithFilter(p.filter))
	return p
}

// Run runs the program until its model quits, its terminal is gone, or it is told to leave
// by the context. The terminal is as it was then, unless it takes nothing any more. What
// ended it, if it did not end well, is a [*PanicError], or an error of the terminal's.
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

// Send hands a message to the model; nothing once the program has ended.
func (p *Program) Send(m tea.Msg) { p.tea.Send(m) }

// Write writes to the terminal between two frames. It does not wait for it.
func (p *Program) Write(b []byte) (int, error) { return p.painter.Write(b) }

// quit ends the program as its own key does, by force only where that is of no use: by
// force Bubble Tea closes its input while that is being read.
func (p *Program) quit() {
	hard := time.AfterFunc(leaveWithin, p.kill)
	p.tea.Quit()
	<-p.ready.Done()
	hard.Stop()
}

// fail ends the program. The first who tells why is believed.
func (p *Program) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault == nil {
		p.fault = err
		go p.quit()
	}
}

// failed tells whether the program ends because something went wrong.
func (p *Program) failed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault != nil
}

// lost ends a program that can't be painted any more.
func (p *Program) lost(err error) {
	if _, ours := err.(*PanicError); !ours && p.o.Lost != nil { //nolint:errorlint // it comes as it is
		p.o.Lost()
		return
	}
	p.fail(err)
}

// enter takes the terminal.
func (p *Program) enter() error {
	if err := p.console.raw(); err != nil {
		return err
	}
	p.painter.Enter()
	_, err := p.painter.Write([]byte(p.console.questions))
	return err
}

// leave gives the terminal back. One that takes nothing gets its own way of working back
// at least, so that a shell finds it well.
func (p *Program) leave() {
	for range 4 {
		if p.painter.Leave(giveBackWithin) {
			break
		}
		p.console.drop()
	}
	p.console.restore()
}

// size is how large the terminal is, within what is drawn.
func (p *Program) size() (w, h int) {
	w, h = p.console.size()
	if w <= 0 || h <= 0 { // it does not say; its environment may
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
	switch msg.(type) {
	case tea.WindowSizeMsg: // that it has a size is all that is told; an older one may come late
		w, h := p.size()
		return tea.WindowSizeMsg{Width: w, Height: h}
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

// Repaint is a command that paints the whole screen anew, whatever stands there.
func Repaint() tea.Msg { return repaint{} }

type repaint struct{}

// screen is the model as Bubble Tea knows it: what it shows goes to the painter.
type screen struct {
	model   tea.Model
	program *Program
}

// Init implements [tea.Model].
func (s *screen) Init() tea.Cmd {
	defer s.program.Recover()
	return s.program.guarded(s.model.Init())
}

// View implements [tea.Model]. Nobody draws it.
func (*screen) View() tea.View { return tea.View{} }

// Update implements [tea.Model].
func (s *screen) Update(msg tea.Msg) (same tea.Model, cmd tea.Cmd) {
	defer s.program.Recover()
	same = s
	if s.program.failed() { // the model may be half changed
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

// modeReport takes over what the terminal said of a mode.
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

// MeasuresClusters tells whether a terminal says of itself that it measures text by
// clusters, which it does from then on.
func MeasuresClusters(m tea.ModeReportMsg) bool {
	return m.Mode == ansi.ModeUnicodeCore &&
		(m.Value == ansi.ModeReset || m.Value == ansi.ModeSet || m.Value == ansi.ModePermanentlySet)
}

// urgent tells whether somebody waits for what a message changes.
func urgent(msg tea.Msg) bool {
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg, tea.MouseClickMsg:
		return true
	}
	return false
}
