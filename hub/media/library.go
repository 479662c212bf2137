package media

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/hub/logkey"
	"parley/hub/rescue"
	"parley/hub/retry"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/wake"
	"parley/model"
	"parley/model/playtime"
)

const (
	// workers is how much is fetched at once, and mostOfPage how much of it for one Page.
	workers, mostOfPage = 4, 3
	// mostRefused is how often Meta may refuse something before it counts as gone: its servers
	// don't know at once what was just sent.
	mostRefused = 3
)

// Timing holds the deadlines of fetching.
type Timing struct {
	// Fetch is the longest that fetching one thing may take.
	Fetch time.Duration
	// Retry is the first pause after a failure; it doubles up to RetryMax. Limit is after how
	// long without success it is given up.
	Retry, RetryMax, Limit time.Duration
}

// Options are what a [Library] is made of.
type Options struct {
	Store *txn.Store
	// Folder keeps what is fetched; nil: nothing is.
	Folder *Folder
	// GraphURL is the address of the Graph API: what its host has is fetched, too.
	GraphURL string
	// Quota is how many bytes are kept: beyond it, what is oldest goes. Age is how long
	// something is kept; 0 for as long as its message.
	Quota int64
	Age   time.Duration
	// Sent opens a file that was sent from here to a user who may see it.
	Sent   func(ctx context.Context, user model.User, id string) (store.File, *os.File, error)
	Timing Timing
	// Now is the time in UTC, to the microsecond.
	Now func() time.Time
	Log *slog.Logger
	// Transport replaces the library's own, for tests.
	Transport http.RoundTripper
}

// Library fetches what is sent and keeps it.
type Library struct {
	o       Options
	fetcher *fetcher
	// due is notified when something may have to be fetched, or removed; full when something was
	// stored.
	due, full wake.Signal
	tickets   tickets
	condition condition
	figures   figures

	mu sync.Mutex
	// flying is what is being fetched.
	flying map[model.MediaID]*flight
	// last is the Page whose turn it was last.
	last model.PageID
}

// flight is something being fetched.
type flight struct {
	conversation model.ConversationID
	cancel       context.CancelFunc
	done         chan struct{}
}

// New returns a library; [Library.RunMedia] does its work in the background.
func New(o Options) *Library {
	f := newFetcher(o.GraphURL, nil)
	if o.Transport != nil {
		f.client.Transport = o.Transport
	}
	return &Library{
		o: o, fetcher: f, due: wake.NewSignal(), full: wake.NewSignal(), flying: make(map[model.MediaID]*flight),
		tickets: newTickets(), figures: newFigures(o.Folder),
	}
}

// kinds are the attachments with a content of their own, in Meta's words; others are links.
var kinds = []string{model.ImageFile, model.VideoFile, model.AudioFile, model.PlainFile, "sticker"}

// Wants reports whether what an attachment shows is to be fetched.
func (l *Library) Wants(a model.Attachment) bool {
	if l.o.Folder == nil || l.o.Quota <= 0 || a.URL == "" || a.Like() || !slices.Contains(kinds, a.Type) {
		return false
	}
	u, err := parse(a.URL)
	return err == nil && l.fetcher.allows(u)
}

// Due notes that there may be something to fetch, or to remove.
func (l *Library) Due() { l.due.Notify() }

// RunMedia fetches what is due, and removes what is not kept, until ctx ends.
func (l *Library) RunMedia(ctx context.Context) error {
	if l.o.Folder == nil {
		return nil
	}
	if err := l.o.Folder.clean(); err != nil {
		l.o.Log.Warn("remove incomplete media", logkey.Error, err)
	}
	var g errgroup.Group
	g.Go(func() error {
		wake.Loop(ctx, l.due, l.step)
		l.land()
		l.fetcher.close()
		return nil
	})
	g.Go(func() error {
		l.runKeeping(ctx)
		return nil
	})
	return g.Wait()
}

// land waits until nothing is being fetched.
func (l *Library) land() {
	for {
		l.mu.Lock()
		var one *flight
		for _, one = range l.flying {
			break
		}
		l.mu.Unlock()
		if one == nil {
			return
		}
		<-one.done
	}
}

