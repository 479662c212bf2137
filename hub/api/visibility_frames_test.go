package api_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

// streamCase is a Page in a state, with everybody listening.
type streamCase struct {
	*apitest.World
	place
	page model.PageID
	// who sees it listens in seers, who does not in others.
	seers, others map[string]*apitest.Listener
	accounts      map[string]apitest.Account
	installed     apitest.Account
	conversation  model.ConversationID
}

// kindRow says how a change of a kind is made. It answers false where it can't be.
type kindRow func(*streamCase) bool

// kindRows has a row for every kind of change of model/stream.go: who sees the Page is
// told, nobody else is.
func kindRows() map[model.ChangeKind]kindRow {
	return map[model.ChangeKind]kindRow{
		model.ChangeMessage: func(c *streamCase) bool {
			c.Reply(c.installed, c.page, apitest.Hanako, apitest.With(apitest.Text("a note"), "note", true))
			return true
		},
		model.ChangeConversation: func(c *streamCase) bool {
			c.Do(c.installed, http.MethodPatch, apitest.ConversationPath(c.page, apitest.Hanako), map[string]any{"labels": []string{string(apitest.NewClientID())[:30]}}).Want(http.StatusOK)
			return true
		},
		model.ChangePage: func(c *streamCase) bool {
			if c.gone {
				return false
			}
			c.Deliver(apitest.FlippedMeta, "messaging", apitest.Policy(apitest.FlippedMeta, "block", "spam", time.Now()), apitest.Policy(apitest.FlippedMeta, "unblock", "", time.Now().Add(time.Millisecond)))
			return true
		},
		model.ChangeNotice: func(c *streamCase) bool {
			if c.gone {
				return false
			}
			c.Deliver(apitest.FlippedMeta, "messaging", apitest.Policy(apitest.FlippedMeta, "warning", "spam", time.Now()))
			return true
		},
		// The answer to a reply names a message that its echo had made a row of its own.
		model.ChangeRemoved: func(c *streamCase) bool {
			if c.gone {
				return false
			}
			c.Graph.Set(func(g *apitest.Graph) {
				g.OnSend = func(model.Outgoing) model.Outcome {
					mid := "m_folded_" + string(apitest.NewClientID())
					c.Deliver(apitest.FlippedMeta, "messaging", apitest.Echo(apitest.FlippedMeta, apitest.Hanako, mid, "another's", time.Now()))
					return model.Outcome{Kind: model.OutcomeAccepted, MID: model.MID(mid)}
				}
			})
			c.Reply(c.installed, c.page, apitest.Hanako, apitest.Text("a reply"))
			return true
		},
		// To who may see the record, here all; TestRecordsOnlyForWhoMaySeeThem has others.
		model.ChangeLink: func(c *streamCase) bool {
			deal := model.RecordRef{Type: model.Deal, ID: "42"}
			c.Must(c.Store.Accounts(c.Context(), func(tx store.AccountTx) error {
				return tx.SetPermissions(deal, []model.UserID{c.Ann.ID, c.Ben.ID, c.Cat.ID}, time.Now().Add(time.Hour))
			}))
			c.Must(c.Store.Write(c.Context(), c.page, func(tx store.PageTx) error {
				return tx.PutLink(store.Link{Conversation: c.conversation, Record: deal, By: c.installed.ID, At: time.Now()})
			}))
			c.Reply(c.installed, c.page, apitest.Hanako, apitest.With(apitest.Text("a note"), "note", true)) // the hub looks what is new
			return true
		},
	}
}

// frameRow says how a frame is brought about that names the Page to who sees it. It
// answers false where there is none.
type frameRow func(*streamCase) bool

