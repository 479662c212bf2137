package screen

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/client"
	"parley/client/cache"
	"parley/client/stream"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
)

// known is what is known of the hub: the Inbox, and what of it is kept for the next start.
type known struct {
	box *inbox.Inbox
	// cache is nil if nothing is kept.
	cache *cache.Cache
	kept  cache.Kept
}

// known returns what an earlier run kept in that folder, and has the follower go on from there.
// An empty folder: nothing was kept, and nothing will be.
func (p *screen) known(c *client.Client, follow *stream.Follower, folder string, ttl time.Duration) *known {
	k := &known{}
	switch {
	case folder == "":
	case ttl == 0:
		_ = cache.ForgetAll(folder)
	default:
		k.cache = cache.Open(cache.Options{
			Root: folder, Hub: c.URL(), Login: c.Login(), TTL: ttl, Now: p.Now, Forget: follow.Forget,
		})
	}
	k.restore(follow, p.Now())
	return k
}

// restore makes an Inbox of what is kept first, and has the follower go on from all of it.
func (k *known) restore(follow *stream.Follower, now time.Time) {
	k.kept = k.cache.Restore()
	k.box = inbox.NewInbox(k.kept.User)
	if first := k.kept.First(); len(first) > 0 {
		// What can't be applied is missing until the hub answers.
		_, _ = k.box.Apply(append([]inbox.Update{inbox.HubTime{Now: now}}, first...)...)
	}
	follow.Resume(k.kept.User, k.kept.Positions)
}

// close writes what is left to keep, once nothing uses the Inbox any more.
func (k *known) close() { k.cache.Close(k.remembered()) }

// remembered is what the Inbox knows beyond the hub's updates.
func (k *known) remembered() cache.Remembered {
	r := cache.Remembered{Opened: k.box.Opened(), Counts: map[model.PageID]inbox.Counts{}}
	for _, p := range k.box.Pages() {
		if k.box.Complete(p.ID) {
			r.Counts[p.ID] = k.box.Counts(p.ID)
		}
	}
	return r
}

// rememberEvery is the least time between two writings of what the user opened.
const rememberEvery = 15 * time.Second

// remembering is the screen, which has what the user opened kept from time to time.
type remembering struct {
	*app.Model
	known *known
	// at is when that was done last, heard what was.
	at    time.Time
	heard uint64
}

// Update implements [tea.Model].
func (m *remembering) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := m.Model.Update(msg)
	heard := m.known.box.Heard()
	if m.known.cache != nil && heard != m.heard && time.Since(m.at) >= rememberEvery {
		m.at, m.heard = time.Now(), heard
		m.known.cache.Remember(m.known.remembered())
	}
	return m, cmd
}
