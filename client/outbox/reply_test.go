package outbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"parley/client"
	"parley/client/clienttest"
	"parley/client/outbox"
	"parley/model"
)

// desk is somebody who replies: a folder, a hub in memory, and a reply.
type desk struct {
	*testing.T
	dir    string
	kept   *outbox.Kept
	hub    *clienttest.Script
	client *client.Client
	outbox *outbox.Outbox
	reply  model.Reply
}

// atDesk runs a test on the clock of a bubble.
func atDesk(t *testing.T, answer func(d *desk, n int, r *http.Request) (*http.Response, error), f func(d *desk)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &desk{T: t, dir: filepath.Join(t.TempDir(), "replies"), reply: kept("お待ちください\n<3")}
		d.hub = &clienttest.Script{Answer: func(n int, r *http.Request) (*http.Response, error) { return answer(d, n, r) }}
		d.client = clienttest.NewClient(t, d.hub)
		d.kept, d.outbox = outbox.NewKept(d.dir, d.client.URL()), outbox.New(t.Context(), d.client, d.dir)
		f(d)
	})
}

// send hands the reply in.
func (d *desk) send(wait time.Duration) (model.Message, error) {
	return d.outbox.Send(d.Context(), d.reply, nil, wait)
}

// message is the reply as a hub tells of it.
func (d *desk) message(state model.State) model.Message {
	return model.Message{
		ID: "100_m", ConversationID: d.reply.Conversation, ClientID: d.reply.ClientID, Direction: model.Out,
		Text: d.reply.Text, State: state,
	}
}

func (d *desk) taken(state model.State) (*http.Response, error) {
	return clienttest.Success(http.StatusAccepted, d.message(state))
}

func (d *desk) now(state model.State) (*http.Response, error) {
	return clienttest.Success(http.StatusOK, d.message(state))
}

// wantKept expects the reply on disk, or that nothing is left of it.
func (d *desk) wantKept(want bool) {
	d.Helper()
	id, found := d.kept.Find(model.Reply{Conversation: d.reply.Conversation, Text: d.reply.Text})
	if found != want || found && id != d.reply.ClientID {
		d.Errorf("kept: %t as %q, want %t", found, id, want)
	}
	if names := files(d.T, d.dir); (len(names) > 0) != want || len(names) > 1 {
		d.Errorf("the folder holds %q", names)
	}
}

// wantSame expects that all tries are the same request.
func (d *desk) wantSame(tries int) {
	d.Helper()
	calls := d.hub.Got()
	if len(calls) != tries {
		d.Fatalf("%d tries, want %d", len(calls), tries)
	}
	for _, c := range calls {
		if c.Method != http.MethodPost || c.Path != "/v1/conversations/100_7001/messages" || !bytes.Equal(c.Body, calls[0].Body) {
			d.Errorf("tried %s %s %s", c.Method, c.Path, c.Body)
		}
	}
	var body map[string]string
	if err := json.Unmarshal(calls[0].Body, &body); err != nil {
		d.Fatal(err)
	}
	if len(body) != 2 || body["client_id"] != string(d.reply.ClientID) || body["text"] != string(d.reply.Text) {
		d.Errorf("posted %s", calls[0].Body)
	}
}

func (d *desk) wantState(m model.Message, err error, state model.State) {
	d.Helper()
	if err != nil || m.ID != "100_m" || m.State != state {
		d.Fatalf("got %s %s, %v, want %s", m.ID, m.State, err, state)
	}
}

// The reply is on disk, whole, before a byte of it leaves.
func TestReplyIsKeptBeforeItLeaves(t *testing.T) {
	atDesk(t, func(d *desk, _ int, _ *http.Request) (*http.Response, error) {
		d.wantKept(true)
		b, err := os.ReadFile(filepath.Join(d.dir, string(d.reply.ClientID)+".json"))
		if err != nil {
			d.Error(err)
		}
		var r model.Reply
		if err := json.Unmarshal(b, &r); err != nil || !reflect.DeepEqual(r, d.reply) {
			d.Errorf("kept as another: %v", err)
		}
		return d.taken(model.Sent)
	}, func(d *desk) {
		m, err := d.send(0)
		d.wantState(m, err, model.Sent)
		d.wantKept(false)
		d.wantSame(1)
	})
}