// frameRows has a row for every frame of model/stream.go. What a client sends has one
// too: about a Page that its user does not see, it does nothing.
func frameRows() map[model.FrameType]frameRow {
	ephemeral := func(kind model.FrameType) frameRow {
		return func(c *streamCase) bool {
			frame := model.Ephemeral{Type: kind, Page: c.page, Conversation: c.conversation, Active: true}
			told := func() (n int) {
				for _, l := range c.seers {
					n += len(l.Of(kind))
				}
				return n
			}
			before := told()
			for _, l := range c.others {
				l.Send(frame)
				l.Hello(nil) // it was taken before this
			}
			for _, l := range c.seers {
				l.AwaitHeads()
			}
			if told() != before {
				c.Errorf("who does not see the Page tells %s frames about it", kind)
			}
			for _, l := range c.seers {
				l.Send(frame)
			}
			return len(c.seers) > 1 // a client is not told of itself
		}
	}
	return map[model.FrameType]frameRow{
		model.FrameHello: func(c *streamCase) bool {
			for name, l := range c.seers {
				l.Hello(apitest.Resume{c.page: c.Position(c.accounts[name], c.page)})
			}
			stolen := c.Position(c.installed, c.page)
			for _, l := range c.others {
				if _, named := l.Hello(apitest.Resume{c.page: stolen}).Pages[c.page]; named {
					c.Error("a hello that names a hidden Page is welcomed")
				}
			}
			return false // nobody is sent one
		},
		model.FrameWelcome: func(c *streamCase) bool {
			for _, l := range c.seers {
				l.Hello(nil)
			}
			for _, l := range c.others {
				l.Hello(nil)
			}
			return true
		},
		model.FrameBatch: func(c *streamCase) bool { return kindRows()[model.ChangeMessage](c) },
		model.FrameHeads: func(c *streamCase) bool { return true },
		// Who gains or loses sight is told so, and nobody else: TestAccessIsToldToWhomItIsAbout.
		model.FrameAccess: func(*streamCase) bool { return false },
		// Users are public: everybody is told of one, and of no Page with it.
		model.FrameUser: func(c *streamCase) bool {
			before := map[*apitest.Listener]int{}
			for _, l := range c.listeners() {
				before[l] = len(l.Of(model.FrameUser))
			}
			for _, available := range []bool{false, true} {
				c.Do(c.Ben, http.MethodPut, "/v1/me/availability", map[string]any{"available": available}).Want(http.StatusOK)
			}
			for l, n := range before {
				l.Until("told of a colleague", func() bool { return len(l.Of(model.FrameUser)) == n+2 })
			}
			return false
		},
		model.FrameTyping:   ephemeral(model.FrameTyping),
		model.FramePresence: ephemeral(model.FramePresence),
	}
}

// declared are the values of a type's constants in a file of package model.
func declared(t *testing.T, file, kind string) (values []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "model", file), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := spec.Type.(*ast.Ident); !ok || of.Name != kind {
			return true
		}
		for _, v := range spec.Values {
			value, err := strconv.Unquote(v.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
		}
		return true
	})
	if len(values) == 0 {
		t.Fatalf("%s declares no %s", file, kind)
	}
	return values
}

func TestEveryFrameHasItsRow(t *testing.T) {
	t.Parallel()
	frames, kinds := frameRows(), kindRows()
	for _, v := range declared(t, "stream.go", "FrameType") {
		if frames[model.FrameType(v)] == nil {
			t.Errorf("the frame %s has no row in the table of who is sent it", v)
		}
		delete(frames, model.FrameType(v))
	}
	for _, v := range declared(t, "stream.go", "ChangeKind") {
		row, known := kinds[model.ChangeKind(v)]
		if !known {
			t.Errorf("the kind of change %s has no row in the table of who is told", v)
		}
		if row == nil && known && made(t, v) {
			t.Errorf("changes of kind %s are made, and their row does not say how", v)
		}
		delete(kinds, model.ChangeKind(v))
	}
	if len(frames)+len(kinds) > 0 {
		t.Errorf("rows of what is not declared: %v %v", frames, kinds)
	}
}

