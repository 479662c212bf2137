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

// How many bytes of bodies the requests in progress may hold, in all and for one client; and
// how many each may hold without reserving room, which the number of connections bounds. Large
// bodies of some keep nobody's message out: nearly all messages are smaller than that.
const (
	bodiesOfAll = 16 << 20
	bodiesOfOne = 12 << 20
	bodyBeside  = 16 << 10
	// bodyPiece is how much is read at once.
	bodyPiece = 64 << 10
)

// The largest body of a stranger's and of a user's operation, except for files.
const (
	StrangersBytes = 4 << 10
	UsersBytes     = 256 << 10
)

// usersRequests is how many requests of one user may be in progress at once, usersSockets how
// many websockets a user may have.
const (
	usersRequests = 64
	usersSockets  = 64
)

// ErrBusy means that bodies use all the memory reserved for them.
var ErrBusy = errors.New("too much is being read")

// BusyAgain is after how many seconds it is worth asking again.
const BusyAgain = "2"

const busyDetail = "The hub has too much in hand. Wait a few seconds, then try again."

// BusyProblem asks the client to come back in a moment.
func BusyProblem() *Problem {
	return NewProblem(http.StatusServiceUnavailable, codeBusy, busyDetail)
}

// WriteBusy answers the same outside of huma.
func WriteBusy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", BusyAgain)
	WriteProblem(w, BusyProblem())
}

// room is the memory that bodies may still take.
type room struct {
	mu   sync.Mutex
	held int64
	of   map[string]int64
}

func newRoom() *room { return &room{of: make(map[string]int64)} }

// reserve reserves room for a client, if there is any.
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

// Measured reads for one client, reserving room for what it reads.
type Measured struct {
	io.Reader
	room *room
	who  string
	// read is how much was read so far, held how much of it is reserved.
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

// MeasureFrame returns a reader for a connected client's frame that reserves room; call Over
// after use.
func (s *Door) MeasureFrame(r io.Reader, who string) *Measured {
	return &Measured{Reader: r, room: s.room, who: who}
}

// Size returns how much was read so far.
func (m *Measured) Size() int64 { return m.read }

// Over releases the room.
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

// Measure makes every body reserve room while its request is in progress. Uploads to the path
// of files are written to disk as they arrive, and reserve none.
func (s *Door) Measure(files string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody || r.URL.Path == files {
			next.ServeHTTP(w, r)
			return
		}
		near, _ := networks(r.RemoteAddr)
		m := &Measured{Reader: r.Body, room: s.room, who: near.String()}
		defer m.Over()
		// A copy of the request: net/http inspects the body of its own, to see whether the
		// connection can be reused.
		measured := new(http.Request)
		*measured = *r
		measured.Body = measuredBody{m, r.Body}
		next.ServeHTTP(w, measured)
	})
}

// underway counts what users have open.
type underway struct {
	most int
	mu   sync.Mutex
	of   map[model.UserID]int
}

func newUnderway(most int) *underway { return &underway{most: most, of: make(map[model.UserID]int)} }

// OpenSocket counts one more websocket of a user; false if they have as many as they may.
func (s *Door) OpenSocket(who model.UserID) (closed func(), ok bool) { return s.sockets.open(who) }

// open counts one more for a user; false if they have as many as they may.
func (u *underway) open(who model.UserID) (end func(), ok bool) {
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

// ReadWithin sets the deadline for reading a request's body.
func ReadWithin(w http.ResponseWriter, d time.Duration) {
	// Without support for deadlines it is a test's connection.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(d))
}

// How long, and for how many at once, the body of a refused request is still read, so that its
// sender gets the answer instead of a broken connection. It is stored nowhere.
const (
	lingers     = 500 * time.Millisecond
	lingering   = 8
	lingerBytes = 8 << 20
)

// RefuseEarly answers before the body was read, and reads no further request from the
// connection.
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

// VouchedUser is the name under which a connection of a user counts.
func VouchedUser(u model.User) string { return "user " + string(u.ID) }

// VouchedSender is the name for an external service that proved its identity.
func VouchedSender(name string, r *http.Request) string {
	near, _ := networks(r.RemoteAddr)
	return strings.Join([]string{name, near.String()}, " ")
}
