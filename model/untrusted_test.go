package model_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"os"
	"strings"
	"testing"

	"parley/model"
	"parley/model/inbox"
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

const secretText = "only for the two of us"

// withheld are values in which every text is one that no log may hold.
func withheld() map[string]any {
	text := model.Untrusted(secretText)
	author := model.Author{Kind: model.ByUser, ID: "u1", Name: text}
	entry := model.Entry{Source: secretText, Ref: text, AdID: secretText, Title: text}
	notable := model.Notable{Kind: model.EventPostback, Action: secretText, Payload: text, Entry: &entry}
	attachment := model.Attachment{ID: "a1", URL: text, Title: text}
	reaction := model.Reaction{By: model.ByCustomer, Emoji: text}
	failure := model.MessageError{Code: model.GraphRefused, Detail: text}
	message := model.Message{
		ID: "100_m", ConversationID: "100_7001", Direction: model.In, Author: author, Text: text, Was: &text, Feedback: text,
		Attachments: []model.Attachment{attachment}, Reactions: []model.Reaction{reaction}, Event: &notable, Error: &failure,
	}
	summary := message.Summary()
	conversation := model.Conversation{
		ID: "100_7001", Customer: model.Customer{PSID: "7001", Name: text}, Labels: []string{secretText},
		Links: []model.Link{{Type: "deal", ID: "42", Title: text}}, LastMessage: &summary, Entry: &entry,
	}
	page := model.Page{ID: "100", Name: text, Restricted: &model.Restriction{Reason: text}}
	hit := model.Hit{Message: "100_m", Text: text}
	return map[string]any{
		"message": message, "message by pointer": &message, "summary": summary, "conversation": conversation,
		"found": model.Found{Conversation: conversation, Hits: []model.Hit{hit}}, "hit": hit,
		"thread": inbox.Thread{Messages: []model.Message{message}}, "draft": model.Draft{Text: text},
		"customer": conversation.Customer, "link": conversation.Links[0], "entry": entry, "author": author,
		"attachment": attachment, "reaction": reaction, "notable": notable, "error": failure,
		"notice": model.Notice{ID: "n1", Reason: text}, "page": page, "restriction": *page.Restricted,
		"grant": model.PageGrant{ID: "100", Name: text, Token: secretText}, "outcome": model.Outcome{Detail: text},
		"outgoing":           model.Outgoing{Page: "100", Token: secretText, Text: text, Metadata: secretText},
		"sent":               model.SentMessage{MID: "m1", Text: text},
		"change":             model.Change{Kind: model.ChangeMessage, Object: []byte(`{"text":"` + secretText + `"}`)},
		"batch":              model.Batch{Page: "100", Events: []model.Change{{Object: []byte(`"` + secretText + `"`)}}},
		"entry of a webhook": model.PageEntry{Page: "100", Events: []model.Inbound{{Raw: []byte(secretText)}}},
		"event":              model.Inbound{Key: "mid:m1", Raw: []byte(secretText), Name: secretText, Event: model.Edit{Text: text}},
		"customer message": model.CustomerMessage{
			MID: "m1", Text: text, Attachments: []model.Attachment{attachment}, QuickReply: &text, Referral: &entry,
		},
		"record": model.Record{Title: text}, "candidate": model.Candidate{Record: model.Record{Title: text}, Found: text},
		"stage":    model.Stage{Name: text},
		"echo":     model.Echo{MID: "m1", Metadata: secretText, Text: text, Attachments: []model.Attachment{attachment}},
		"postback": model.Postback{MID: "m1", Title: text, Payload: text, Referral: &entry}, "referral": model.Referral{Entry: entry},
		"reacted": model.Reacted{Target: "m1", Emoji: text}, "edit": model.Edit{Target: "m1", Text: text},
		"feedback": model.Feedback{Target: "m1", Words: text}, "optin": model.Optin{Type: secretText, Ref: text},
		"happened": model.Happened{Notable: notable}, "policy": model.Policy{Action: secretText, Reason: text},
	}
}

// A struct that is logged shows no text, whatever the handler writes structs as.
func TestLogsHoldNoText(t *testing.T) {
	t.Parallel()
	for name, v := range withheld() {
		var b bytes.Buffer
		for _, h := range []slog.Handler{slog.NewJSONHandler(&b, nil), slog.NewTextHandler(&b, nil)} {
			log := slog.New(h)
			log.Info("logged", "value", v)
			log.With("value", v).WithGroup("in a group").Info("logged", slog.Group("deeper", "value", v))
		}
		out := b.String()
		if strings.Contains(out, secretText) || strings.Contains(out, "panicked") {
			t.Errorf("%s is logged as %s", name, out)
		}
	}
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("logged", "value", withheld()["message"])
	for _, want := range []string{`"id":"100_m"`, `"conversation":"100_7001"`, `"direction":"in"`, `"text_bytes":22`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the log lacks %s: %s", want, b.String())
		}
	}
}

// TestTypesWithTextAreLoggedWithoutIt: a type that holds text, itself or by another,
// says itself how it is logged.
func TestTypesWithTextAreLoggedWithoutIt(t *testing.T) {
	t.Parallel()
	structs, logged := declared(t)
	holds := map[string]bool{"Untrusted": true}
	for grown := true; grown; {
		grown = false
		for name, of := range structs {
			for _, other := range of {
				if holds[other] && !holds[name] {
					holds[name], grown = true, true
				}
			}
		}
	}
	for name := range holds {
		if ast.IsExported(name) && !logged[name] {
			t.Errorf("%s holds text and has no LogValue", name)
		}
	}
}

// declared returns the package's structs with the types that they name, and what has a
// LogValue, by itself or by what is embedded.
func declared(t *testing.T) (structs map[string][]string, logged map[string]bool) {
	t.Helper()
	structs, logged = map[string][]string{}, map[string]bool{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	embeds := map[string]string{}
	for _, entry := range files {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "LogValue" && n.Recv != nil {
					logged[named(n.Recv.List[0].Type)] = true
				}
			case *ast.TypeSpec:
				s, ok := n.Type.(*ast.StructType)
				if !ok {
					return true
				}
				for _, field := range s.Fields.List {
					if len(field.Names) > 0 && !field.Names[0].IsExported() {
						continue // written by no handler
					}
					structs[n.Name.Name] = append(structs[n.Name.Name], named(field.Type))
					if len(field.Names) == 0 {
						embeds[n.Name.Name] = named(field.Type)
					}
				}
			}
			return true
		})
	}
	for outer, inner := range embeds {
		logged[outer] = logged[outer] || logged[inner]
	}
	return structs, logged
}

// named returns the type that a pointer, a list or a map leads to.
func named(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return named(e.X)
	case *ast.ArrayType:
		return named(e.Elt)
	case *ast.MapType:
		return named(e.Value)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
