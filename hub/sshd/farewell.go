package sshd

import (
	"errors"
	"io"
	"strings"

	"parley/hub/sshd/request"
)

// The exit codes of refusals, the same as the program's own.
const (
	exitFailed = 1
	exitUsage  = 2
)

// hungUp is the exit code of a session that the server ended, as shells report SIGHUP.
const hungUp = 128 + 1

// resetTerminal switches off the alternate screen, colours, hidden cursor, mouse, paste and
// keyboard protocols. A program that ends by itself does this; one that was killed can't.
const resetTerminal = "\x1b[?2026l\x1b[m\x1b[<u\x1b[>4m\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?2027l\x1b[?1049l\x1b[?25h\r"

// refuse tells the client why nothing is run, as the program would.
func (x *session) refuse(why request.Notice) {
	code := uint32(exitUsage)
	if why == request.NoticeNotStarted {
		code = exitFailed
	}
	x.within(closeWithin, func() {
		x.sendNotice(why)
		x.exits(code)
	})
}

// sendNotice writes a notice to the client.
func (x *session) sendNotice(what request.Notice) {
	var langs []string
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if l := x.env.Get(name); l != "" {
			langs = append(langs, l)
		}
	}
	line := "parley: " + x.server.options.Say(what, append(langs, x.server.options.Child.Lang)...) + "\n"
	if x.terminal == nil || x.child == nil {
		_, _ = io.WriteString(x.channel.Stderr(), line)
		return
	}
	if what == request.NoticeKilled {
		line = resetTerminal + line
	}
	_, _ = io.WriteString(x.channel, strings.ReplaceAll(line, "\n", "\r\n"))
}

// farewell returns the notice about a session's end; ok is false if there is none.
func (x *session) farewell() (what request.Notice, ok bool) {
	switch x.why {
	case endedIdle:
		return request.NoticeIdle, true
	case endedLong:
		return request.NoticeLong, true
	case endedRevoked:
		return request.NoticeRevoked, true
	case endedStopping:
		return request.NoticeStopping, true
	case endedLeft:
		return request.NoticeKilled, x.child.killed()
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

// noticeOf returns the notice that an error is, if it is one.
func noticeOf(err error) (request.Notice, bool) {
	var n request.Notice
	return n, errors.As(err, &n)
}
