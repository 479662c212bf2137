package accounts

import (
	"maps"
	"sync"
	"time"

	"parley/hub/api/door"
)

// begunFrom remembers from where sign-ins were begun, so that who confirms one sees it.
type begunFrom struct {
	mu   sync.Mutex
	from map[string]begun
}

type begun struct {
	host string
	at   time.Time
}

// mostBegun bounds what is remembered.
const mostBegun = 4 * devicesOfAll

// note remembers from where a sign-in was begun.
func (b *begunFrom) note(code, host string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.from == nil || len(b.from) >= mostBegun {
		b.from = map[string]begun{}
	}
	maps.DeleteFunc(b.from, func(_ string, x begun) bool { return now.Sub(x.at) > door.RatePeriod })
	b.from[code] = begun{host, now}
}

// of tells from where a sign-in was begun; empty: it is not known.
func (b *begunFrom) of(code string, now time.Time) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if x, ok := b.from[code]; ok && now.Sub(x.at) <= door.RatePeriod {
		return x.host
	}
	return ""
}
