package stream

import (
	"context"
	"encoding/json"
	"fmt"

	"parley/hub/access"
	"parley/hub/logkey"
	"parley/hub/view"
	"parley/model"
)

// admission is how many sessions are welcomed at once: after a restart all clients
// come back together, and each welcome reads the store. admissionEach is how many of them of
// one user, who else, with many, has everybody wait while theirs take turns in reading;
// mostAdmission is how many of one user's may wait.
const (
	admission     = 32
	admissionEach = 4
	mostAdmission = 256
)

// welcome answers a hello: which Pages the user sees, and how each named goes on.
func (s *Session) welcome(ctx context.Context, hello model.Hello) error {
	// Given back before the client reads its answer, which may take it long.
	leave, err := s.stream.admit.Acquire(ctx, s.user.ID)
	if err != nil {
		return err
	}
	defer leave()
	if err := s.hold(ctx); err != nil {
		return err
	}
	defer s.release()
	w, follows, err := s.place(ctx, hello)
	if err != nil {
		return err
	}
	leave()
	b, err := json.Marshal(w)
	if err != nil {
		return fmt.Errorf("encode welcome: %w", err)
	}
	s.reposition(hello, follows)
	s.stream.figures.welcomed(hello, w)
	return s.wire.Write(b)
}

// place finds out which Pages the user sees, how each goes on, and from where.
func (s *Session) place(ctx context.Context, hello model.Hello) (model.Welcome, map[model.PageID]int64, error) {
	w := model.Welcome{
		Type: model.FrameWelcome, Now: s.stream.now(), User: s.user, Pages: make(map[model.PageID]model.WelcomePage),
		FeedbackURL: s.stream.feedbackURL,
	}
	follows := make(map[model.PageID]int64)
	err := s.stream.views.Read(ctx, s.user, "", func(v view.View) error {
		s.stream.learn(v.Shown)
		if now, err := v.User(s.user.ID); err == nil { // not as they were when the session began
			w.User = now
		}
		for _, p := range v.Shown {
			if _, err := access.Authorize(s.stream, s.user.ID, p.ID); err != nil {
				continue
			}
			at := v.AsOf[p.ID]
			wp := model.WelcomePage{Epoch: at.Epoch, Seq: at.Seq, Resume: model.ResumeReload}
			if from, named := hello.Resume[p.ID]; named {
				how, err := v.Resumable(p, from, at)
				if err != nil {
					return err
				}
				switch how {
				case view.Resumes:
					wp.Resume = model.ResumeOK
					follows[p.ID] = from.Seq
				case view.OtherStream:
					wp.Anew = true
					s.stream.sawOtherStream(p.ID, from.Seq, at.Seq)
				case view.TooFar:
				}
			} else if seq, ok := s.following(p.ID); ok {
				wp.Resume = model.ResumeOK
				follows[p.ID] = seq
			}
			w.Pages[p.ID] = wp
		}
		return nil
	})
	return w, follows, err
}

// sawOtherStream notes that a client knows of changes that the store doesn't: it was put
// back in a way that nothing else told.
func (st *Stream) sawOtherStream(page model.PageID, seq, head int64) {
	now := st.now()
	if st.otherStream.Swap(&now) == nil {
		st.log.Warn("a client followed changes that the store does not hold: was it put back to an earlier copy?", logkey.Page, string(page), "client_seq", seq, "seq", head)
	}
}

// following returns up to where a Page was queued or written.
func (s *Session) following(page model.PageID) (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.follows[page]
	if !ok {
		return 0, false
	}
	return f.seq, true
}

// reposition has the session follow the Pages that hello names from there. What was
// queued of them is void: it is read from the store again where it is still wanted.
func (s *Session) reposition(hello model.Hello, follows map[model.PageID]int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for page := range hello.Resume {
		delete(s.follows, page)
		s.discard(page)
		seq, ok := follows[page]
		if _, err := access.Authorize(s.stream, s.user.ID, page); ok && err == nil { // or it was lost meanwhile
			s.follows[page] = &follow{seq: seq, behind: true}
		}
	}
}

// discard drops what is queued of a Page, but not what tells of access to it. mu is
// held.
func (s *Session) discard(page model.PageID) {
	kept := s.queue[:0]
	s.bytes = 0
	for _, q := range s.queue {
		if q.page != page || q.access {
			kept = append(kept, q)
			s.bytes += len(q.bytes)
		}
	}
	clear(s.queue[len(kept):])
	s.queue = kept
}

// heads tells the hub's time and how far each Page is. It is made while writing is
// held, so that it names only what the user sees then.
func (s *Session) heads(ctx context.Context) error {
	if err := s.wire.Ping(); err != nil {
		return err
	}
	if err := s.hold(ctx); err != nil {
		return err
	}
	defer s.release()
	h := model.Heads{Type: model.FrameHeads, Now: s.stream.now(), Pages: make(map[model.PageID]int64)}
	err := s.stream.views.Read(ctx, s.user, "", func(v view.View) error {
		s.stream.learn(v.Shown)
		for _, p := range v.Shown {
			if _, err := access.Authorize(s.stream, s.user.ID, p.ID); err == nil {
				h.Pages[p.ID] = v.AsOf[p.ID].Seq
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	b, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("encode heads: %w", err)
	}
	return s.wire.Write(b)
}