// made tells whether the hub makes changes of a kind.
func made(t *testing.T, kind string) bool {
	t.Helper()
	name := "model.Change" + strings.ToUpper(kind[:1]) + kind[1:]
	files, err := filepath.Glob(filepath.Join("..", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the hub's files: %v %v", files, err)
	}
	return slices.ContainsFunc(files, func(f string) bool {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		return !strings.HasSuffix(f, "_test.go") && strings.Contains(string(b), name)
	})
}

// streamPlaces are the states that frames are looked at in, each brought about while
// everybody listens.
func streamPlaces() []change {
	uninstall := func(w *apitest.World) {
		w.Do(w.Ben, http.MethodDelete, "/v1/pages/"+string(apitest.Flipped), nil).Want(http.StatusOK)
	}
	flip := func(v model.Visibility) func(*apitest.World) {
		return func(w *apitest.World) { w.SetVisibility(w.Ann, apitest.Flipped, v) }
	}
	both := func(a, b func(*apitest.World)) func(*apitest.World) {
		return func(w *apitest.World) {
			a(w)
			b(w)
		}
	}
	private := place{page: apitest.Flipped, installer: apitest.Ann}
	shared, gone, goneShared := private, private, private
	shared.shared, gone.gone, goneShared.gone, goneShared.shared = true, true, true, true
	another := func(w *apitest.World) { w.Connect(w.Ben, apitest.FlippedMeta, model.Private) }
	return []change{
		{"shared", func(*apitest.World) {}, shared},
		{"private", flip(model.Private), private},
		{"private, shared again", both(flip(model.Private), flip(model.Shared)), shared},
		{"uninstalled, was private", both(flip(model.Private), uninstall), gone},
		{"uninstalled, was shared", uninstall, goneShared},
		{"connected by another, was private", both(both(flip(model.Private), uninstall), another), gone},
		{"connected by another, was shared", both(uninstall, another), goneShared},
		{"taken up again, private", both(both(flip(model.Private), uninstall), func(w *apitest.World) { w.Connect(w.Ann, apitest.FlippedMeta, "") }), private},
	}
}

// TestWhoIsSentWhat: every frame and every kind of change, in every state, comes to who
// sees the Page, and to nobody else.
func TestWhoIsSentWhat(t *testing.T) {
	t.Parallel()
	for _, state := range streamPlaces() {
		t.Run(state.name, func(t *testing.T) {
			t.Parallel()
			c := newStreamCase(t, state)
			for kind, row := range kindRows() {
				if row == nil {
					continue
				}
				c.isSent("a change of kind "+string(kind), row, func(f apitest.Frame) bool {
					return f.Kind == model.FrameBatch && slices.ContainsFunc(apitest.Decode[model.Batch](t, f).Events, func(e model.Change) bool { return e.Kind == kind })
				})
			}
			for kind, row := range frameRows() {
				c.isSent("a frame "+string(kind), row, func(f apitest.Frame) bool { return f.Kind == kind })
			}
		})
	}
}

func newStreamCase(t *testing.T, state change) *streamCase {
	w := apitest.NewWithFlipped(t)
	w.AddRevoked()
	for _, none := range []apitest.Account{w.Stranger, w.Revoked, {}} {
		_, resp, err := w.ListenWith("", http.Header{"Authorization": {"Bearer " + none.Token}})
		if err == nil || resp.StatusCode != http.StatusUnauthorized {
			t.Fatalf("the stream opens without a token: %v", err)
		}
		resp.Body.Close()
	}
	c := &streamCase{
		World: w, place: state.then, page: apitest.Flipped, seers: map[string]*apitest.Listener{}, others: map[string]*apitest.Listener{},
		installed: w.Ann, conversation: model.NewConversationID(apitest.Flipped, apitest.Hanako),
		accounts: map[string]apitest.Account{"installer": w.Ann, "other admin": w.Ben, "rep": w.Cat},
	}
	listening := map[string]*apitest.Listener{}
	for name, who := range c.accounts {
		listening[name] = w.Listen(who)
		listening[name].Hello(apitest.Resume{apitest.Flipped: w.Position(who, apitest.Flipped)})
	}
	state.do(w)
	for name, l := range listening {
		if state.then.shared || name == "installer" {
			c.seers[name] = l
			l.Hello(apitest.Resume{apitest.Flipped: w.Position(c.accounts[name], apitest.Flipped)}) // a client comes back by itself
		} else {
			c.others[name] = l
			l.Until("told that it is hidden", func() bool {
				return slices.ContainsFunc(apitest.Accesses(t, l.Frames()), func(a model.Access) bool { return a.Page == apitest.Flipped && !a.Sees })
			})
		}
	}
	return c
}

// isSent brings something about, and expects it with who sees the Page, and nothing of
// the Page at all with the others.
func (c *streamCase) isSent(what string, row func(*streamCase) bool, is func(apitest.Frame) bool) {
	c.Helper()
	before := map[*apitest.Listener]int{}
	for _, l := range c.listeners() {
		before[l] = len(l.Frames())
	}
	if row(c) {
		for name, l := range c.seers {
			l.Until(what+" comes to "+name, func() bool {
				return slices.ContainsFunc(l.Frames()[before[l]:], func(f apitest.Frame) bool { return is(f) && names(f, c.page) })
			})
		}
	}
	for name, l := range c.others {
		l.AwaitHeads() // what was on its way has come
		for _, f := range l.Frames()[before[l]:] {
			if names(f, c.page) {
				c.Errorf("%s: %s, who does not see the Page, is sent %.300s", what, name, f.Raw)
			}
		}
	}
}

func (c *streamCase) listeners() (all []*apitest.Listener) {
	for _, of := range []map[string]*apitest.Listener{c.seers, c.others} {
		for _, l := range of {
			all = append(all, l)
		}
	}
	return all
}

// names tells whether a frame is about an installation, or names anything of it.
func names(f apitest.Frame, id model.PageID) bool {
	var about struct {
		Page  model.PageID                     `json:"page"`
		Pages map[model.PageID]json.RawMessage `json:"pages"`
	}
	if json.Unmarshal(f.Raw, &about) != nil {
		return true
	}
	_, named := about.Pages[id]
	return named || about.Page == id || strings.Contains(string(f.Raw), string(id)+"_")
}

// TestAccessIsToldToWhomItIsAbout: a change of sight is told to who loses or gains it,
// and to nobody else, with no more than is public.
func TestAccessIsToldToWhomItIsAbout(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithFlipped(t)
	ann, ben, cat := w.Listen(w.Ann), w.Listen(w.Ben), w.Listen(w.Cat)
	for _, l := range []*apitest.Listener{ann, ben, cat} {
		l.Hello(nil)
	}
	var want []model.Access
	for _, v := range []model.Visibility{model.Private, model.Private, model.Shared, model.Private, model.Shared, model.Shared} {
		if last := len(want) - 1; last < 0 && v == model.Private || last >= 0 && want[last].Visibility != v {
			want = append(want, model.Access{Type: model.FrameAccess, Page: apitest.Flipped, Sees: v == model.Shared, Visibility: v})
		}
		w.SetVisibility(w.Ann, apitest.Flipped, v)
	}
	w.Do(w.Ben, http.MethodDelete, "/v1/pages/"+string(apitest.Flipped), nil).Want(http.StatusOK) // changes nobody's sight
	second := w.Connect(w.Ben, apitest.FlippedMeta, model.Private)
	for name, l := range map[string]*apitest.Listener{"rep": cat, "other admin": ben} {
		wanted := want
		if name == "other admin" {
			wanted = append(slices.Clone(want), model.Access{Type: model.FrameAccess, Page: second.ID, Sees: true, Visibility: model.Private})
		}
		l.Until("told of every change", func() bool { return len(apitest.Accesses(t, l.Frames())) >= len(wanted) })
		l.AwaitHeads()
		if got := apitest.Accesses(t, l.Frames()); !slices.Equal(got, wanted) {
			t.Errorf("%s was told %+v, want %+v", name, got, wanted)
		}
	}
	ann.AwaitHeads()
	if got := apitest.Accesses(t, ann.Frames()); len(got) != 0 {
		t.Errorf("the installer was told %+v", got)
	}
}
