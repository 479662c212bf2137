package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/client"
	"parley/client/outbox"
	"parley/client/stream"
	"parley/cmd/settings"
	"parley/i18n"
	"parley/model"
	"parley/model/snippet"
	"parley/sandbox"
	"parley/sandbox/customers/tales"
)

// The pace of the colleague.
const (
	reads      = 3 * time.Second
	types      = 6 * time.Second
	typesAnew  = 2 * time.Second // colleagues are told this often that somebody types
	sayNothing = 10 * time.Second
)

// story is what happens in the demo besides what customers say: the team has snippets, a reply of
// the user is never answered by Facebook, and a colleague answers and leaves a note. Whatever fails
// of it is left out: the demo goes on without.
type story struct {
	words *i18n.Localizer
	world sandbox.Info
	tales []tales.Tale
	// user is the user of the demo, and colleague somebody else, each by their client.
	user, colleague *client.Client
	// me is the user's name.
	me string
}

// hurry has the hub ask soon about a reply that Facebook did not answer: nobody tries a demo for
// two minutes before the first surprise.
func hurry(s *settings.Settings) {
	s.Timing.UnknownChecks = []time.Duration{time.Second, 3 * time.Second}
	s.Timing.AskAfter, s.Timing.CheckGrace = 5*time.Second, 2*time.Second
}

// run plays the story until it is told, or ctx ends.
func (s *story) run(ctx context.Context) {
	follow := stream.NewFollower(s.colleague, stream.DefaultTiming())
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return follow.Run(ctx) })
	changed := make(chan struct{}, 1)
	g.Go(func() error {
		for range follow.Updates() {
			select {
			case changed <- struct{}{}:
			default:
			}
		}
		return nil
	})
	g.Go(func() error {
		defer stop()
		s.loses(ctx, changed)
		s.helps(ctx, follow, changed)
		return nil
	})
	_ = g.Wait() // it ends with the demo, or because the colleague sees nothing any more
}

// snippets gives the team its snippets.
func (s *story) snippets(ctx context.Context) {
	for name, text := range map[i18n.ID]i18n.ID{i18n.StoryPriceName: i18n.StoryPrice, i18n.StoryAccountName: i18n.StoryAccount, i18n.StorySorryName: i18n.StorySorry} {
		_, _ = s.user.PutSnippet(ctx, snippet.Snippet{Name: s.words.Say(name), Text: model.Untrusted(s.words.Say(text)), Team: true})
	}
}

// loses has Facebook's answer to a reply of the user get lost.
func (s *story) loses(ctx context.Context, changed <-chan struct{}) {
	c, err := s.find(ctx, tales.Gift, changed)
	if err != nil {
		return
	}
	fault := map[string]any{"on": "send", "kind": "reset", "count": 1, "psid": string(c.Customer.PSID)}
	if s.control(ctx, "/faults", fault) == nil {
		_ = s.says(ctx, s.user, c.ID, i18n.StoryAside)
	}
}

// helps has the colleague answer a question, and leave the user a note.
func (s *story) helps(ctx context.Context, f *stream.Follower, changed <-chan struct{}) {
	class, err := s.find(ctx, tales.Class, changed)
	if err != nil {
		return
	}
	me, err := s.colleague.Me(ctx)
	if err != nil {
		return
	}
	_, _ = s.colleague.Triage(ctx, class.ID, model.Triage{Assignee: model.Field[*model.UserID]{Named: true, Value: &me.ID}})
	s.types(ctx, f, me, class.ID)
	if s.says(ctx, s.colleague, class.ID, i18n.StorySeats) != nil {
		return
	}
	wholesale, err := s.find(ctx, tales.Wholesale, changed)
	if err != nil {
		return
	}
	s.types(ctx, f, me, wholesale.ID)
	note := model.Reply{Conversation: wholesale.ID, ClientID: outbox.NewClientID(), Text: model.Untrusted(s.words.Say(i18n.StoryNote, "Name", s.me)), Note: true}
	if _, err := s.colleague.HandIn(ctx, note); err != nil {
		return
	}
	s.types(ctx, f, me, class.ID)
	_ = s.says(ctx, s.colleague, class.ID, i18n.StoryBooked)
}

// types shows the colleague reading a conversation, and then writing.
func (s *story) types(ctx context.Context, f *stream.Follower, me model.User, id model.ConversationID) {
	tell := func(what model.FrameType, active bool) {
		f.Tell(model.Ephemeral{Type: what, Page: id.Page(), Conversation: id, User: me.Ref(), Active: active})
	}
	tell(model.FramePresence, true)
	pause(ctx, reads)
	for range int(types / typesAnew) {
		tell(model.FrameTyping, true)
		pause(ctx, typesAnew)
	}
	tell(model.FrameTyping, false)
	tell(model.FramePresence, false)
}

// says replies in a conversation.
func (s *story) says(ctx context.Context, by *client.Client, id model.ConversationID, what i18n.ID) error {
	_, err := by.HandIn(ctx, model.Reply{Conversation: id, ClientID: outbox.NewClientID(), Text: model.Untrusted(s.words.Say(what))})
	return err
}

// find waits until the customer of a tale has written, and returns their conversation.
func (s *story) find(ctx context.Context, tale int, changed <-chan struct{}) (model.Conversation, error) {
	for {
		found, err := s.colleague.Named(ctx, s.tales[tale].Who.Name)
		if err == nil {
			for _, c := range found.Conversations {
				if c.Customer.Name == model.Untrusted(s.tales[tale].Who.Name) {
					return c, nil
				}
			}
		}
		select {
		case <-ctx.Done():
			return model.Conversation{}, ctx.Err()
		case <-changed:
		case <-time.After(sayNothing):
		}
	}
}

// control steers the sandbox, as anybody can from outside.
func (s *story) control(ctx context.Context, path string, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.world.ControlURL+path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("control %s: %d", path, resp.StatusCode)
	}
	return nil
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