// step removes what was dropped and begins to fetch what is due; it returns how long to wait.
func (l *Library) step(ctx context.Context) time.Duration {
	if err := l.removeDropped(ctx, ""); err != nil && ctx.Err() == nil {
		l.o.Log.Error("remove media", logkey.Error, err)
	}
	due, next, err := l.dueByPage(ctx)
	if err != nil {
		if ctx.Err() == nil {
			l.o.Log.Error("look for media to fetch", logkey.Error, err)
		}
		return wake.Idle
	}
	l.begin(ctx, due)
	return wake.Until(next, l.o.Now())
}

// dueByPage returns what is due of each Page, as much as may be fetched at once and is not, and
// when something is due next.
func (l *Library) dueByPage(ctx context.Context) (due map[model.PageID][]store.Media, next time.Time, err error) {
	due = make(map[model.PageID][]store.Media)
	now := l.o.Now()
	err = l.o.Store.Read(ctx, func(r store.Reader) error {
		pages, err := r.PagesWithMedia()
		if err != nil {
			return err
		}
		for _, p := range pages {
			list, later, err := r.DueMedia(p, now, 2*workers)
			if err != nil {
				return err
			}
			due[p] = list
			if later.After(now) && (next.IsZero() || later.Before(next)) {
				next = later
			}
		}
		return nil
	})
	return due, next, err
}

// begin begins to fetch as much as there is room for. Pages take turns.
func (l *Library) begin(ctx context.Context, due map[model.PageID][]store.Media) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	of := make(map[model.PageID]int)
	for id := range l.flying {
		of[id.Page()]++
	}
	var pages []model.PageID
	for p := range due {
		pages = append(pages, p)
	}
	slices.Sort(pages)
	for i, p := range pages { // those after the last one first
		if p > l.last {
			pages = append(pages[i:], pages[:i]...)
			break
		}
	}
	for begun := true; begun; {
		begun = false
		for _, p := range pages {
			for len(due[p]) > 0 && l.flying[due[p][0].ID] != nil {
				due[p] = due[p][1:]
			}
			if len(l.flying) >= workers || len(due[p]) == 0 || of[p] >= mostOfPage {
				continue
			}
			l.start(ctx, due[p][0])
			due[p], begun, l.last = due[p][1:], true, p
			of[p]++
		}
	}
}

// start fetches one thing beside. The caller holds mu.
func (l *Library) start(ctx context.Context, m store.Media) {
	ctx, cancel := context.WithTimeout(ctx, l.o.Timing.Fetch)
	f := &flight{conversation: m.Conversation, cancel: cancel, done: make(chan struct{})}
	l.flying[m.ID] = f
	go func() {
		defer func() {
			cancel()
			l.mu.Lock()
			delete(l.flying, m.ID)
			l.mu.Unlock()
			close(f.done)
			l.due.Notify()
		}()
		err := rescue.Call(l.o.Log, "fetch media", func() error { return l.fetchOne(ctx, m) })
		if err != nil && !errors.Is(err, context.Canceled) {
			l.o.Log.Error("store what was fetched", logkey.Page, string(m.ID.Page()), logkey.Error, err)
			_ = wake.Pause(ctx, l.o.Timing.Retry) // it is still due
		}
	}()
}

// fetchOne fetches one thing and stores what became of it.
func (l *Library) fetchOne(ctx context.Context, m store.Media) error {
	got, name, err := l.download(ctx, m)
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err() // the hub stops, or the conversation is deleted
	}
	// What follows is short, and must not fail because the fetching took all of the time.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.o.Timing.Fetch)
	defer cancel()
	if err != nil {
		return l.failed(ctx, m, err)
	}
	defer got.discard()
	return l.stored(ctx, m, got, name)
}

// download receives a content from Meta.
func (l *Library) download(ctx context.Context, m store.Media) (received, model.Untrusted, error) {
	c, err := l.fetcher.fetch(ctx, m.URL)
	if err != nil {
		return received{}, "", err
	}
	defer func() { _ = c.Close() }()
	got, err := l.o.Folder.receive(c, mostBytes)
	return got, c.name, err
}

