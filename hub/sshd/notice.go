package sshd

import (
	"errors"
	"io"
	"strings"
)

// Notice is something that the server tells a client itself; [Options.Say] puts it into
// the client's language.
type Notice string

// Error implements error.
func (n Notice) Error() string { return string(n) }

// Why a command is not run. None repeats what the client sent.
const (
	NoticeCommandLong  Notice = "command too long"
	NoticeCommandQuote Notice = "unclosed quote"
	NoticeCommandVerb  Notice = "no such command over SSH"
	NoticeCommandFlag  Notice = "no such flag over SSH"
	NoticeCommandValue Notice = "a flag lacks its value"
)

// Why a session does not begin, or ends.
const (
	NoticeTerminal   Notice = "terminal too large"
	NoticeNotStarted Notice = "session not started"
	NoticeKilled     Notice = "session's program ended by a signal"
	NoticeIdle       Notice = "nothing typed for too long"
	NoticeLong       Notice = "session lasted as long as one may"
	NoticeRevoked    Notice = "user or key may not come in any more"
	NoticeStopping   Notice = "server stops"
)

// The exit codes of what is refused here, as the program's own.
const (
	exitFailed = 1
	exitUsage  = 2
)

// hungUp is the exit code of a session that the server ended, as shells tell of SIGHUP.
const hungUp = 128 + 1

// asWas gives a terminal back as programs find it: their screen, colours, cursor, mouse,
// paste and keyboard protocols are off. A program that ends by itself does this; one that
// was killed can't.
const asWas = "\x1b[?2026l\x1b[m\x1b[<u\x1b[>4m\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?2027l\x1b[?1049l\x1b[?25h\r"

// refuse tells the client why nothing is run, as the program would.
func (x *session) refuse(why Notice) {
	code := uint32(exitUsage)
	if why == NoticeNotStarted {
		code = exitFailed
	}
	x.within(closeWithin, func() {
		x.tell(why)
		x.exits(code)
	})
}

// tell writes a notice to the client.
func (x *session) tell(what Notice) {
	var langs []string
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if l := x.env.get(name); l != "" {
			langs = append(langs, l)
		}
	}
	line := "parley: " + x.server.options.Say(what, append(langs, x.server.options.Child.Lang)...) + "\n"
	if x.terminal == nil || x.child == nil {
		_, _ = io.WriteString(x.channel.Stderr(), line)
		return
	}
	if what == NoticeKilled {
		line = asWas + line
	}
	_, _ = io.WriteString(x.channel, strings.ReplaceAll(line, "\n", "\r\n"))
}

// farewell is what to tell of the end of a session; ok is false where there is nothing to
// be told.
func (x *session) farewell() (what Notice, ok bool) {
	switch x.why {
	case endedIdle:
		return NoticeIdle, true
	case endedLong:
		return NoticeLong, true
	case endedRevoked:
		return NoticeRevoked, true
	case endedStopping:
		return NoticeStopping, true
	case endedLeft:
		return NoticeKilled, x.child.killed()
	case endedGone, endedStalled, endedFailed:
	}
	return "", false
}

// status is the session's exit code.
func (x *session) status() uint32 {
	code := x.child.status()
	if x.why != endedLeft && code == 0 {
		code = hungUp
	}
	return code
}

// refusedWhy is what to tell of an error, if it is to be told.
func refusedWhy(err error) (Notice, bool) {
	var n Notice
	return n, errors.As(err, &n)
}
