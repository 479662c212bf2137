package privacy

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"

	"parley/model"
)

// ledger knows what was planted where, and who could see it when: by it every byte that
// somebody receives is judged.
//
// What counts as a leak: a secret is planted in one installation of a Page, at a step.
// Whoever sees the installation at that step or any later one may have it from then on:
// what was sent before a Page was hidden stays sent. Everybody else may never receive
// it, by whatever way. Where it is known when something was asked or framed (an answer,
// a frame of the stream), the stricter rule holds: it has no secret of what is hidden at
// that moment, though it was seen before.
type ledger struct {
	mu      sync.Mutex
	step    int64
	secrets map[string]hiddenWord
	// sight is up to which step each user has seen each installation.
	sight  map[model.UserID]map[model.PageID]int64
	eyes   []*eye
	faults []string
	// received counts the secrets that came to whom they may come to: a check that
	// recognises none proves nothing.
	received map[model.UserID]int
	bytes    int64
	// journal is what changed who sees what.
	journal []string
}

// hiddenWord is a word that is nowhere else.
type hiddenWord struct {
	page model.PageID
	step int64
	what string
}

// stillSees is the sight of who sees an installation now.
const stillSees = math.MaxInt64

func newLedger() *ledger {
	return &ledger{
		secrets: map[string]hiddenWord{}, sight: map[model.UserID]map[model.PageID]int64{}, received: map[model.UserID]int{},
	}
}

// begins begins a step.
func (l *ledger) begins(step int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.step = step
}

func (l *ledger) now() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.step
}

// plant makes a word a secret of an installation.
func (l *ledger) plant(page model.PageID, what, word string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.secrets[word]; known {
		return
	}
	l.secrets[word] = hiddenWord{page: page, step: l.step, what: what}
	// Ids are known only after the fact: they may have come before.
	for _, e := range l.eyes {
		if _, came := e.unknown[word]; came {
			l.judge(e.user, word, e.name, nil)
		}
	}
}

// shows notes who sees an installation from now on, or no longer.
func (l *ledger) shows(page model.PageID, sees map[model.UserID]bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for user, now := range sees {
		of := l.sight[user]
		if of == nil {
			of = map[model.PageID]int64{}
			l.sight[user] = of
		}
		switch {
		case now:
			of[page] = stillSees
		case of[page] == stillSees:
			of[page] = l.step
		}
	}
}

// notes writes into the journal.
func (l *ledger) notes(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.journal = append(l.journal, fmt.Sprintf("step %d: ", l.step)+fmt.Sprintf(format, args...))
}

// saw tells up to which step somebody has seen an installation; 0: never.
func (l *ledger) saw(user model.UserID, page model.PageID) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sight[user][page]
}

// judge looks at a word that came to somebody. mu is held.
func (l *ledger) judge(user model.UserID, word, way string, around []byte) {
	s, known := l.secrets[word]
	if !known {
		return
	}
	if l.sight[user][s.page] >= s.step {
		l.received[user]++
		return
	}
	l.fault("%s received, by %s, %s of %s (%s), planted in step %d and never seen by them: %.600q", user, way, s.what, s.page, word, s.step, around)
}

// strictly judges bytes that were made while hidden says what is hidden.
func (l *ledger) strictly(user model.UserID, way string, b []byte, hidden func(model.PageID) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	eachWord(b, func(word []byte) {
		if s, known := l.secrets[string(word)]; known && hidden(s.page) {
			l.fault("%s received, by %s, %s of %s (%s) while it was hidden from them", user, way, s.what, s.page, word)
		}
	})
}

// fault notes what must not be. mu is held.
func (l *ledger) fault(format string, args ...any) {
	const most = 20
	if len(l.faults) < most {
		l.faults = append(l.faults, fmt.Sprintf("step %d: ", l.step)+fmt.Sprintf(format, args...))
	}
}

// wrong is fault for who does not hold mu.
func (l *ledger) wrong(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault(format, args...)
}

func (l *ledger) found() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.faults)
}

// hiddenFrom returns what is hidden from somebody now.
func (l *ledger) hiddenFrom(user model.UserID) func(model.PageID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	of := maps.Clone(l.sight[user])
	return func(page model.PageID) bool { return of[page] != stillSees }
}

// eye reads everything that comes to one user by one way, in connections.
type eye struct {
	ledger *ledger
	user   model.UserID
	name   string
	// unknown are ids that came, and are no secrets yet.
	unknown map[string]struct{}
}

func (l *ledger) eye(user model.UserID, name string) *eye {
	e := &eye{ledger: l, user: user, name: name, unknown: map[string]struct{}{}}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.eyes = append(l.eyes, e)
	return e
}

// shut forgets an eye that nothing comes to any more.
func (l *ledger) shut(gone ...*eye) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.eyes = slices.DeleteFunc(l.eyes, func(e *eye) bool { return slices.Contains(gone, e) })
}

// gaze reads one connection: a word may come in two pieces.
type gaze struct {
	*eye
	rest []byte
}

func (e *eye) gaze() *gaze { return &gaze{eye: e} }

// Write implements [io.Writer].
func (g *gaze) Write(b []byte) (int, error) {
	l := g.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bytes += int64(len(b))
	all := append(g.rest, b...)
	whole := len(all)
	for whole > 0 && isWord(all[whole-1]) && len(all)-whole < longest {
		whole--
	}
	eachWord(all[:whole], func(word []byte) {
		if _, known := l.secrets[string(word)]; known {
			l.judge(g.user, string(word), g.name, all)
		} else if isUUIDv7(word) {
			g.unknown[string(word)] = struct{}{}
		}
	})
	g.rest = append(g.rest[:0:0], all[whole:]...)
	return len(b), nil
}

// Secrets are words of this length at least, and at most as long as a UUID.
const (
	shortest = 16
	longest  = 36
)

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-'
}

// eachWord finds what may be a secret.
func eachWord(b []byte, found func([]byte)) {
	for at := 0; at < len(b); at++ {
		from := at
		for at < len(b) && isWord(b[at]) {
			at++
		}
		if n := at - from; n >= shortest && n <= longest {
			found(b[from:at])
		}
	}
}

func isUUIDv7(word []byte) bool {
	return len(word) == longest && word[8] == '-' && word[13] == '-' && word[14] == '7' && word[18] == '-' && word[23] == '-'
}