func TestReplyRefusedIsForgotten(t *testing.T) {
	atDesk(t, func(d *desk, _ int, _ *http.Request) (*http.Response, error) {
		return clienttest.Refusal(http.StatusConflict, model.WindowClosed)
	}, func(d *desk) {
		_, err := d.send(time.Minute)
		var p *client.Problem
		if !errors.As(err, &p) || p.Code != model.WindowClosed {
			d.Errorf("got %v", err)
		}
		d.wantKept(false)
		d.wantSame(1)
	})
}

// Whatever else is answered, a former try may have been taken: the id must stay.
func TestReplyIsKeptOnOtherAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer func() (*http.Response, error)
		again  bool
	}{
		"not signed in": {func() (*http.Response, error) { return clienttest.Refusal(http.StatusUnauthorized, "not_signed_in") }, false},
		"a mistake":     {func() (*http.Response, error) { return clienttest.Refusal(http.StatusInternalServerError, "internal") }, true},
		"not now": {func() (*http.Response, error) {
			return clienttest.Refusal(http.StatusServiceUnavailable, "unavailable")
		}, true},
		"no connection": {func() (*http.Response, error) { return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED} }, true},
		"a cut":         {func() (*http.Response, error) { return nil, &net.OpError{Op: "read", Err: syscall.ECONNRESET} }, true},
		"a web page": {func() (*http.Response, error) {
			return clienttest.Respond(http.StatusOK, "text/html", []byte("<html>")), nil
		}, false},
		"no message": {func() (*http.Response, error) { return clienttest.Success(http.StatusOK, map[string]any{"ok": true}) }, false},
		"another message": {func() (*http.Response, error) {
			return clienttest.Success(http.StatusAccepted, model.Message{ID: "1", ClientID: "x"})
		}, false},
		"a proxy without its hub": {func() (*http.Response, error) {
			return clienttest.Respond(http.StatusBadGateway, "text/html", []byte("<html>")), nil
		}, true},
		"a proxy that is busy": {func() (*http.Response, error) {
			return clienttest.Respond(http.StatusServiceUnavailable, "text/html", nil), nil
		}, true},
		"a proxy that waited": {func() (*http.Response, error) {
			return clienttest.Respond(http.StatusGatewayTimeout, "text/html", []byte("{}")), nil
		}, true},
		"a redirect": {func() (*http.Response, error) { return clienttest.Respond(http.StatusFound, "text/html", nil), nil }, false},
	} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, func(*desk, int, *http.Request) (*http.Response, error) { return c.answer() }, func(d *desk) {
				if m, err := d.send(0); err == nil {
					d.Errorf("taken as %+v", m)
				}
				d.wantKept(true)
				d.wantSame(1)
				if _, err := d.send(200 * time.Millisecond); err == nil {
					d.Error("taken the second time")
				}
				d.wantKept(true)
				tries := 2
				if c.again {
					tries = 5 // at 0, 50, 150 and 200 ms
				}
				d.wantSame(tries)
			})
		})
	}
}

// TestReplyThatTheHubNeverHad: a no to the first try, and to all, leaves nothing behind that
// could be handed in; after a try that nobody heard of, or an earlier run's, it stays.
func TestReplyThatTheHubNeverHad(t *testing.T) {
	for name, status := range map[string]int{"not there": http.StatusNotFound, "not allowed": http.StatusForbidden, "invalid": http.StatusUnprocessableEntity} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, func(*desk, int, *http.Request) (*http.Response, error) { return clienttest.Refusal(status, "no") }, func(d *desk) {
				var p *client.Problem
				if _, err := d.send(time.Minute); !errors.As(err, &p) || p.Status != status {
					d.Errorf("got %v", err)
				}
				d.wantKept(false)
				if err := d.kept.Put(d.reply); err != nil {
					d.Fatal(err)
				}
				_, _ = d.send(time.Minute)
				d.wantKept(true)
			})
		})
		t.Run(name+" after a cut", func(t *testing.T) {
			atDesk(t, func(_ *desk, n int, _ *http.Request) (*http.Response, error) {
				if n == 0 {
					return nil, &net.OpError{Op: "read", Err: syscall.ECONNRESET}
				}
				return clienttest.Refusal(status, "no")
			}, func(d *desk) {
				var p *client.Problem
				if _, err := d.send(time.Minute); !errors.As(err, &p) || p.Status != status {
					d.Errorf("got %v", err)
				}
				d.wantKept(true)
			})
		})
	}
}

