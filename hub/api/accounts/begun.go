package accounts

import (
	"maps"
	"sync"
	"time"

	"parley/hub/api/door"
)

// begunFrom remembers where sign-ins were begun, to show that to the person who confirms one.
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

// record records where a sign-in was begun.
func (b *begunFrom) record(code, host string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.from == nil || len(b.from) >= mostBegun {
		b.from = map[string]begun{}
	}
	maps.DeleteFunc(b.from, func(_ string, x begun) bool { return now.Sub(x.at) > door.RatePeriod })
	b.from[code] = begun{host, now}
}

// find returns where a sign-in was begun; empty if unknown.
func (b *begunFrom) find(code string, now time.Time) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if x, ok := b.from[code]; ok && now.Sub(x.at) <= door.RatePeriod {
		return x.host
	}
	return ""
}
