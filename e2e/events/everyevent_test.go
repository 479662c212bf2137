package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"parley/client"
	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/cells"
	"parley/ui/look"
	"parley/ui/theme"
	"parley/ui/thread"
)

// eventRows are the kinds of event that Meta sends, by the key of the event or the field
// of the change (facts of Messenger, event shapes), and the plays that show their forms.
var eventRows = map[string][]string{
	"message": {
		"message-text", "message-quick-reply", "message-quick-reply-phone", "message-reply-to", "message-reply-to-page",
		"message-image", "message-images", "message-video", "message-audio", "message-file",
		"message-sticker", "message-sticker-transition", "message-sticker-legacy", "message-like", "message-location",
		"message-reel", "message-ig-reel", "message-post", "message-ig-post",
		"message-fallback-link", "message-fallback-legacy", "message-fallback-bare",
		"message-appointment-requested", "message-appointment-confirmed", "message-appointment-declined", "message-appointment-cancelled",
		"message-template-product", "message-mixed", "message-ad-referral", "message-shop-referral", "message-commands",
		"message-unsent", "message-unsupported",
		"echo-inbox", "echo-page", "echo-app", "echo-image", "echo-template", "echo-reply-to", "standby-message", "standby-echo",
	},
	"prior_message":          {"message-prior"},
	"message_edit":           {"message-edit", "message-edit-twice"},
	"reaction":               {"reaction-react", "reaction-spelled", "reaction-changed", "reaction-unreact", "reaction-page"},
	"postback":               {"postback", "postback-get-started", "postback-mme", "postback-ad", "standby-postback"},
	"referral":               {"referral-mme", "referral-ad", "referral-ad-bare"},
	"optin":                  {"optin-plugin", "optin-user-ref", "optin-notification", "optin-notification-stop", "optin-notification-resume", "optin-one-time"},
	"account_linking":        {"account-linked", "account-unlinked"},
	"delivery":               {"delivery", "delivery-watermark"},
	"read":                   {"read"},
	"pass_thread_control":    {"thread-pass", "thread-pass-inbox", "thread-pass-app", "thread-pass-nobody"},
	"take_thread_control":    {"thread-take-inbox", "thread-take-app"},
	"request_thread_control": {"thread-request"},
	"release_thread_control": {"thread-release"},
	"app_roles":              {"app-roles"},
	"messaging_feedback":     {"feedback"},
	"response_feedback":      {"response-feedback-good", "response-feedback-bad"},
	"order":                  {"order"},
	"policy_enforcement":     {"policy-warning", "policy-block", "policy-unblock"},
	"policy-enforcement":     {"policy-old-key"},
	"changes:feed":           {"changes-feed"},
	"changes:inbox_labels":   {"changes-inbox-labels"},
	"hologram":               {"unknown"},
}

// TestEveryEventHasAName: the plays are those of the rows, no more and no fewer, and each
// holds the key of its row.
func TestEveryEventHasAName(t *testing.T) {
	t.Parallel()
	var wanted []string
	for key, names := range eventRows {
		wanted = append(wanted, names...)
		for _, name := range names {
			if keys := playKeys(t, name); !slices.Contains(keys, key) {
				t.Errorf("%s holds %v, want %s", name, keys, key)
			}
		}
	}
	slices.Sort(wanted)
	files, err := filepath.Glob("../../sandbox/customers/plays/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, f := range files {
		have = append(have, strings.TrimSuffix(filepath.Base(f), ".json"))
	}
	slices.Sort(have)
	if !slices.Equal(have, wanted) {
		t.Errorf("plays without a row, or rows without a play: %v", apart(have, wanted))
	}
}

