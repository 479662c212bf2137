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
	ExitRefused = 3 // by a rule; the code is on stderr
	ExitMissing = 4 // no such thing
	ExitUnknown = 5 // the outcome is not known
)

// Failure is an error in the user's words.
type Failure struct {
	Exit int
	Code model.Code // for scripts; may be empty
	Say  string
}

// Error implements error.
func (f *Failure) Error() string { return f.Say }

// Usage returns an error of wrong usage with that text.
func Usage(say string) error { return &Failure{Exit: ExitUsage, Say: say} }

// Failed returns an error of a failed command with that text.
func Failed(say string) error { return &Failure{Exit: ExitFailed, Say: say} }

// Fail prints an error, and returns the exit code. For wrong usage it also prints how the
// command is used, in a line.
func (p *Program) Fail(cmd *cobra.Command, err error) int {
	f := p.Failure(err)
	label := p.Words.Say(i18n.ErrorLabel)
	if f.Code != "" {
		_, _ = fmt.Fprintf(p.Err, "%s (%s): %s\n", label, f.Code, f.Say)
	} else {
		_, _ = fmt.Fprintf(p.Err, "%s: %s\n", label, f.Say)
	}
	var panicked *term.PanicError
	if errors.As(err, &panicked) { // where it happened; the lines may hold anything
		for line := range bytes.Lines(panicked.Stack) {
			_, _ = fmt.Fprintf(p.Err, "%s\n", Plain(strings.TrimRight(string(line), "\n")))
		}
	}
	if f.Exit == ExitUsage && f.Code == "" && cmd != nil {
		use := cmd.UseLine()
		if cmd.HasAvailableSubCommands() {
			use = cmd.CommandPath() + " COMMAND"
		}
		_, _ = fmt.Fprintf(p.Err, "\n%s\n  %s\n\n%s\n", p.Words.Say(i18n.HelpUsage), use, p.Words.Say(i18n.ErrMore, "Command", cmd.CommandPath()))
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

// problem words a hub's answer.
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

// refusal words why a hub refused something, with Facebook's reason and the time, if known.
func (p *Program) refusal(q *client.Problem) string {
	say := p.Code(q.Code, q.Detail)
	switch id := i18n.CodeUntil(string(q.Code)); {
	case q.Code == model.WindowClosed && q.Since != nil && !q.Since.After(p.Now()):
		say = p.Words.Say(i18n.CodeWindowClosedAt, "Time", p.Clock(*q.Since))
	case q.Code == model.PageRestricted:
		// Facebook ends some of its reasons with a full stop; the sentence has its own.
		if reason := strings.TrimRight(safe.Line(q.Reason).String(), " .。"); reason != "" {
			say = p.Words.Say(i18n.ComposerRestrictedFor, "Reason", reason)
		}
		if q.Until != nil {
			say += p.between() + p.Words.Say(i18n.ComposerRestrictedUntil, "Time", p.Clock(*q.Until))
		}
	// Within the same minute the time would say nothing.
	case q.Until != nil && q.Until.Sub(p.Now()) > time.Minute && p.Words.Has(id):
		say = p.Words.Say(id, "Time", p.Clock(*q.Until))
	}
	return say
}

// between is the separator of two sentences.
func (p *Program) between() string {
	if p.Words.Japanese() {
		return ""
	}
	return " "
}

// Code words a code in the user's language; for a code without a sentence it returns the hub's
// text.
func (p *Program) Code(code model.Code, detail model.Untrusted) string {
	return p.Sentence(i18n.Code(string(code)), detail)
}

// Sentence words why something was refused; without such a sentence it returns detail.
func (p *Program) Sentence(id i18n.ID, detail model.Untrusted) string {
	if !p.Words.Has(id) {
		return safe.Line(detail).String()
	}
	return p.Words.Say(id, "Detail", safe.Line(detail))
}

// Plain makes text from outside safe for a terminal: what the user typed, a path, an error of
// the system.
func Plain(s string) safe.Text { return safe.LineN(model.Untrusted(s), PlainCells) }

// PlainCells is the widest that such a text is shown.
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

// PathReason returns what was wrong with a file, without its path, which is long.
func PathReason(err error) string {
	var perr *fs.PathError
	if errors.As(err, &perr) {
		err = perr.Err
	}
	return err.Error()
}