// stored keeps a content that was fetched, and tells it of the message.
func (l *Library) stored(ctx context.Context, m store.Media, got received, name model.Untrusted) error {
	_, kind := model.SniffAttachment(got.begin)
	seconds := length(got, kind)
	release, err := l.o.Folder.keep(got)
	l.condition.kept(err)
	l.condition.answered(true, l.o.Now())
	if err != nil {
		return err
	}
	err = l.update(ctx, m, func(row *store.Media) {
		row.Hash, row.Size, row.Type, row.Seconds = got.hash, got.size, kind, seconds
		row.Name, row.WakeAt, row.Reason = name, time.Time{}, ""
	})
	release()
	if errors.Is(err, errOvertaken) { // nobody needs it any more
		_, err = l.o.Folder.remove(got.hash, l.inUse(ctx))
		return err
	}
	if err != nil {
		return errors.Join(err, l.removeUnused(ctx, got.hash))
	}
	l.figures.fetched.Inc()
	l.figures.bytes.Add(float64(got.size))
	l.full.Notify()
	return nil
}

// length returns how long a sound or film plays, in seconds; 0 if it does not say so.
func length(got received, kind string) float64 {
	f, err := os.Open(got.path)
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }()
	return playtime.Of(f, got.size, kind).Seconds()
}

// failed stores that something could not be fetched: it is tried again, or gone.
func (l *Library) failed(ctx context.Context, m store.Media, cause error) error {
	now := l.o.Now()
	var refused *refusedError
	var unwritable *fs.PathError
	if errors.As(cause, &unwritable) {
		l.condition.kept(cause)
	} else {
		l.condition.answered(errors.As(cause, &refused) || errors.Is(cause, errForeign) || errors.Is(cause, errTooBig), now)
	}
	err := l.update(ctx, m, func(row *store.Media) {
		row.Tries++
		switch {
		case errors.Is(cause, errForeign):
			row.Reason = model.MediaForeign
		case errors.Is(cause, errTooBig):
			row.Reason = model.MediaTooBig
		case errors.As(cause, &refused):
			if row.Refused++; row.Refused >= mostRefused {
				row.Reason = model.MediaRefused
			}
		case now.Sub(row.Since) >= l.o.Timing.Limit:
			row.Reason = model.MediaUnreachable
		}
		row.WakeAt = time.Time{}
		if row.Reason == "" {
			row.WakeAt = now.Add(retry.Delay(l.o.Timing.Retry, l.o.Timing.RetryMax, row.Tries))
			return
		}
		l.figures.failed.WithLabelValues(string(row.Reason)).Inc()
		l.o.Log.Warn("media given up", logkey.Page, string(m.ID.Page()), "reason", string(row.Reason), logkey.Error, cause)
	})
	if errors.Is(err, errOvertaken) {
		return nil
	}
	return err
}

// errOvertaken means that media was removed or replaced meanwhile.
var errOvertaken = errors.New("media removed meanwhile")

// update changes what is stored about media, unless it was removed or replaced meanwhile. Its
// message is changed if it shows differently.
func (l *Library) update(ctx context.Context, m store.Media, change func(row *store.Media)) error {
	err := l.o.Store.Write(ctx, m.ID.Page(), func(tx store.PageTx) error {
		row, err := tx.Media(m.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && (row.URL != m.URL || row.Hash != m.Hash) {
			return errOvertaken
		}
		if err != nil {
			return err
		}
		before := *row.Shown()
		change(&row)
		if err := tx.PutMedia(row); err != nil || *row.Shown() == before {
			return err
		}
		return show(tx, row)
	})
	if err != nil && !errors.Is(err, errOvertaken) {
		return fmt.Errorf("store media: %w", err)
	}
	return err
}

// show changes the message of media, so that clients see what became of it.
func show(tx store.PageTx, row store.Media) error {
	msg, err := tx.Message(row.ID.Message())
	if errors.Is(err, store.ErrNotFound) {
		return errOvertaken
	}
	if err != nil {
		return err
	}
	i := slices.IndexFunc(msg.Attachments, func(a model.Attachment) bool { return a.ID == string(row.ID) })
	if i < 0 {
		return errOvertaken
	}
	msg.Attachments = slices.Clone(msg.Attachments)
	a := &msg.Attachments[i]
	a.Media = row.Shown()
	if row.Hash != "" {
		a.Size = row.Size
	}
	if a.Title == "" && a.Type != "sticker" {
		a.Title = row.Name
	}
	return tx.PutMessage(&msg)
}