// What can't be kept is not posted.
func TestReplyThatCannotBeKept(t *testing.T) {
	atDesk(t, func(d *desk, _ int, _ *http.Request) (*http.Response, error) { return d.taken(model.Sent) }, func(d *desk) {
		file := filepath.Join(d.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			d.Fatal(err)
		}
		readOnly := filepath.Join(d.TempDir(), "read-only")
		if err := os.Mkdir(readOnly, 0o500); err != nil {
			d.Fatal(err)
		}
		dirs := []string{file, filepath.Join(file, "replies")}
		if os.Geteuid() != 0 { // whom no mode stops
			dirs = append(dirs, readOnly, filepath.Join(readOnly, "replies"))
		}
		for _, dir := range dirs {
			if _, err := outbox.New(d.Context(), d.client, dir).Send(d.Context(), d.reply, nil, time.Minute); err == nil {
				d.Errorf("%s: no error", dir)
			}
		}
		d.reply.ClientID = "../../x"
		if _, err := d.send(0); err == nil {
			d.Error("no error for an id that is none")
		}
		if n := len(d.hub.Got()); n != 0 {
			d.Errorf("%d posted", n)
		}
	})
}

func TestReplyIsTriedUntilTheDeadline(t *testing.T) {
	atDesk(t, func(_ *desk, _ int, _ *http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}, func(d *desk) {
		began := time.Now()
		_, err := d.send(5 * time.Second)
		var u *client.UnreachableError
		if !errors.As(err, &u) || !errors.Is(err, syscall.ECONNREFUSED) {
			d.Errorf("got %v", err)
		}
		if took := time.Since(began); took != 5*time.Second {
			d.Errorf("took %s", took)
		}
		want := []time.Duration{0, 50, 150, 350, 750, 1550, 2550, 3550, 4550, 5000}
		for i := range want {
			want[i] *= time.Millisecond
		}
		if got := d.hub.Tried(); !slices.Equal(got, want) {
			d.Errorf("tried at %s", got)
		}
		d.wantSame(len(want))
		d.wantKept(true)
	})
}

// The answer to the first try is lost; the second is answered with the same message.
func TestReplyWhoseAnswerIsLost(t *testing.T) {
	atDesk(t, func(d *desk, n int, r *http.Request) (*http.Response, error) {
		switch n {
		case 0:
			return clienttest.Silence(r)
		case 1:
			return clienttest.Refusal(http.StatusServiceUnavailable, "unavailable")
		}
		return d.taken(model.Sent)
	}, func(d *desk) {
		m, err := d.send(time.Minute)
		d.wantState(m, err, model.Sent)
		d.wantSame(3)
		d.wantKept(false)
	})
}

// Said again by a new process, the same text goes by the same id.
func TestReplySaidAgain(t *testing.T) {
	down := true
	atDesk(t, func(d *desk, _ int, _ *http.Request) (*http.Response, error) {
		if down {
			return nil, &net.OpError{Op: "read", Err: syscall.ECONNRESET}
		}
		return d.taken(model.Sent)
	}, func(d *desk) {
		if _, err := d.send(0); err == nil {
			d.Fatal("taken by a hub that is down")
		}
		down = false
		again := outbox.New(d.Context(), d.client, d.dir)
		r := again.Begun(model.Reply{Conversation: d.reply.Conversation, Text: d.reply.Text})
		if r.ClientID != d.reply.ClientID {
			d.Fatalf("begun as %s", r.ClientID)
		}
		m, err := again.Send(d.Context(), r, nil, 0)
		d.wantState(m, err, model.Sent)
		d.wantSame(2)
		d.wantKept(false)
	})
}

