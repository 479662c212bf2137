package pages

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"parley/hub/logkey"
	"parley/hub/receive"
	"parley/hub/rescue"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/wake"
	"parley/model"
)

// Inbox is what the hub needs of Facebook to read past conversations of a Page. Calls for one
// Page wait for their turn; a failure is a [model.CallError].
type Inbox interface {
	// Threads returns threads after a cursor, most recently updated first.
	Threads(ctx context.Context, token string, page model.MetaPageID, after string, limit int) (model.PastThreads, error)
	// CountThreads counts some threads after a cursor and returns the next cursor, "" at the
	// end.
	CountThreads(ctx context.Context, token string, page model.MetaPageID, after string) (int, string, error)
}

const (
	// threadsAtOnce is how many threads a call asks for. If that is too much for Facebook, it
	// is halved.
	threadsAtOnce = 25
	// maxPasses ends the reading of a Page that changes faster than it can be read.
	maxPasses = 10
	// limitedPause is how long we wait for a rate limit if Facebook does not say.
	limitedPause = time.Minute
)

// RunImports reads past conversations, each Page in its own goroutine, until ctx ends.
func (bf *Backfill) RunImports(ctx context.Context) error {
	if bf.inbox == nil {
		return nil
	}
	var group sync.WaitGroup
	defer group.Wait()
	r := &importer{from: bf, busy: make(map[model.PageID]struct{})}
	for {
		if err := r.startDue(ctx, &group); err != nil && ctx.Err() == nil {
			bf.log.Error("look for imports", logkey.Error, err)
			if wake.Pause(ctx, bf.timing.ImportPause) {
				continue
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-bf.due:
		}
	}
}

// importer knows which Pages are being read.
type importer struct {
	from *Backfill
	mu   sync.Mutex
	busy map[model.PageID]struct{}
}

// startDue starts to read the Pages that have something to be read.
func (r *importer) startDue(ctx context.Context, group *sync.WaitGroup) error {
	var pages []store.Page
	err := r.from.store.Read(ctx, func(s store.Reader) (err error) {
		pages, err = s.Pages()
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range pages {
		r.mu.Lock()
		_, busy := r.busy[p.ID]
		if job, _ := toRead(p); job != nil && !busy {
			r.busy[p.ID] = struct{}{}
			group.Go(func() { r.run(ctx, p.ID) })
		}
		r.mu.Unlock()
	}
	return nil
}

// run reads one Page until nothing is left to read.
func (r *importer) run(ctx context.Context, page model.PageID) {
	defer r.from.due.Notify() // something may have been started as this one ended
	defer func() {
		r.mu.Lock()
		delete(r.busy, page)
		r.mu.Unlock()
	}()
	w := &pageImport{from: r.from, page: page, limit: threadsAtOnce, pause: r.from.timing.ImportPause}
	for ctx.Err() == nil {
		var more bool
		err := rescue.Call(r.from.log, "import", func() (err error) {
			more, err = w.step(ctx)
			return err
		})
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			r.from.log.Error("import", logkey.Page, string(page), logkey.Error, err)
			wake.Pause(ctx, r.from.timing.ImportPauseMax)
		case !more:
			return
		}
	}
}

// toRead returns what to read of a Page next, and whether that is its history. A backfill comes
// first: it is short, and somebody waits for it.
func toRead(p store.Page) (job *store.Reading, history bool) {
	switch {
	case !p.Connected():
		return nil, false
	case p.Backfill != nil:
		return p.Backfill, false
	case p.History != nil && p.Import != nil && p.Import.State.Active():
		return p.History, true
	}
	return nil, false
}

// pageImport reads one Page.
type pageImport struct {
	from  *Backfill
	page  model.PageID
	limit int
	pause time.Duration
}

// step makes one call and stores the result. It returns false when nothing is left to read.
func (w *pageImport) step(ctx context.Context) (more bool, err error) {
	var p store.Page
	err = w.from.store.Read(ctx, func(r store.Reader) error {
		p, err = r.Page(w.page)
		return err
	})
	if err != nil {
		return false, err
	}
	job, history := toRead(p)
	if job == nil {
		return false, nil
	}
	token, err := w.from.token(p)
	if err != nil {
		return false, err
	}
	list, err := w.from.inbox.Threads(ctx, token, p.PageID, job.After, w.limit)
	if err != nil {
		return true, w.callFailed(ctx, job.ID, err)
	}
	if w.limit = min(w.limit*2, threadsAtOnce); w.pause != w.from.timing.ImportPause {
		w.pause = w.from.timing.ImportPause
	}
	if err := w.storeThreads(ctx, *job, list); err != nil {
		return !errors.Is(err, errOvertaken), ignore(err, errOvertaken)
	}
	if history && !job.Counted {
		return true, ignore(w.count(ctx, *job, token, p.PageID), errOvertaken)
	}
	return true, nil
}

// errOvertaken means that the reading was cancelled or started anew meanwhile.
var errOvertaken = errors.New("import overtaken")

// storeThreads stores the threads of one call, each along with the progress, and then moves on
// to the next ones.
func (w *pageImport) storeThreads(ctx context.Context, job store.Reading, list model.PastThreads) error {
	reached := list.Next == ""
	for i, now := 0, w.from.now(); i < len(list.Threads); i++ {
		list.Threads[i].UpdatedAt = model.EventTime(list.Threads[i].UpdatedAt, now)
	}
	for _, t := range list.Threads {
		if !job.Since.IsZero() && t.UpdatedAt.Before(job.Since.Truncate(time.Second)) {
			reached = true
			break
		}
		if slices.Contains(job.Done, t.ID) {
			continue
		}
		if err := w.storeThread(ctx, job.ID, t, list.Threads[0].UpdatedAt); err != nil {
			return err
		}
	}
	return w.change(ctx, job.ID, func(b *pastTx, now *store.Reading, history bool) {
		if now.Newest.IsZero() && len(list.Threads) > 0 {
			now.Newest = list.Threads[0].UpdatedAt
		}
		switch {
		case !reached:
			now.After, now.Done = list.Next, nil
			if !history {
				showBackfill(&b.Page, b.Now)
			}
		case now.After == "" || now.Pass >= maxPasses:
			b.finishReading(history)
		default:
			// What changed during the reading now comes before it and was not seen.
			now.Pass, now.Since, now.Newest, now.After, now.Done = now.Pass+1, now.Newest, time.Time{}, "", nil
		}
	})
}

// storeThread stores one thread and that it is done; newest is when the first thread of the
// call was updated. If a message can't be stored, the thread's messages are stored one by one.
func (w *pageImport) storeThread(ctx context.Context, job string, t model.PastThread, newest time.Time) error {
	nameless := false
	added := 0
	done := func(b *pastTx, now *store.Reading, history bool) {
		now.Done = append(slices.Clone(now.Done), t.ID)
		if now.Newest.IsZero() {
			now.Newest = newest
		}
		if i := b.progress(history); i != nil {
			i.Messages += int64(added)
			if now.Pass == 1 {
				i.Threads++
			}
		}
	}
	err := w.change(ctx, job, done, func(b *pastTx, now store.Reading) (err error) {
		added, err = b.pastThread(t, now)
		nameless = b.CustomerNew && t.Name == ""
		return err
	})
	if txn.IsBroken(err) {
		if added, nameless, err = w.storeThreadApart(ctx, job, t); err == nil {
			err = w.change(ctx, job, done)
		}
	}
	if nameless {
		w.from.nameless.Notify()
	}
	return err
}

// storeThreadApart stores the messages of a thread one by one, and keeps raw those that can't
// be stored.
func (w *pageImport) storeThreadApart(ctx context.Context, job string, t model.PastThread) (added int, nameless bool, err error) {
	nothing := func(*pastTx, *store.Reading, bool) {}
	for _, m := range slices.Backward(t.Messages) {
		one, n := t, 0
		one.Messages = []model.PastMessage{m}
		err := w.change(ctx, job, nothing, func(b *pastTx, now store.Reading) (err error) {
			n, err = b.pastThread(one, now)
			nameless = nameless || b.CustomerNew && t.Name == ""
			return err
		})
		if txn.IsBroken(err) {
			n = 0
			w.from.log.Error("past message could not be stored", logkey.Page, string(w.page), logkey.Error, err)
			err = w.change(ctx, job, nothing, func(b *pastTx, _ store.Reading) error { return b.keepPast(t.Customer, m) })
		}
		if err != nil {
			return added, nameless, err
		}
		added += n
	}
	return added, nameless, nil
}

// change stores a step of a reading and its effects in one transaction. It returns
// [errOvertaken] if the reading was cancelled or started anew meanwhile.
func (w *pageImport) change(ctx context.Context, job string, step func(b *pastTx, now *store.Reading, history bool), effects ...func(*pastTx, store.Reading) error) error {
	var moved, media bool
	err := w.from.store.Write(ctx, w.page, func(tx store.PageTx) error {
		b, err := w.from.transaction(tx, w.page)
		if err != nil {
			return err
		}
		now, history := toRead(b.Page)
		if now == nil || now.ID != job {
			return errOvertaken
		}
		b.ownImport()
		b.Past = history
		for _, f := range effects {
			if err := txn.Apart(ctx, func() error { return f(b, *now) }); err != nil {
				return err
			}
		}
		next := *now
		if i := b.progress(history); i != nil {
			i.State, i.Code, i.RetryAt, i.UpdatedAt = model.ImportRunning, "", nil, b.Now
		}
		b.setReading(&next, history)
		step(b, &next, history)
		b.PageChanged, moved, media = true, b.RepliesMoved, b.MediaMoved
		return txn.Apart(ctx, b.Flush)
	})
	if moved && err == nil {
		w.from.sending.Notify()
	}
	if media && err == nil {
		w.from.past.MediaDue()
	}
	return err
}

// ownImport copies the Page's import, so that the store's own value is not changed.
func (b *pastTx) ownImport() {
	if b.Page.Import != nil {
		i := *b.Page.Import
		b.Page.Import = &i
	}
}

// progress returns the import that shows a reading's progress, nil if none does.
func (b *pastTx) progress(history bool) *model.Import {
	i := b.Page.Import
	if i == nil || !history && (i.Kind != model.ImportGap || !i.State.Active()) {
		return nil
	}
	return i
}

func (b *pastTx) setReading(r *store.Reading, history bool) {
	if history {
		b.Page.History = r
		return
	}
	b.Page.Backfill = r
}

// finishReading ends a reading that is complete.
func (b *pastTx) finishReading(history bool) {
	b.setReading(nil, history)
	b.Page.Imported = b.Page.Imported || history
	if i := b.progress(history); i != nil {
		i.State, i.UpdatedAt, i.Total = model.ImportDone, b.Now, i.Threads
	}
}

// showBackfill shows that a backfill is running once it takes more than a moment, unless a
// history is being read or waiting.
func showBackfill(p *store.Page, now time.Time) {
	if p.History != nil || p.Import != nil && p.Import.Kind == model.ImportGap && p.Import.State.Active() {
		return
	}
	p.Import = &model.Import{Kind: model.ImportGap, State: model.ImportRunning, Threads: threadsAtOnce, RunSince: now, RunThreads: threadsAtOnce, UpdatedAt: now}
}

// count counts some more of the Page's threads, so that the remaining time can be estimated.
func (w *pageImport) count(ctx context.Context, job store.Reading, token string, page model.MetaPageID) error {
	n, next, err := w.from.inbox.CountThreads(ctx, token, page, job.CountAfter)
	if err != nil {
		return w.callFailed(ctx, job.ID, err)
	}
	return w.change(ctx, job.ID, func(b *pastTx, now *store.Reading, _ bool) {
		now.Found += int64(n)
		now.CountAfter, now.Counted = next, next == ""
		if now.Counted {
			b.Page.Import.Total = max(now.Found, b.Page.Import.Threads)
		}
	})
}

// callFailed records a failed call and waits: as long as Facebook says, or with backoff. A call
// that will never succeed ends the reading, which a person can continue.
func (w *pageImport) callFailed(ctx context.Context, job string, cause error) error {
	if ctx.Err() != nil {
		return nil
	}
	e := model.CallFailure(cause)
	wait := w.pause
	switch e.Kind {
	case model.CallLimited:
		if wait = e.RetryAfter; wait == 0 {
			wait = limitedPause
		}
	case model.CallRefused:
		w.from.log.Warn("import refused", logkey.Page, string(w.page), logkey.Error, cause)
		return ignore(w.change(ctx, job, func(b *pastTx, _ *store.Reading, history bool) { b.refuseReading(history, e.Code) }), errOvertaken)
	default:
		w.limit = max(1, w.limit/2)
		w.pause = min(w.pause*2, w.from.timing.ImportPauseMax)
	}
	w.from.log.Info("import waits", logkey.Page, string(w.page), logkey.Error, cause, "wait", wait.String())
	err := w.change(ctx, job, func(b *pastTx, _ *store.Reading, history bool) {
		if i := b.progress(history); i != nil {
			until := b.Now.Add(wait)
			i.State, i.Code, i.RetryAt = model.ImportWaiting, e.Code, &until
		}
	})
	if err != nil {
		return ignore(err, errOvertaken)
	}
	wake.Pause(ctx, wait)
	return nil
}

// refuseReading ends a reading that Facebook refuses. A history is kept, to be continued; a
// backfill is found again by the next repair.
func (b *pastTx) refuseReading(history bool, code model.Code) {
	if code == model.PageDisconnected {
		b.Page.TokenRefused = true
	}
	if !history && code != model.PageDisconnected {
		b.Page.Backfill = nil
	}
	if i := b.progress(history); i != nil {
		i.State, i.Code = model.ImportFailed, code
	}
}

// pastTx is a transaction of a Page that stores past conversations.
type pastTx struct{ *receive.Tx }

func (bf *Backfill) transaction(tx store.PageTx, page model.PageID) (*pastTx, error) {
	b, err := bf.past.Begin(tx, page)
	return &pastTx{b}, err
}
