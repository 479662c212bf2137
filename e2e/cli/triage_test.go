package cli

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/client"
	"parley/cmd/cli"
	"parley/e2e/driver"
	"parley/model"
)

// TestTriageByTheClient: what a client asks of a real hub comes about, for colleagues
// too, and is told as it happens.
func TestTriageByTheClient(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	ann, ben := w.AddAdmin("Ann"), w.AddUser("Ben")
	ann.ConnectsPage("shared").Ok()
	const customer = "700100000000000042"
	w.CustomerWrites(customer, "is anybody there")
	id := model.ConversationID(w.ConversationWith(customer))
	c := clientOf(w, ann)
	driver.WaitFor(t, "the customer's message is here", driver.Patience, func() bool {
		_, err := c.Conversation(t.Context(), id)
		return err == nil
	})
	l, err := c.Messages(t.Context(), id, "", 10)
	if err != nil || len(l.Messages) != 1 || l.AsOf[id.Page()].Seq < l.Messages[0].Seq || l.AsOf[id.Page()].Epoch == "" {
		t.Fatalf("%d messages as of %+v (%v)", len(l.Messages), l.AsOf, err)
	}
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	for _, step := range []struct {
		name string
		do   func() (model.Conversation, error)
		want func(model.Conversation) bool
	}{
		{"read", func() (model.Conversation, error) { return c.MarkRead(t.Context(), id, l.Messages[0].ID) }, func(c model.Conversation) bool { return c.Unread == 0 }},
		{"unread", func() (model.Conversation, error) { return c.MarkUnread(t.Context(), id) }, func(c model.Conversation) bool { return c.Unread == 1 }},
		{"pin", patching(t, c, id, model.Pin()), func(c model.Conversation) bool { return c.Pinned }},
		{"snooze", patching(t, c, id, model.Snooze(until)), func(c model.Conversation) bool { return c.Pinned && c.SnoozedUntil.Equal(until) }},
		{"assign", patching(t, c, id, model.Assign(model.UserID(ben.ID))), func(c model.Conversation) bool { return c.Assignee.Name == "Ben" }},
		{"done", patching(t, c, id, model.ToStatus(model.Done)), func(c model.Conversation) bool { return c.Status == model.Done && c.SnoozedUntil == nil }},
	} {
		got, err := step.do()
		if err != nil || !step.want(got) {
			t.Fatalf("%s: %+v (%v)", step.name, got, err)
		}
		seen, err := clientOf(w, ben).Conversation(t.Context(), id)
		if err != nil || !step.want(seen) || seen.Seq != got.Seq {
			t.Errorf("%s: a colleague sees %+v (%v)", step.name, seen, err)
		}
	}
	if list := ann.Cli("list", "--filter", "done", "--json").Ok().Out; !strings.Contains(list, string(id)) {
		t.Errorf("done: %s", list)
	}
	triagedByCommand(t, ann, string(id), customer)
	w.CustomerWrites(customer, "I am back")
	driver.WaitFor(t, "the conversation comes back", driver.Patience, func() bool {
		now, err := c.Conversation(t.Context(), id)
		return err == nil && now.Status == model.Open
	})
}