// apart returns what only one of two lists holds.
func apart(a, b []string) (out []string) {
	for _, x := range slices.Concat(a, b) {
		if slices.Contains(a, x) != slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}

// playKeys returns the keys of a play's events and the fields of its changes.
func playKeys(t *testing.T, name string) (keys []string) {
	t.Helper()
	raw, err := os.ReadFile("../../sandbox/customers/plays/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var p struct {
		Steps []struct {
			Event  map[string]json.RawMessage
			Change struct{ Field string }
		}
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, s := range p.Steps {
		for key := range s.Event {
			keys = append(keys, key)
		}
		if s.Change.Field != "" {
			keys = append(keys, "changes:"+s.Change.Field)
		}
	}
	return keys
}

// TestEveryEvent plays each event to a hub, by its name, and compares what the hub keeps
// of it, and how the conversation looks then in both languages, with what it should be
// (-update writes that).
func TestEveryEvent(t *testing.T) {
	t.Parallel()
	w := newMetaWorld(t)
	var names []string
	for _, row := range eventRows {
		names = append(names, row...)
	}
	slices.Sort(names)
	for n, name := range names {
		t.Run(name, func(t *testing.T) {
			golden.RequireEqual(t, w.of(t).showsEvent(numbered(n), name))
		})
	}
}

// showsEvent plays an event, and says what is kept and shown of it.
func (w *metaWorld) showsEvent(psid, name string) string {
	w.Helper()
	before := len(w.notices())
	w.plays(psid, name, metaNow.Add(-time.Minute))
	var out strings.Builder
	c, err := w.client.Conversation(w.Context(), w.conversationID(psid))
	var refused *client.Problem
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusNotFound:
		fmt.Fprintln(&out, "no conversation")
	case err != nil:
		w.Fatal(err)
	default:
		window := c.WindowUntil != nil && c.WindowUntil.After(metaNow)
		fmt.Fprintf(&out, "started %v, window %v, other app %v, unread %d\n", c.Started, window, c.OtherApp, c.Unread)
		ms := w.messages(psid)
		for _, m := range ms {
			fmt.Fprintln(&out, w.stored(m))
		}
		for _, language := range []string{"en", "ja"} {
			fmt.Fprintf(&out, "-- %s\n%s\n", language, w.draws(language, c, ms))
		}
	}
	notices := w.notices()
	for _, n := range notices[:len(notices)-before] { // newest first
		fmt.Fprintf(&out, "notice %s: %.40s\n", n.Kind, string(n.Reason))
		for _, language := range []string{"en", "ja"} {
			fmt.Fprintf(&out, "   %s\n", i18n.New(language).Say(i18n.Notice(string(n.Kind))))
		}
	}
	return out.String()
}

// stored is what the hub keeps of a message, without what differs from run to run.
func (w *metaWorld) stored(m model.Message) string {
	w.Helper()
	kept := map[string]any{"direction": m.Direction, "by": m.Author.Kind}
	set := func(key string, v any, there bool) {
		if there {
			kept[key] = v
		}
	}
	set("text", m.Text, m.Text != "")
	set("event", m.Event, m.Event != nil)
	set("reactions", m.Reactions, len(m.Reactions) > 0)
	set("was", m.Was, m.Was != nil)
	set("deleted", true, m.Deleted)
	set("edited", true, m.Edited)
	set("feedback", m.Feedback, m.Feedback != "")
	set("state", m.State, m.State != "")
	set("standby", true, m.Standby)
	set("quotes", m.ReplyTo != "", m.ReplyToMID != "")
	set("attachments", m.Attachments, len(m.Attachments) > 0)
	raw, err := json.Marshal(kept)
	w.must(err)
	return strings.NewReplacer(w.info.GraphURL, "$graph", w.info.AppID, "$app").Replace(string(raw))
}

// draws returns the conversation as it is on the screen. It fits at every width.
func (w *metaWorld) draws(language string, c model.Conversation, ms []model.Message) string {
	w.Helper()
	l := look.Look{
		Theme: theme.New(theme.Options{Profile: colorprofile.TrueColor}), Cells: cells.Measure{},
		Words: i18n.New(language), Zone: time.UTC, Version: 1,
	}
	c.Customer.Name = "山田 花子" // which Facebook tells when it likes
	p := thread.New()
	p.Set(l, thread.Content{
		Conversation: inbox.Row{Conversation: c}, Thread: inbox.Thread{Messages: ms, Loaded: true}, Me: w.ann.ID, Now: metaNow,
	})
	for _, m := range ms {
		if m.Was != nil {
			p.Expand(m.ID)
		}
	}
	for _, width := range []int{160, 116, 78, 54, 40} {
		p.SetSize(width, 60)
		for _, line := range p.Lines(true) {
			plain := ansi.Strip(line)
			if got := l.Cells.Width(plain); got != width {
				w.Errorf("%d cells at width %d: %q", got, width, plain)
			}
			if i := strings.IndexFunc(plain, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }); i >= 0 {
				w.Errorf("a control character is on screen: %q", plain)
			}
		}
	}
	p.SetSize(60, 60)
	p.Top()
	var out []string
	for _, line := range p.Lines(false) {
		out = append(out, strings.TrimRight(ansi.Strip(line), " "))
	}
	return strings.Trim(strings.Join(out, "\n"), "\n")
}
