package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/client/outbox"
	"parley/hub/store"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/term"
)

// Exit codes (a contract with scripts).
const (
	ExitDone    = 0
	ExitFailed  = 1
	ExitUsage   = 2 // wrong usage
	ExitRefused = 3 // by a rule; its code is on stderr
	ExitMissing = 4 // no such thing
	ExitUnknown = 5 // the outcome is not known
)

// Failure is an error that is already said in the user's words.
type Failure struct {
	Exit int
	Code model.Code // for scripts; may be empty
	Say  string
}

// Error implements error.
func (f *Failure) Error() string { return f.Say }

// Usage is an error of wrong usage, said in those words.
func Usage(say string) error { return &Failure{Exit: ExitUsage, Say: say} }

// Failed is an error of what did not work, said in those words.
func Failed(say string) error { return &Failure{Exit: ExitFailed, Say: say} }

// Fail says what went wrong, and returns the exit code. Wrong usage comes with the
// command's help.
func (p *Program) Fail(cmd *cobra.Command, err error) int {
	f := p.Failure(err)
	label := p.Words.Say(i18n.ErrorLabel)
	if f.Code != "" {
		_, _ = fmt.Fprintf(p.Err, "%s (%s): %s\n", label, f.Code, f.Say)
	} else {
		_, _ = fmt.Fprintf(p.Err, "%s: %s\n", label, f.Say)
	}
	var panicked *term.PanicError
	if errors.As(err, &panicked) { // where it was; the lines may hold anything
		for line := range bytes.Lines(panicked.Stack) {
			_, _ = fmt.Fprintf(p.Err, "%s\n", Plain(strings.TrimRight(string(line), "\n")))
		}
	}
	if f.Exit == ExitUsage && cmd != nil {
		_, _ = fmt.Fprintf(p.Err, "\n%s", cmd.UsageString())
	}
	return f.Exit
}

// Failure words an error.
func (p *Program) Failure(err error) *Failure {
	var f *Failure
	var problem *client.Problem
	var refusal *model.Refusal
	var unreachable *client.UnreachableError
	var file *outbox.FileError
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &file):
		return p.fileError(file)
	case errors.As(err, &problem):
		return p.problem(problem)
	case errors.As(err, &refusal):
		return &Failure{Exit: ExitRefused, Code: refusal.Code, Say: p.Code(refusal.Code, "")}
	case errors.Is(err, context.Canceled):
		return &Failure{Exit: ExitFailed, Say: p.Words.Say(i18n.ErrInterrupted)}
	case errors.As(err, &unreachable):
		return &Failure{Exit: ExitFailed, Say: p.Words.Say(i18n.ErrHubUnreachable, "URL", Plain(unreachable.URL))}
	case errors.Is(err, client.ErrNoHub):
		return &Failure{Exit: ExitFailed, Say: p.Words.Say(i18n.ErrHubAnswer, "URL", Plain(p.SpeaksTo))}
	case errors.Is(err, store.ErrUnavailable):
		return &Failure{Exit: ExitFailed, Say: p.Words.Say(i18n.Code("unavailable"))}
	}
	return &Failure{Exit: ExitFailed, Say: p.Words.Say(i18n.ErrInternal, "Reason", Plain(err.Error()))}
}

// problem words what a hub answered.
func (p *Program) problem(q *client.Problem) *Failure {
	f := &Failure{Exit: ExitFailed, Code: q.Code, Say: p.refusal(q)}
	switch q.Status {
	case http.StatusForbidden, http.StatusConflict:
		f.Exit = ExitRefused
	case http.StatusNotFound:
		f.Exit = ExitMissing
	}
	return f
}

// refusal says why a hub refused something, with Facebook's reason and the time, as far as
// they are told.
func (p *Program) refusal(q *client.Problem) string {
	say := p.Code(q.Code, q.Detail)
	switch id := i18n.CodeUntil(string(q.Code)); {
	case q.Code == model.WindowClosed && q.Since != nil && !q.Since.After(p.Now()):
		say = p.Words.Say(i18n.CodeWindowClosedAt, "Time", p.Clock(*q.Since))
	case q.Code == model.PageRestricted:
		// Facebook ends its reasons with a full stop or without one; the sentence has its own.
		if reason := strings.TrimRight(safe.Line(q.Reason).String(), " .。"); reason != "" {
			say = p.Words.Say(i18n.ComposerRestrictedFor, "Reason", reason)
		}
		if q.Until != nil {
			say += p.between() + p.Words.Say(i18n.ComposerRestrictedUntil, "Time", p.Clock(*q.Until))
		}
	// Before the clock shows another minute, the time would say nothing.
	case q.Until != nil && q.Until.Sub(p.Now()) > time.Minute && p.Words.Has(id):
		say = p.Words.Say(id, "Time", p.Clock(*q.Until))
	}
	return say
}

// between stands between two sentences.
func (p *Program) between() string {
	if p.Words.Japanese() {
		return ""
	}
	return " "
}

// Code says a code in the user's language; one that there are no words for, as the
// hub put it.
func (p *Program) Code(code model.Code, detail model.Untrusted) string {
	return p.Sentence(i18n.Code(string(code)), detail)
}

// Sentence says why something was refused; where there are no words for it, what came with
// it.
func (p *Program) Sentence(id i18n.ID, detail model.Untrusted) string {
	if !p.Words.Has(id) {
		return safe.Line(detail).String()
	}
	return p.Words.Say(id, "Detail", safe.Line(detail))
}

// Plain makes text from outside fit for a terminal: what the user typed, a path, an
// error of the system.
func Plain(s string) safe.Text { return safe.LineN(model.Untrusted(s), PlainCells) }

// PlainCells is how wide a text from outside may be.
const PlainCells = 300

// fileError words why a file can't be attached.
func (p *Program) fileError(e *outbox.FileError) *Failure {
	file := Plain(e.Path)
	var r *model.Refusal
	switch {
	case errors.As(e.Cause, &r):
		return &Failure{Exit: ExitRefused, Code: r.Code, Say: file.String() + ": " + p.Code(r.Code, "")}
	case errors.Is(e.Cause, outbox.ErrFileChanged):
		return &Failure{Exit: ExitFailed, Say: p.Words.Say(i18n.ErrFileChanged, "File", file)}
	case errors.Is(e.Cause, outbox.ErrFileUnreadable):
		return &Failure{Exit: ExitFailed, Say: p.Words.Say(i18n.ErrFileUnreadable, "File", file)}
	}
	return &Failure{Exit: ExitMissing, Say: p.Words.Say(i18n.ErrNoFile, "File", file)}
}

// PathReason is what was wrong with a file, without its path, which is long.
func PathReason(err error) string {
	var perr *fs.PathError
	if errors.As(err, &perr) {
		err = perr.Err
	}
	return err.Error()
}
