package privacy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"parley/client/login"
	"parley/client/stream"
	"parley/cmd/cli"
	talk "parley/cmd/conversation"
	"parley/cmd/root"
	"parley/e2e/driver"
	"parley/e2e/livehub"
	"parley/i18n"
	"parley/model"
)

// insider is a user of the hub, with a real client, a tail, and a socket and requests by
// hand. All of it goes through one proxy that reads along.
type insider struct {
	*secretive
	model.User
	token string
	eye   *eye
	heard *eye // what their programs print
	proxy *livehub.Proxy
	http  *http.Client

	socket   *insiderSocket
	follower *insiderFollower
	tail     *insiderTail
	// out: their token was revoked.
	out bool
}

func (s *secretive) newInsider(u livehub.User) *insider {
	i := &insider{secretive: s, User: u.User, token: u.Token, eye: s.ledger.eye(u.ID, "the wire"), heard: s.ledger.eye(u.ID, "the output of a command")}
	i.proxy = livehub.NewProxy(s.TB, s.Address)
	i.proxy.Set(func() { i.proxy.Reads = func() io.Writer { return i.eye.gaze() } })
	i.http = &http.Client{Timeout: driver.Patience, Transport: &http.Transport{}}
	s.grants(i, u.Admin)
	i.listen()
	i.follow()
	i.tails()
	return i
}

// leaves ends all that they have open, and expects that the hub ended it already where
// they are out.
func (i *insider) leaves() {
	if i.socket != nil {
		i.socket.hangUp()
	}
	i.follower.stop()
	i.tail.stop()
	i.http.CloseIdleConnections()
	i.proxy.Ends()
	i.ledger.shut(i.eye, i.heard)
}

// answered is what a request was answered with.
type answered struct {
	status int
	header http.Header
	body   []byte
}

// asks makes a request as that user. While nothing else happens, what it is answered
// with must hold nothing that is hidden then.
func (i *insider) asks(method, path string, body any) answered {
	a := i.asksAmidst(method, path, body)
	hidden := i.ledger.hiddenFrom(i.ID)
	i.ledger.strictly(i.ID, method+" "+path, a.body, hidden)
	var head bytes.Buffer
	_ = a.header.Write(&head)
	i.ledger.strictly(i.ID, "the header of "+method+" "+path, head.Bytes(), hidden)
	return a
}

// asksAmidst is asks while other things happen.
func (i *insider) asksAmidst(method, path string, body any) answered {
	var r io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			panic(err)
		}
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(i.Context(), method, "http://"+i.proxy.Address()+path, r)
	if err != nil {
		i.ledger.wrong("%s %s: %v", method, path, err)
		return answered{}
	}
	req.Header.Set("Authorization", "Bearer "+i.token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := i.http.Do(req)
	if err != nil {
		i.ledger.wrong("%s %s: %v", method, path, err)
		return answered{}
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		i.ledger.wrong("%s %s: %v", method, path, err)
	}
	return answered{resp.StatusCode, resp.Header, raw}
}

// runs runs a command of the program as that user.
func (i *insider) runs(args ...string) {
	var out bytes.Buffer
	p := cli.New(strings.NewReader(""), io.MultiWriter(&out, i.heard.gaze()), io.MultiWriter(&out, i.heard.gaze()),
		[]string{"PARLEY_HUB=http://" + i.proxy.Address(), "PARLEY_TOKEN=" + i.token, "LANG=en_US.UTF-8"})
	p.Logins = login.NewLogins(i.Dir, driver.FileRing(""))
	code := root.Run(i.Context(), p, args)
	i.ledger.strictly(i.ID, "parley "+strings.Join(args, " "), out.Bytes(), i.ledger.hiddenFrom(i.ID))
	switch code {
	case cli.ExitDone, cli.ExitMissing, cli.ExitRefused:
	default:
		i.ledger.wrong("parley %s: exit code %d: %s", strings.Join(args, " "), code, out.String())
	}
}

// insiderSocket is a websocket of which every frame is judged as it stands in the
// stream: between "you see it no more" and "you see it", there is nothing of it.
type insiderSocket struct {
	*insider
	conn *websocket.Conn
	over chan struct{}

	mu sync.Mutex
	// hidden are the Pages that are hidden by what the stream said so far, with the step
	// in which it did.
	hidden map[model.PageID]int64
	// at is where each Page stands.
	at     map[model.PageID]model.Position
	frames map[model.FrameType]int
}

// listen opens a socket, and says hello.
func (i *insider) listen() {
	s := &insiderSocket{
		insider: i, over: make(chan struct{}), hidden: map[model.PageID]int64{},
		at: map[model.PageID]model.Position{}, frames: map[model.FrameType]int{},
	}
	for id := range i.pages {
		if !i.sees(i, id) {
			s.hidden[id] = i.step
		}
	}
	d := websocket.Dialer{HandshakeTimeout: driver.Patience, Subprotocols: []string{model.Subprotocol}}
	conn, resp, err := d.DialContext(i.Context(), "ws://"+i.proxy.Address()+"/v1/stream", http.Header{"Authorization": {"Bearer " + i.token}})
	if err != nil {
		i.ledger.wrong("open the stream: %v", err)
		return
	}
	_ = resp.Body.Close()
	s.conn = conn
	i.socket = s
	go s.reads()
	s.says(model.Hello{Type: model.FrameHello})
}