func TestReplyIsFollowed(t *testing.T) {
	atDesk(t, func(d *desk, n int, r *http.Request) (*http.Response, error) {
		if n == 0 {
			return d.taken(model.Queued)
		}
		if r.Method != http.MethodGet || r.URL.Path != "/v1/conversations/100_7001/messages/100_m" {
			d.Errorf("asked %s %s", r.Method, r.URL.Path)
		}
		d.wantKept(false)
		switch n {
		case 1:
			return d.now(model.Posting)
		case 2: // what passes by itself is asked again
			return clienttest.Refusal(http.StatusServiceUnavailable, "unavailable")
		case 3:
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		case 4:
			return d.now(model.Unknown)
		}
		return d.now(model.Sent)
	}, func(d *desk) {
		m, err := d.send(time.Minute)
		d.wantState(m, err, model.Sent)
		if n := len(d.hub.Got()); n != 6 {
			d.Errorf("%d calls", n)
		}
	})
}

// Every state but those that change by themselves is an end.
func TestFollowingEnds(t *testing.T) {
	for state, ends := range map[model.State]bool{
		model.Queued: false, model.Posting: false, model.Unknown: false,
		model.Sent: true, model.Delivered: true, model.Read: true, model.Failed: true, model.Ask: true, model.Dropped: true,
	} {
		t.Run(string(state), func(t *testing.T) {
			atDesk(t, func(d *desk, n int, _ *http.Request) (*http.Response, error) {
				if n == 0 {
					return d.taken(state)
				}
				return d.now(state)
			}, func(d *desk) {
				began := time.Now()
				m, err := d.send(3 * time.Second)
				d.wantState(m, err, state)
				took, calls := time.Since(began), len(d.hub.Got())
				if ends && (took != 0 || calls != 1) {
					d.Errorf("asked %d times in %s", calls, took)
				}
				if !ends && (took != 3*time.Second || calls < 3) {
					d.Errorf("asked %d times in %s", calls, took)
				}
			})
		})
	}
}

func TestNoWaitAsksOnce(t *testing.T) {
	atDesk(t, func(d *desk, _ int, _ *http.Request) (*http.Response, error) { return d.taken(model.Queued) }, func(d *desk) {
		began := time.Now()
		m, err := d.send(0)
		d.wantState(m, err, model.Queued)
		d.wantSame(1)
		if time.Since(began) != 0 {
			d.Error("waited")
		}
		d.wantKept(false)
	})
}

// A hub that falls silent while the reply is followed keeps nobody beyond the
// deadline: the reply is taken, and stands as it was last told.
func TestFollowingASilentHub(t *testing.T) {
	atDesk(t, func(d *desk, n int, r *http.Request) (*http.Response, error) {
		if n == 0 {
			return d.taken(model.Queued)
		}
		return clienttest.Silence(r)
	}, func(d *desk) {
		began := time.Now()
		m, err := d.send(2 * time.Second)
		d.wantState(m, err, model.Queued)
		if took := time.Since(began); took != 2*time.Second {
			d.Errorf("took %s", took)
		}
		d.wantKept(false)
	})
}

// What is refused while it is followed is told, with the reply as it was last known.
func TestFollowingWhatBecomesHidden(t *testing.T) {
	atDesk(t, func(d *desk, n int, _ *http.Request) (*http.Response, error) {
		if n == 0 {
			return d.taken(model.Queued)
		}
		return clienttest.Refusal(http.StatusNotFound, "not_found")
	}, func(d *desk) {
		m, err := d.send(time.Minute)
		var p *client.Problem
		if !errors.As(err, &p) || p.Status != http.StatusNotFound || m.ID != "100_m" || m.State != model.Queued {
			d.Errorf("got %+v, %v", m.State, err)
		}
		d.wantKept(false)
	})
}

func TestGivingUp(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(*desk, int, *http.Request) (*http.Response, error)
		kept   bool
	}{
		"while it is posted": {func(_ *desk, _ int, r *http.Request) (*http.Response, error) { return clienttest.Silence(r) }, true},
		"between two tries": {func(*desk, int, *http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		}, true},
		"while it is followed": {func(d *desk, _ int, _ *http.Request) (*http.Response, error) { return d.taken(model.Queued) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, c.answer, func(d *desk) {
				ctx, cancel := context.WithTimeout(d.Context(), 225*time.Millisecond)
				defer cancel()
				began := time.Now()
				_, err := d.outbox.Send(ctx, d.reply, nil, time.Hour)
				if err == nil {
					d.Error("no error")
				}
				if took := time.Since(began); took != 225*time.Millisecond {
					d.Errorf("given up after %s", took)
				}
				d.wantKept(c.kept)
			})
		})
	}
}

