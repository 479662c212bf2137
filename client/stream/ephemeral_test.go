package stream_test

import (
	"context"
	"testing"
	"time"

	"parley/client"
	"parley/client/stream"
	"parley/model"
	"parley/model/inbox"
)

// What the user does goes out at once, between the rest.
func TestColleaguesAreTold(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.holds(page, at, 1)
	c, err := client.New(h.server.URL, "token")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sync := stream.NewFollower(c, quick())
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = sync.Run(ctx)
	}()
	live := make(chan struct{}, 8)
	go func() {
		for us := range sync.Updates() {
			for _, u := range us {
				if u, ok := u.(inbox.Connection); ok && u.State == inbox.Live {
					live <- struct{}{}
				}
			}
		}
	}()
	defer func() {
		stop()
		<-over
	}()
	s := h.socket()
	s.hello()
	s.welcomes()
	select {
	case <-live:
	case <-time.After(patience):
		t.Fatal("it does not get live")
	}
	types := model.Ephemeral{Type: model.FrameTyping, Page: page, Conversation: "100_7001", Active: true}
	sync.Tell(types)
	select {
	case got := <-s.told:
		if got != types {
			t.Errorf("told %+v", got)
		}
	case <-time.After(patience):
		t.Fatal("nothing is told")
	}
}

// Nobody waits for what can't be told.
func TestTellingNeverWaits(t *testing.T) {
	t.Parallel()
	c, err := client.New("http://127.0.0.1:1", "token")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sync := stream.NewFollower(c, quick())
	for range 1000 {
		sync.Tell(model.Ephemeral{Type: model.FrameTyping})
	}
}
