package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/hub/store"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/term"
)

// Exit codes (a contract with scripts).
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2 // wrong usage
	exitRefused = 3 // by a rule; its code is on stderr
	exitMissing = 4 // no such thing
	exitUnknown = 5 // the outcome is not known
)

// failure is an error that is already said in the user's words.
type failure struct {
	exit int
	code model.Code // for scripts; may be empty
	say  string
}

// Error implements error.
func (f *failure) Error() string { return f.say }

func usage(say string) error { return &failure{exit: exitUsage, say: say} }

func failed(say string) error { return &failure{exit: exitFailed, say: say} }

// fail says what went wrong, and returns the exit code. Wrong usage comes with the
// command's help.
func (p *program) fail(cmd *cobra.Command, err error) int {
	f := p.failure(err)
	label := p.words.Say(i18n.ErrorLabel)
	if f.code != "" {
		_, _ = fmt.Fprintf(p.err, "%s (%s): %s\n", label, f.code, f.say)
	} else {
		_, _ = fmt.Fprintf(p.err, "%s: %s\n", label, f.say)
	}
	var panicked *term.PanicError
	if errors.As(err, &panicked) { // where it was; the lines may hold anything
		for line := range bytes.Lines(panicked.Stack) {
			_, _ = fmt.Fprintf(p.err, "%s\n", plain(strings.TrimRight(string(line), "\n")))
		}
	}
	if f.exit == exitUsage && cmd != nil {
		_, _ = fmt.Fprintf(p.err, "\n%s", cmd.UsageString())
	}
	return f.exit
}

// failure words an error.
func (p *program) failure(err error) *failure {
	var f *failure
	var problem *client.Problem
	var refusal *model.Refusal
	var unreachable *client.UnreachableError
	var file *client.FileError
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &file):
		return p.fileError(file)
	case errors.As(err, &problem):
		return p.problem(problem)
	case errors.As(err, &refusal):
		return &failure{exit: exitRefused, code: refusal.Code, say: p.code(refusal.Code, "")}
	case errors.Is(err, context.Canceled):
		return &failure{exit: exitFailed, say: p.words.Say(i18n.ErrInterrupted)}
	case errors.As(err, &unreachable):
		return &failure{exit: exitFailed, say: p.words.Say(i18n.ErrHubUnreachable, "URL", plain(unreachable.URL))}
	case errors.Is(err, client.ErrNoHub):
		return &failure{exit: exitFailed, say: p.words.Say(i18n.ErrHubAnswer, "URL", plain(p.speaksTo))}
	case errors.Is(err, store.ErrUnavailable):
		return &failure{exit: exitFailed, say: p.words.Say(i18n.Code("unavailable"))}
	}
	return &failure{exit: exitFailed, say: p.words.Say(i18n.ErrInternal, "Reason", plain(err.Error()))}
}

// problem words what a hub answered.
func (p *program) problem(q *client.Problem) *failure {
	f := &failure{exit: exitFailed, code: q.Code, say: p.refusal(q)}
	switch q.Status {
	case http.StatusForbidden, http.StatusConflict:
		f.exit = exitRefused
	case http.StatusNotFound:
		f.exit = exitMissing
	}
	return f
}

// refusal says why a hub refused something, with Facebook's reason and the time, as far as
// they are told.
func (p *program) refusal(q *client.Problem) string {
	say := p.code(q.Code, q.Detail)
	switch id := i18n.CodeUntil(string(q.Code)); {
	case q.Code == model.WindowClosed && q.Since != nil && !q.Since.After(p.now()):
		say = p.words.Say(i18n.CodeWindowClosedAt, "Time", p.clock(*q.Since))
	case q.Code == model.PageRestricted:
		// Facebook ends its reasons with a full stop or without one; the sentence has its own.
		if reason := strings.TrimRight(safe.Line(q.Reason).String(), " .。"); reason != "" {
			say = p.words.Say(i18n.ComposerRestrictedFor, "Reason", reason)
		}
		if q.Until != nil {
			say += p.between() + p.words.Say(i18n.ComposerRestrictedUntil, "Time", p.clock(*q.Until))
		}
	// Before the clock shows another minute, the time would say nothing.
	case q.Until != nil && q.Until.Sub(p.now()) > time.Minute && p.words.Has(id):
		say = p.words.Say(id, "Time", p.clock(*q.Until))
	}
	return say
}

// between stands between two sentences.
func (p *program) between() string {
	if p.words.Japanese() {
		return ""
	}
	return " "
}

// code says a code in the user's language; one that there are no words for, as the
// hub put it.
func (p *program) code(code model.Code, detail model.Untrusted) string {
	return p.sentence(i18n.Code(string(code)), detail)
}

// sentence says why something was refused; where there are no words for it, what came with
// it.
func (p *program) sentence(id i18n.ID, detail model.Untrusted) string {
	if !p.words.Has(id) {
		return safe.Line(detail).String()
	}
	return p.words.Say(id, "Detail", safe.Line(detail))
}

// plain makes text from outside fit for a terminal: what the user typed, a path, an
// error of the system.
func plain(s string) safe.Text { return safe.LineN(model.Untrusted(s), plainCells) }

const plainCells = 300

// fileError words why a file can't be attached.
func (p *program) fileError(e *client.FileError) *failure {
	file := plain(e.Path)
	var r *model.Refusal
	switch {
	case errors.As(e.Cause, &r):
		return &failure{exit: exitRefused, code: r.Code, say: file.String() + ": " + p.code(r.Code, "")}
	case errors.Is(e.Cause, client.ErrFileChanged):
		return &failure{exit: exitFailed, say: p.words.Say(i18n.ErrFileChanged, "File", file)}
	case errors.Is(e.Cause, client.ErrFileUnreadable):
		return &failure{exit: exitFailed, say: p.words.Say(i18n.ErrFileUnreadable, "File", file)}
	}
	return &failure{exit: exitMissing, say: p.words.Say(i18n.ErrNoFile, "File", file)}
}
