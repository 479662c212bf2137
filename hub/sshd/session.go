package sshd

import (
	"context"
	"errors"
	"sync"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"parley/hub/rescue"
	"parley/hub/sshd/request"
)

// drainWithin is how long a client may take to read the child's last output, closeWithin to
// close its end of the session, too.
const (
	drainWithin = 10 * time.Second
	closeWithin = 5 * time.Second
)

// session is one session of a client: first its requests, then its child.
type session struct {
	server  *Server
	who     identity
	conn    *gossh.ServerConn
	channel gossh.Channel

	env      request.Environment
	terminal *size
	// tooLarge: a terminal was refused because of its size.
	tooLarge bool
	args     []string
	child    *child

	// token is the session's token, once it has one.
	token string
	// over is closed when the session must end; why says why.
	over chan struct{}
	why  ending
	once sync.Once
	// pumps copy input and output.
	pumps sync.WaitGroup
}

// channel serves one session from beginning to end.
func (s *Server) channel(_ *ssh.Server, c *gossh.ServerConn, opened gossh.NewChannel, ctx ssh.Context) {
	if !s.enter() {
		return
	}
	defer s.talking.Done()
	defer rescue.Log(s.log, "serve an SSH session")
	who, err := s.identify(ctx, c)
	if err != nil {
		_ = opened.Reject(gossh.Prohibited, "not signed in")
		return
	}
	leave, room := s.sessions.Acquire(who.by)
	if !room {
		s.metrics.refuse(refusedSession)
		_ = opened.Reject(gossh.ResourceShortage, "too many sessions")
		return
	}
	defer leave()
	if at, ok := ctx.Value(connKey{}).(*conn); ok {
		at.sessionBegan()
		defer at.sessionEnded()
	}
	channel, requests, err := opened.Accept()
	if err != nil {
		return
	}
	s.metrics.began()
	defer s.metrics.over()
	x := &session{server: s, who: who, conn: c, channel: channel, over: make(chan struct{})}
	defer x.close(requests)
	defer x.revoke()
	if x.prepare(requests) {
		x.run(requests)
	}
}

// prepare answers the client's requests before the child starts, and starts it. It reports
// whether the child runs.
func (x *session) prepare(requests <-chan *gossh.Request) bool {
	late := time.NewTimer(x.server.limits.Handshake)
	defer late.Stop()
	for {
		select {
		case req, ok := <-requests:
			if !ok {
				return false
			}
			started, err := x.request(req)
			if why, told := noticeOf(err); told {
				answer(req, true)
				x.refuse(why)
				return false
			}
			answer(req, err == nil)
			if started {
				return true
			}
		case <-late.C:
			return false
		case <-x.server.stopping.Done():
			return false
		}
	}
}

func answer(req *gossh.Request, ok bool) {
	if req.WantReply {
		_ = req.Reply(ok, nil)
	}
}

func (x *session) exits(code uint32) {
	status := struct{ Status uint32 }{code}
	_, _ = x.channel.SendRequest("exit-status", false, gossh.Marshal(&status))
}

// errRefused refuses a request that is not supported.
var errRefused = errors.New("not here")

// request handles one request of a client; started reports that the child runs now.
func (x *session) request(req *gossh.Request) (started bool, err error) {
	switch req.Type {
	case "env":
		var v struct{ Name, Value string }
		if gossh.Unmarshal(req.Payload, &v) != nil || !x.env.Set(v.Name, v.Value) {
			return false, errRefused
		}
		return false, nil
	case "pty-req":
		return false, x.wantsTerminal(req.Payload)
	case "exec":
		return x.wantsCommand(req.Payload)
	case "shell":
		if x.tooLarge { // a client that is refused a terminal would go on without one
			return false, request.NoticeTerminal
		}
		return x.start()
	}
	return false, errRefused
}

// wantsCommand starts a command of the client's, if it is allowed.
func (x *session) wantsCommand(payload []byte) (started bool, err error) {
	var v struct{ Line string }
	if err := gossh.Unmarshal(payload, &v); err != nil {
		return false, errRefused
	}
	x.args, err = x.server.options.Verbs.Parse(v.Line)
	if err != nil {
		x.server.metrics.refuse(refusedCommand)
		return false, err
	}
	return x.start()
}

// run waits for the end of the session, and handles window changes meanwhile.
func (x *session) run(requests <-chan *gossh.Request) {
	limit := time.NewTimer(x.server.limits.Session)
	defer limit.Stop()
	recheck := time.NewTicker(x.server.limits.Recheck)
	defer recheck.Stop()
	for {
		select {
		case req, ok := <-requests:
			if !ok {
				x.end(endedGone)
				x.finish()
				return
			}
			answer(req, req.Type == "window-change" && x.resize(req.Payload))
			continue
		case <-recheck.C:
			if err := x.valid(x.server.stopping); !errors.Is(err, ErrNobody) {
				continue
			}
			x.end(endedRevoked)
		case <-limit.C:
			x.end(endedLong)
		case <-x.server.stopping.Done():
			x.end(endedStopping)
		case <-x.child.ended:
			x.end(endedLeft)
		case <-x.over:
		}
		x.finish()
		return
	}
}

// end ends the session; the first reason counts.
func (x *session) end(why ending) {
	x.once.Do(func() {
		x.why = why
		close(x.over)
	})
}

// finish ends the child, and waits until it is gone and its output is written, as far as the
// client reads it.
func (x *session) finish() {
	x.child.end(x.server.limits.HangUp)
	x.server.metrics.ended(x.why)
	if x.why != endedGone && x.why != endedStalled {
		x.child.drained(drainWithin)
	}
	x.child.close()
	x.revoke()
	if x.why != endedGone {
		x.within(closeWithin, func() {
			if what, told := x.farewell(); told {
				x.sendNotice(what)
			}
			x.exits(x.status())
		})
	}
}

// valid checks that the user still exists and still has the key.
func (x *session) valid(ctx context.Context) error {
	if err := x.who.valid(ctx); err != nil {
		return err
	}
	return x.server.options.Users.CheckSession(ctx, x.token)
}

// revoke removes the session's token, even if the connection is gone.
func (x *session) revoke() {
	if x.token == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(x.server.stopping), lookupTimeout)
	defer cancel()
	if err := x.server.options.Users.CloseSession(ctx, x.token); err != nil {
		x.server.log.Error("token of an SSH session not forgotten", "error", err)
	}
	x.token = ""
}

// close closes the channel. A client that does not close its end, too, loses the connection:
// only then is everything released that waits for it.
func (x *session) close(requests <-chan *gossh.Request) {
	x.within(closeWithin, func() {
		_ = x.channel.Close()
		for req := range requests {
			answer(req, false)
		}
	})
	x.pumps.Wait()
}

// within runs f, and closes the connection if that takes too long, which makes f return.
func (x *session) within(d time.Duration, f func()) {
	late := time.AfterFunc(d, func() { _ = x.conn.Close() })
	defer late.Stop()
	f()
}
