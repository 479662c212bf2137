package api

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"parley/model"
)

// What requests under way may hold of bodies, all together and those of one client; what
// each has beside, which connections bound. Nobody's large bodies keep another's message
// out: nearly all of them are smaller than that.
const (
	bodiesOfAll = 16 << 20
	bodiesOfOne = 12 << 20
	bodyBeside  = 16 << 10
	// bodyPiece is how much is read at once.
	bodyPiece = 64 << 10
)

// What a stranger's and a user's operations take as a body, but for files.
const (
	strangersBytes = 4 << 10
	usersBytes     = 256 << 10
)

// usersRequests are how many requests of one user are under way at once, and
// usersSockets how many websockets one has.
const (
	usersRequests = 64
	usersSockets  = 64
)

// errBusy: bodies take all the room there is for them.
var errBusy = errors.New("too much is being read")

// busyAgain is after how many seconds it is worth asking again.
const busyAgain = "2"

const busyDetail = "The hub has too much in hand. Wait a few seconds, then try again."

// busyProblem asks to come again in a moment.
func busyProblem() *Problem {
	return newProblem(http.StatusServiceUnavailable, codeBusy, busyDetail)
}

// writeBusy answers so without a way to say it otherwise.
func writeBusy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", busyAgain)
	writeProblem(w, busyProblem())
}

// room is what bodies may still take.
type room struct {
	mu   sync.Mutex
	held int64
	of   map[string]int64
}

func newRoom() *room { return &room{of: make(map[string]int64)} }

// reserve takes room for a client, if there is.
func (m *room) reserve(who string, n int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held+n > bodiesOfAll || m.of[who]+n > bodiesOfOne {
		return false
	}
	m.held += n
	m.of[who] += n
	return true
}

func (m *room) release(who string, n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held -= n
	if m.of[who] -= n; m.of[who] == 0 {
		delete(m.of, who)
	}
}

// measured is what is read for one client, within the room that there is.
type measured struct {
	io.Reader
	room *room
	who  string
	// read is how much it was so far, held what of it takes room.
	read, held int64
}

// Read implements [io.Reader].
func (m *measured) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p[:min(len(p), bodyPiece)])
	m.read += int64(n)
	if more := m.read - bodyBeside - m.held; more > 0 {
		if !m.room.reserve(m.who, more) {
			return 0, errBusy
		}
		m.held += more
	}
	return n, err
}

// measureFrame is what is read for one who is connected, within the room that there is;
// it is to be closed.
func (s *Door) measureFrame(r io.Reader, who string) *measured {
	return &measured{Reader: r, room: s.room, who: who}
}

// over gives the room back.
func (m *measured) over() {
	if m.held > 0 {
		m.room.release(m.who, m.held)
		m.held = 0
	}
}

// measuredBody is a request's body.
type measuredBody struct {
	*measured
	io.Closer
}

// measure has every body take room for as long as its request is under way. Those that come
// to the path of files are written as they come, and take none.
func (s *Door) measure(files string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody || r.URL.Path == files {
			next.ServeHTTP(w, r)
			return
		}
		near, _ := networks(r.RemoteAddr)
		m := &measured{Reader: r.Body, room: s.room, who: near.String()}
		defer m.over()
		// A request of its own: net/http looks at the body of the one it made, to see whether
		// the connection can take another.
		measured := new(http.Request)
		*measured = *r
		measured.Body = measuredBody{m, r.Body}
		next.ServeHTTP(w, measured)
	})
}

// underway counts what users have under way.
type underway struct {
	most int
	mu   sync.Mutex
	of   map[model.UserID]int
}

func newUnderway(most int) *underway { return &underway{most: most, of: make(map[model.UserID]int)} }

// openSocket counts one more websocket of a user; false: they have as many as they may.
func (s *Door) openSocket(who model.UserID) (closed func(), ok bool) { return s.sockets.begin(who) }

// begin counts one more of a user; false: they have as many as they may.
func (u *underway) begin(who model.UserID) (end func(), ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.of[who] >= u.most {
		return nil, false
	}
	u.of[who]++
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.of[who]--; u.of[who] == 0 {
			delete(u.of, who)
		}
	}, true
}

// readWithin has a body come within that time, at the latest.
func readWithin(w http.ResponseWriter, d time.Duration) {
	// Where the connection knows no deadlines it is a test's.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(d))
}

// What is still read of a body that was refused, so that its sender hears why instead of a
// connection that breaks: for so long, of so many at once. It is kept nowhere.
const (
	lingers     = 500 * time.Millisecond
	lingering   = 8
	lingerBytes = 8 << 20
)

// refuseEarly answers before a body was read, and takes nothing more by the connection.
func (s *Door) refuseEarly(w http.ResponseWriter, r *http.Request, p *Problem) {
	w.Header().Set("Connection", "close")
	writeProblem(w, p)
	select {
	case s.linger <- struct{}{}:
		defer func() { <-s.linger }()
	default:
		return
	}
	_ = http.NewResponseController(w).Flush()
	readWithin(w, lingers)
	body := io.Reader(r.Body)
	if m, ok := r.Body.(measuredBody); ok {
		body = m.Reader
	}
	_, _ = io.CopyN(io.Discard, body, lingerBytes)
}

// vouchedUser names a user in a connection's place.
func vouchedUser(u model.User) string { return "user " + string(u.ID) }

// vouchedSender names a neighbour who proved who they are.
func vouchedSender(name string, r *http.Request) string {
	near, _ := networks(r.RemoteAddr)
	return strings.Join([]string{name, near.String()}, " ")
}