// triagedByCommand: the same by commands, by short names of the conversation.
func triagedByCommand(t *testing.T, ann *driver.User, id, customer string) {
	t.Helper()
	short := customer[:len(customer)-1] // no other customer's begins so
	for _, step := range []struct {
		line []string
		want func(model.Conversation) bool
	}{
		{[]string{"done", short, "--open"}, func(c model.Conversation) bool { return c.Status == model.Open }},
		{[]string{"assign", id[:len(id)-1], "me"}, func(c model.Conversation) bool { return c.Assignee.Name == "Ann" }},
		{[]string{"assign", short, "ben"}, func(c model.Conversation) bool { return c.Assignee.Name == "Ben" }},
		{[]string{"assign", short, "nobody"}, func(c model.Conversation) bool { return c.Assignee == nil }},
		{[]string{"unread", short}, func(c model.Conversation) bool { return c.Unread == 1 }},
		{[]string{"read", short}, func(c model.Conversation) bool { return c.Unread == 0 }},
		{[]string{"pin", short, "--off"}, func(c model.Conversation) bool { return !c.Pinned }},
		{[]string{"label", short, "vip", "ad"}, func(c model.Conversation) bool { return len(c.Labels) == 2 }},
		{[]string{"label", short, "--remove", "VIP"}, func(c model.Conversation) bool { return len(c.Labels) == 1 && c.Labels[0] == "ad" }},
		{[]string{"snooze", short, "2h"}, func(c model.Conversation) bool { return c.SnoozedUntil != nil }},
		{[]string{"done", short, customer, id}, func(c model.Conversation) bool { return c.Status == model.Done }},
	} {
		var got struct {
			Conversation model.Conversation `json:"conversation"`
		}
		driver.FromJSON(t, []byte(ann.Cli(append(step.line, "--json")...).Ok().Out), &got)
		if string(got.Conversation.ID) != id || !step.want(got.Conversation) {
			t.Errorf("%v: %+v", step.line, got.Conversation)
		}
	}
	ann.Cli("note", short, "for colleagues").Ok()
	ann.Cli("show", short).Ok().Tells("for colleagues")
	ann.Cli("assign", short, "nobody-there").Exits(cli.ExitUsage).Says("ambiguous")
	ann.Cli("done", "9", "--json").Exits(cli.ExitMissing)
	ann.Cli("--version").Ok().Tells("parley")
	if offered := ann.Cli("__complete", "show", short).Exits(cli.ExitDone).Out; !strings.Contains(offered, customer) {
		t.Errorf("a shell is offered %s", offered)
	}
	if offered := ann.Cli("__complete", "list", "--filter", "un").Exits(cli.ExitDone).Out; !strings.Contains(offered, "unassigned") {
		t.Errorf("a shell is offered %s", offered)
	}
}

// TestDecisionsByTheClient: what makes no sense to the hub is told as its problem.
func TestDecisionsByTheClient(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	ann := w.AddAdmin("Ann")
	ann.ConnectsPage().Ok()
	const customer = "700100000000000043"
	w.CustomerWrites(customer, "is anybody there")
	id := model.ConversationID(w.ConversationWith(customer))
	driver.WaitFor(t, "the customer's message is here", driver.Patience, func() bool { return ann.Get(driver.ConversationPath(string(id))).Status == 200 })
	var m driver.Message
	driver.FromJSON(t, []byte(ann.Cli("reply", string(id), "yes", "--json").Ok().Out), &m)
	c := clientOf(w, ann)
	for name, err := range map[string]error{
		"invalid":       second(c.Triage(t.Context(), id, model.Snooze(time.Now().Add(-time.Hour)))),
		"not_found":     second(c.Triage(t.Context(), "1_2", model.Pin())),
		"state_changed": second(c.Retry(t.Context(), id, model.MessageID(m.ID), 1, nil)),
	} {
		var p *client.Problem
		if !errors.As(err, &p) || string(p.Code) != name {
			t.Errorf("got %v, want %s", err, name)
		}
	}
	var p *client.Problem
	if _, err := c.Drop(t.Context(), id, model.MessageID(m.ID), 1); !errors.As(err, &p) || p.Code != model.StateChanged {
		t.Errorf("got %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func patching(t *testing.T, c *client.Client, id model.ConversationID, change model.Triage) func() (model.Conversation, error) {
	return func() (model.Conversation, error) { return c.Triage(t.Context(), id, change) }
}

// client is a client of that user.
func clientOf(w *driver.World, u *driver.User) *client.Client {
	w.T.Helper()
	c, err := client.New(w.HubURL, u.Token)
	if err != nil {
		w.T.Fatal(err)
	}
	w.T.Cleanup(c.Close)
	return c
}
