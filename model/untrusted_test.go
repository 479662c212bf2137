package model_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"parley/model"
)

const (
	secret    = "my number is 555-0199"
	secretHex = "6d79206e756d626572"
)

// leaks tells whether a customer's text can be read in what was printed.
func leaks(printed string) bool {
	return strings.Contains(printed, "555-0199") || strings.Contains(strings.ToLower(printed), secretHex) ||
		strings.Contains(printed, "109 121 32") // its bytes in decimal
}

// carriers are things that hold a customer's text.
func carriers() map[string]any {
	u := model.Untrusted(secret)
	return map[string]any{
		"itself":         u,
		"a pointer":      &u,
		"a slice":        []model.Untrusted{u},
		"a map's value":  map[string]model.Untrusted{"k": u},
		"a map's key":    map[model.Untrusted]int{u: 1},
		"a message":      model.Message{ID: "1_a", Text: u, Attachments: []model.Attachment{{Title: u, URL: u}}},
		"a summary":      model.Message{Text: u}.Summary(),
		"a conversation": model.Conversation{Customer: model.Customer{Name: u}},
		"an entry":       model.Entry{Ref: u, Title: u},
		"an outgoing":    model.Outgoing{Text: u},
		"an outcome":     model.Outcome{Detail: u},
		"an inbound":     model.Inbound{Event: model.CustomerMessage{Text: u}},
		"an edit":        model.Edit{Text: u},
		"an interface":   struct{ E model.Event }{model.Postback{Title: u, Payload: u}},
		"an array":       [1]model.Untrusted{u},
	}
}

func TestUntrustedNeverPrints(t *testing.T) {
	t.Parallel()
	verbs := []string{"%s", "%v", "%+v", "%#v", "%q", "%x", "%X", "% x", "%d", "%c", "%t", "%10.3s", "%-40s", "%z", "%T"}
	for name, v := range carriers() {
		for _, verb := range verbs {
			if got := fmt.Sprintf(verb, v); leaks(got) {
				t.Errorf("%s by %s: %s", name, verb, got)
			}
		}
		if got := fmt.Sprint(v) + fmt.Sprintln(v) + string(fmt.Append(nil, v)); leaks(got) {
			t.Errorf("%s by Sprint: %s", name, got)
		}
		if got := fmt.Errorf("refused: %v", v).Error(); leaks(got) {
			t.Errorf("%s in an error: %s", name, got)
		}
	}
	if got := fmt.Sprint(model.Untrusted(secret)); got == "" {
		t.Error("nothing shows that a text was withheld")
	}
}

func TestUntrustedNeverLogged(t *testing.T) {
	t.Parallel()
	u := model.Untrusted(secret)
	handlers := map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	}
	for name, handler := range handlers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			log := slog.New(handler(&b))
			log.Info("a value", "text", u)
			log.Info("a pointer", "text", &u)
			log.Info("a group", slog.Group("g", "text", u))
			log.With("text", u).Info("with")
			log.WithGroup("g").With("text", u).Info("with a group")
			log.LogAttrs(context.Background(), slog.LevelInfo, "attrs", slog.Any("text", u)) //nolint:sloglint // a program may log so
			log.Info("an error", "error", fmt.Errorf("bad text %s: %w", u, errors.New("cause")))
			if leaks(b.String()) {
				t.Errorf("logged: %s", b.String())
			}
			if !strings.Contains(b.String(), "withheld") {
				t.Errorf("nothing shows that a text was withheld: %s", b.String())
			}
		})
	}
}

func TestUntrustedInAStructNeverLoggedAsText(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	log := slog.New(slog.NewTextHandler(&b, nil))
	for name, v := range carriers() {
		b.Reset()
		log.Info("carrier", "value", v)
		if leaks(b.String()) {
			t.Errorf("%s: %s", name, b.String())
		}
	}
}

func TestUntrustedMarshals(t *testing.T) {
	t.Parallel()
	const text = "line\n\"quoted\" 東京 \x1b[31m 😀"
	b, err := json.Marshal(model.Message{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	var m model.Message
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	if m.Text != text {
		t.Errorf("came back as %q", string(m.Text))
	}
}

func TestRefusalNamesItsCodeOnly(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("reply: %w", model.Refuse(model.WindowClosed))
	var r *model.Refusal
	if !errors.As(err, &r) || r.Code != model.WindowClosed || r.Verdict != nil {
		t.Errorf("got %+v", r)
	}
	if err.Error() != "reply: refused: window_closed" {
		t.Errorf("worded as %q", err)
	}
}

func TestBlank(t *testing.T) {
	t.Parallel()
	for _, u := range []model.Untrusted{"", " ", "\n\t", "\u00a0", "\u3000", "\u200b\u200d", "\ufeff", "\ufe0f", "\u3164", "\u2800", "\u034f", "\x1b", "\u202e", "\x00"} {
		if !u.Blank() {
			t.Errorf("%+q can be seen", string(u))
		}
	}
	for _, u := range []model.Untrusted{"a", " a ", "。", "👍", "\ufffd", "\xff", "\u0301", "0"} {
		if u.Blank() {
			t.Errorf("%+q is blank", string(u))
		}
	}
}
