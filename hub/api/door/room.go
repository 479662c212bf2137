package door

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
	StrangersBytes = 4 << 10
	UsersBytes     = 256 << 10
)

// usersRequests are how many requests of one user are under way at once, and
// usersSockets how many websockets one has.
const (
	usersRequests = 64
	usersSockets  = 64
)

// ErrBusy: bodies take all the room there is for them.
var ErrBusy = errors.New("too much is being read")

// BusyAgain is after how many seconds it is worth asking again.
const BusyAgain = "2"

const busyDetail = "The hub has too much in hand. Wait a few seconds, then try again."

// BusyProblem asks to come again in a moment.
func BusyProblem() *Problem {
	return NewProblem(http.StatusServiceUnavailable, codeBusy, busyDetail)
}

// WriteBusy answers so without a way to say it otherwise.
func WriteBusy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", BusyAgain)
	WriteProblem(w, BusyProblem())
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

// Measured is what is read for one client, within the room that there is.
type Measured struct {
	io.Reader
	room *room
	who  string
	// read is how much it was so far, held what of it takes room.
	read, held int64
}

// Read implements [io.Reader].
func (m *Measured) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p[:min(len(p), bodyPiece)])
	m.read += int64(n)
	if more := m.read - bodyBeside - m.held; more > 0 {
		if !m.room.reserve(m.who, more) {
			return 0, ErrBusy
		}
		m.held += more
	}
	return n, err
}

// MeasureFrame is what is read for one who is connected, within the room that there is;
// it is to be closed.
func (s *Door) MeasureFrame(r io.Reader, who string) *Measured {
	return &Measured{Reader: r, room: s.room, who: who}
}

// Size is how much was read so far.
func (m *Measured) Size() int64 { return m.read }

// Over gives the room back.
func (m *Measured) Over() {
	if m.held > 0 {
		m.room.release(m.who, m.held)
		m.held = 0
	}
}

// measuredBody is a request's body.
type measuredBody struct {
	*Measured
	io.Closer
}

// Measure has every body take room for as long as its request is under way. Those that come
// to the path of files are written as they come, and take none.
func (s *Door) Measure(files string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody || r.URL.Path == files {
			next.ServeHTTP(w, r)
			return
		}
		near, _ := networks(r.RemoteAddr)
		m := &Measured{Reader: r.Body, room: s.room, who: near.String()}
		defer m.Over()
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

// OpenSocket counts one more websocket of a user; false: they have as many as they may.
func (s *Door) OpenSocket(who model.UserID) (closed func(), ok bool) { return s.sockets.begin(who) }

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

// ReadWithin has a body come within that time, at the latest.
func ReadWithin(w http.ResponseWriter, d time.Duration) {
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

// RefuseEarly answers before a body was read, and takes nothing more by the connection.
func (s *Door) RefuseEarly(w http.ResponseWriter, r *http.Request, p *Problem) {
	w.Header().Set("Connection", "close")
	WriteProblem(w, p)
	select {
	case s.linger <- struct{}{}:
		defer func() { <-s.linger }()
	default:
		return
	}
	_ = http.NewResponseController(w).Flush()
	ReadWithin(w, lingers)
	body := io.Reader(r.Body)
	if m, ok := r.Body.(measuredBody); ok {
		body = m.Reader
	}
	_, _ = io.CopyN(io.Discard, body, lingerBytes)
}

// VouchedUser names a user in a connection's place.
func VouchedUser(u model.User) string { return "user " + string(u.ID) }

// VouchedSender names a neighbour who proved who they are.
func VouchedSender(name string, r *http.Request) string {
	near, _ := networks(r.RemoteAddr)
	return strings.Join([]string{name, near.String()}, " ")
}