func TestClientIDs(t *testing.T) {
	t.Parallel()
	seen := map[model.ClientID]bool{}
	for range 1000 {
		id := outbox.NewClientID()
		if len(id) != 36 || id[14] != '7' || seen[id] {
			t.Fatalf("made %q", id)
		}
		seen[id] = true
	}
}

// A note says that it is one, in every try.
func TestNoteIsHandedInAsOne(t *testing.T) {
	atDesk(t, func(d *desk, n int, _ *http.Request) (*http.Response, error) {
		if n == 0 {
			return nil, syscall.ECONNRESET
		}
		return d.taken("")
	}, func(d *desk) {
		d.reply.Note = true
		if _, err := d.outbox.HandIn(d.Context(), d.reply, nil, time.Minute); err != nil {
			d.Fatal(err)
		}
		for _, c := range d.hub.Got() {
			var body struct {
				Note bool `json:"note"`
			}
			if err := json.Unmarshal(c.Body, &body); err != nil || !body.Note {
				d.Errorf("handed in as %s", c.Body)
			}
		}
		if names := files(d.T, d.dir); len(names) > 0 {
			d.Errorf("the folder holds %q", names)
		}
	})
}

// TestANumberIsHandedIn as it was kept first, also by a later run that gives another.
func TestANumberIsHandedIn(t *testing.T) {
	atDesk(t, func(d *desk, n int, _ *http.Request) (*http.Response, error) {
		if n == 0 {
			return clienttest.Refusal(http.StatusServiceUnavailable, "unavailable")
		}
		return d.taken(model.Sent)
	}, func(d *desk) {
		d.reply.Number = 1_000_007
		if _, err := d.send(0); err == nil {
			d.Error("taken at once")
		}
		d.reply.Number = 2_000_000
		m, err := d.send(time.Second)
		d.wantState(m, err, model.Sent)
		for _, c := range d.hub.Got() {
			var body struct {
				Number int64 `json:"number"`
			}
			if err := json.Unmarshal(c.Body, &body); err != nil || body.Number != 1_000_007 {
				d.Errorf("posted %s", c.Body)
			}
		}
	})
}

// TestAnOlderHubGetsNoNumber: a hub that refuses what it does not know gets the reply
// without its place in line, and only then.
func TestAnOlderHubGetsNoNumber(t *testing.T) {
	atDesk(t, func(d *desk, n int, _ *http.Request) (*http.Response, error) {
		if n == 0 {
			return clienttest.Refusal(http.StatusUnprocessableEntity, "invalid")
		}
		return d.taken(model.Sent)
	}, func(d *desk) {
		d.reply.Number = 1_000_007
		m, err := d.send(time.Second)
		d.wantState(m, err, model.Sent)
		var numbers []int64
		for _, c := range d.hub.Got() {
			var body struct {
				Number int64 `json:"number"`
			}
			if err := json.Unmarshal(c.Body, &body); err != nil {
				d.Error(err)
			}
			numbers = append(numbers, body.Number)
		}
		if want := []int64{1_000_007, 0}; !slices.Equal(numbers, want) {
			d.Errorf("posted the numbers %d, want %d", numbers, want)
		}
	})
}

// TestAHeldReplyIsPosted: before a byte of it leaves, the disk no longer says that it was held
// back.
func TestAHeldReplyIsPosted(t *testing.T) {
	atDesk(t, func(d *desk, _ int, _ *http.Request) (*http.Response, error) {
		if all := d.kept.All(); len(all) != 1 || all[0].Held {
			d.Errorf("while it is posted the disk has %+v", all)
		}
		return d.taken(model.Queued)
	}, func(d *desk) {
		held := d.reply
		held.Held = true
		if err := d.outbox.Keep(held); err != nil {
			d.Fatal(err)
		}
		if _, err := d.outbox.Reply(d.Context(), d.reply); err != nil {
			d.Fatal(err)
		}
		d.wantKept(false)
	})
}