func (s *insiderSocket) says(v any) {
	_ = s.conn.WriteJSON(v) // it may be cut
}

func (s *insiderSocket) hangUp() {
	_ = s.conn.Close()
	<-s.over
}

func (s *insiderSocket) reads() {
	defer close(s.over)
	for {
		_, raw, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		s.frame(raw)
	}
}

// frame judges one frame.
func (s *insiderSocket) frame(raw []byte) {
	var f struct {
		Type  model.FrameType `json:"type"`
		Page  model.PageID    `json:"page"`
		Pages json.RawMessage `json:"pages"`
		Sees  bool            `json:"sees"`
		To    int64           `json:"to"`
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		s.ledger.wrong("frame %s: %v", raw, err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frames[f.Type]++
	var named []model.PageID
	switch f.Type {
	case model.FrameWelcome:
		var of map[model.PageID]model.WelcomePage
		s.Must(json.Unmarshal(f.Pages, &of))
		for id, p := range of {
			named = append(named, id)
			s.at[id] = model.Position{Epoch: p.Epoch, Seq: p.Seq}
		}
	case model.FrameHeads:
		var of map[model.PageID]int64
		s.Must(json.Unmarshal(f.Pages, &of))
		for id := range of {
			named = append(named, id)
		}
	case model.FrameAccess:
		if f.Sees {
			delete(s.hidden, f.Page)
		} else {
			s.hidden[f.Page] = s.ledger.now()
		}
	default:
		named = append(named, f.Page)
		if at, ok := s.at[f.Page]; ok && f.Type == model.FrameBatch {
			s.at[f.Page] = model.Position{Epoch: at.Epoch, Seq: max(at.Seq, f.To)}
		}
	}
	for _, id := range named {
		since, hidden := s.hidden[id]
		// What the hub says of all Pages at once may be quicker than its word that one is
		// seen again.
		if hidden && f.Type != model.FrameBatch && s.ledger.saw(s.ID, id) >= since {
			continue
		}
		if hidden {
			s.ledger.wrong("%s is told of %s, which is hidden, by a %s frame: %.200s", s.Name, id, f.Type, raw)
		}
	}
	s.ledger.strictly(s.ID, string("a frame "+f.Type), raw, func(id model.PageID) bool {
		_, hidden := s.hidden[id]
		return hidden
	})
}

// positions are where the socket stands.
func (s *insiderSocket) positions() map[model.PageID]model.Position {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[model.PageID]model.Position{}
	for id, at := range s.at {
		out[id] = at
	}
	return out
}

// hides notes a Page that is new, and not for them.
func (s *insiderSocket) hides(id model.PageID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden[id] = s.step
}

// insiderFollower is the real client, which holds what a screen shows.
type insiderFollower struct {
	state *livehub.State
	ended chan error
	stop  func()
}

func (i *insider) follow() {
	f := &insiderFollower{state: livehub.NewState(), ended: make(chan error, 1)}
	sync := stream.NewFollower(i.Client(i.proxy.Address(), livehub.User{User: i.User, Token: i.token}), livehub.Timing())
	stop := followUntil(f.state, sync, f.ended)
	f.stop = stop
	i.follower = f
}

// followUntil runs a sync into the state until stop is called, and tells how it ended.
func followUntil(s *livehub.State, c *stream.Follower, ended chan<- error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { ended <- c.Run(ctx) })
	running.Go(func() {
		for us := range c.Updates() {
			s.Apply(us)
		}
	})
	return sync.OnceFunc(func() {
		cancel()
		running.Wait()
	})
}

// insiderTail is `parley tail --json` (or, for admins, the lines for people).
type insiderTail struct {
	ended chan error
	stop  func()
}

func (i *insider) tails() {
	out := i.heard.gaze()
	p := cli.New(strings.NewReader(""), out, i.heard.gaze(), nil)
	p.Words = i18n.New("en")
	p.JSON = !i.Admin
	c := i.Client(i.proxy.Address(), livehub.User{User: i.User, Token: i.token})
	ctx, cancel := context.WithCancel(context.Background())
	t := &insiderTail{ended: make(chan error, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := talk.Tail(ctx, p, c, 0, false)
		if errors.Is(err, context.Canceled) {
			err = nil
		}
		t.ended <- err
	}()
	t.stop = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	i.tail = t
}

// revoked expects that all that was open by a token is over within five seconds.
func (i *insider) revoked(began time.Time) {
	timer := time.NewTimer(5*time.Second - time.Since(began))
	defer timer.Stop()
	select {
	case <-i.socket.over:
	case <-timer.C:
		i.ledger.wrong("%s's socket is open 5 s after their token was revoked", i.Name)
	}
	for what, ended := range map[string]chan error{"client": i.follower.ended, "tail": i.tail.ended} {
		select {
		case err := <-ended:
			if err == nil {
				i.ledger.wrong("%s's %s ended well when their token was revoked", i.Name, what)
			}
		case <-time.After(driver.Patience):
			i.ledger.wrong("%s's %s goes on though their token was revoked", i.Name, what)
		}
	}
}
