package privacy

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/e2e/driver"
	"parley/e2e/livehub"
	"parley/hub/accounts"
	"parley/model"
)

// What changes who sees what, and how they are connected.

// general has somebody ask what is about no Page, or about all.
func (s *secretive) general() {
	i := s.anyone()
	path := one(s, []string{"/v1/pages", "/v1/users", "/v1/me", "/v1/tokens", "/v1/audit", "/v1/stats", "/readyz", "/openapi.json"})
	a := i.asks(http.MethodGet, path, nil)
	open := !strings.HasPrefix(path, "/v1/")
	admins := path == "/v1/audit" || path == "/v1/stats"
	want := http.StatusOK
	switch {
	case i.out && !open:
		want = http.StatusUnauthorized
	case admins && !i.Admin:
		want = http.StatusForbidden
	}
	if a.status != want {
		s.ledger.wrong("%s: %s got %d %s, want %d", path, i.Name, a.status, a.body, want)
	}
	if path == "/v1/pages" && a.status == http.StatusOK {
		var l struct {
			Pages []model.Page `json:"pages"`
			AsOf  model.AsOf   `json:"as_of"`
		}
		s.Must(json.Unmarshal(a.body, &l))
		s.within(i, path, nil, l.AsOf)
		for _, p := range l.Pages {
			if p.Sees != s.sees(i, p.ID) || !p.Sees && p != p.Public() {
				s.ledger.wrong("%s is told of %s: %+v", i.Name, p.ID, p)
			}
		}
	}
}

// comesAndGoes has somebody take conversations, or none for now: everybody is told.
func (s *secretive) comesAndGoes() {
	if i := s.anyone(); !i.out {
		if a := i.asks(http.MethodPut, "/v1/me/availability", map[string]any{"available": s.IntN(2) == 0}); a.status != http.StatusOK {
			s.ledger.wrong("%s is available, and got %d %s", i.Name, a.status, a.body)
		}
	}
}

func pagePath(id model.PageID) string { return "/v1/pages/" + url.PathEscape(string(id)) }

// flips has somebody make a Page private or shared, if they may.
func (s *secretive) flips() {
	p := s.anyPage()
	i := s.anyone()
	if by := s.installerOf(p); by != nil && s.IntN(4) > 0 {
		i = by
	}
	s.flipsAs(i, p, s.IntN(3) == 0, func() {})
}

// installerOf returns who connected an installation, if they are still in.
func (s *secretive) installerOf(p *secretPage) *insider {
	for _, i := range s.insiders {
		if i.ID == p.installer && !i.out {
			return i
		}
	}
	return nil
}

// flipsAs flips a Page while other things happen.
func (s *secretive) flipsAs(i *insider, p *secretPage, shared bool, meanwhile func()) {
	v := model.Private
	if shared {
		v = model.Shared
	}
	want := http.StatusOK
	switch {
	case i.out:
		want = http.StatusUnauthorized
	case p.installer != i.ID:
		want = http.StatusForbidden
	case p.gone:
		want = http.StatusConflict
	}
	was := p.shared
	if want == http.StatusOK && shared { // frames may be quicker than the answer
		p.shared = true
		s.visible(p)
	}
	var beside sync.WaitGroup
	beside.Go(meanwhile)
	a := i.asksAmidst(http.MethodPatch, pagePath(p.id), map[string]any{"visibility": v})
	if want == http.StatusOK && !shared {
		// From here on nothing is sent any more; what happened beside was before or after.
		beside.Wait()
		p.shared = false
		s.visible(p)
	}
	beside.Wait()
	s.ledger.notes("%s (%s) flips %s, shared: %t: %d", i.Name, i.ID, p.id, shared, a.status)
	if a.status != want {
		s.ledger.wrong("%s flips %s (shared: %t) and got %d %s, want %d", i.Name, p.id, was, a.status, a.body, want)
	}
}

// flipsAmidst flips a Page while customers write, users reply and everybody reads.
func (s *secretive) flipsAmidst() {
	p := s.active()
	if p == nil || len(p.conversations) == 0 {
		return
	}
	by := s.installerOf(p)
	if by == nil {
		return
	}
	c := one(s, p.conversations)
	events := []model.Inbound{s.event(p, c), s.event(p, c), s.event(p, c)}
	draft := s.draft(by, c, true)
	readers := slices.Clone(s.insiders)
	s.flipsAs(by, p, !p.shared, func() {
		var all sync.WaitGroup
		for _, e := range events {
			all.Go(func() { s.Hub.Writes(p.id.Meta(), e) })
		}
		all.Go(func() { by.asksAmidst(http.MethodPost, driver.ConversationPath(string(c.id), "messages"), draft) })
		for _, i := range readers {
			all.Go(func() {
				i.asksAmidst(http.MethodGet, driver.ConversationPath(string(c.id), "messages"), nil)
				i.asksAmidst(http.MethodGet, "/v1/conversations?limit=5", nil)
			})
		}
		all.Wait()
	})
	s.learns(c)
}

func (s *secretive) uninstalls() {
	p, i := s.anyPage(), s.anyone()
	s.uninstallsAs(i, p)
}

func (s *secretive) uninstallsAs(i *insider, p *secretPage) {
	a := i.asks(http.MethodDelete, pagePath(p.id), nil)
	want := http.StatusOK
	switch {
	case i.out:
		want = http.StatusUnauthorized
	case !i.Admin:
		want = http.StatusForbidden
	default:
		p.gone = true
	}
	s.ledger.notes("%s (%s) uninstalls %s: %d", i.Name, i.ID, p.id, a.status)
	if a.status != want {
		s.ledger.wrong("%s uninstalls %s and got %d %s, want %d", i.Name, p.id, a.status, a.body, want)
	}
}

// connects has somebody connect a Page: their own again, a new one, or somebody else's.
func (s *secretive) connects() {
	i, meta := s.anyone(), one(s, []model.MetaPageID{"100", "200", "300"})
	var own *secretPage
	want, installed := http.StatusCreated, 0
	for _, id := range s.order {
		p := s.pages[id]
		if id.Meta() != meta {
			continue
		}
		installed++
		mine := p.installer == i.ID
		if mine {
			own = p
		}
		if !p.gone && mine {
			want = http.StatusOK
		} else if !p.gone {
			want = http.StatusForbidden
		}
	}
	if i.out {
		want = http.StatusUnauthorized
	} else if !i.Admin {
		want = http.StatusForbidden
	}
	body := map[string]any{"page": meta, "token": "t"}
	v := one(s, []string{"", "private", "private", "shared"})
	if v != "" {
		body["visibility"] = v
	}
	succeeds := want < http.StatusBadRequest
	if succeeds && own != nil && v == "shared" {
		own.shared = true
		s.visible(own)
	}
	a := i.asksAmidst(http.MethodPost, "/v1/pages", body)
	s.ledger.notes("%s (%s) connects %s %s: %d", i.Name, i.ID, meta, v, a.status)
	if a.status != want {
		s.ledger.wrong("%s connects %s and got %d %s, want %d", i.Name, meta, a.status, a.body, want)
	}
	if !succeeds || a.status != want {
		return
	}
	if own != nil {
		own.gone = false
		own.shared = v == "shared" || v == "" && own.shared
		s.visible(own)
		return
	}
	p := &secretPage{id: meta.Installation(installed + 1), installer: i.ID, shared: v == "shared"}
	var told model.Page
	s.Must(json.Unmarshal(a.body, &told))
	if told.ID != p.id {
		s.ledger.wrong("%s connected %s as %s, want %s", i.Name, meta, told.ID, p.id)
	}
	s.knows(p, s.everybody())
	for _, other := range s.insiders {
		if other.socket != nil && !s.sees(other, p.id) {
			other.socket.hides(p.id)
		}
	}
}

func (s *secretive) everybody() (all []model.User) {
	for _, i := range s.insiders {
		all = append(all, i.User)
	}
	return all
}

// founders are never signed out, and stay admins: so there is always somebody who can
// connect and uninstall.
func (s *secretive) newcomers() []*insider { return s.insiders[2:] }

// revokes has somebody's token revoked. All that is open by it is over, nothing comes any
// more, and after a while they are removed and somebody else comes.
func (s *secretive) revokes() {
	i := one(s, s.newcomers())
	if i.out {
		s.replaces(i)
		return
	}
	began := time.Now()
	var a answered
	if s.IntN(2) == 0 {
		a = i.asks(http.MethodPost, "/v1/logout", nil)
	} else {
		var l struct {
			Tokens []model.Token `json:"tokens"`
		}
		s.Must(json.Unmarshal(i.asks(http.MethodGet, "/v1/tokens", nil).body, &l))
		a = i.asks(http.MethodDelete, "/v1/tokens/"+string(l.Tokens[0].ID), nil)
	}
	if a.status != http.StatusNoContent {
		s.ledger.wrong("%s revokes their token and got %d %s", i.Name, a.status, a.body)
	}
	s.ledger.notes("the token of %s (%s) is revoked", i.Name, i.ID)
	i.revoked(began)
	i.out = true
	for _, id := range s.order {
		s.visible(s.pages[id])
	}
}

// replaces removes a user, and adds another.
func (s *secretive) replaces(i *insider) {
	for _, id := range s.order {
		if p := s.pages[id]; p.installer == i.ID && !p.gone {
			s.uninstallsAs(s.insiders[0], p)
		}
	}
	_, err := accounts.RemoveUser(s.Context(), s.Store, string(i.ID), time.Now())
	s.Must(err)
	i.leaves()
	s.insiders = slices.DeleteFunc(s.insiders, func(o *insider) bool { return o == i })
	s.joins()
}

// changesRole makes somebody an admin or a rep. Their socket is closed, as what they may
// do is another.
func (s *secretive) changesRole() {
	i := one(s, s.newcomers())
	if i.out {
		return
	}
	i.Admin = !i.Admin
	s.grants(i, i.Admin)
	s.ledger.notes("%s (%s) is an admin: %t", i.Name, i.ID, i.Admin)
	select {
	case <-i.socket.over:
	case <-time.After(5 * time.Second):
		s.ledger.wrong("%s's socket is open 5 s after they got another role", i.Name)
	}
	i.listen()
}

// disconnects cuts all of somebody's connections.
func (s *secretive) disconnects() {
	i := s.anyone()
	i.proxy.CutAll()
	i.http.CloseIdleConnections()
	<-i.socket.over
	if !i.out {
		i.listen()
	}
}

// resumes has somebody say hello again: from where they were, from the beginning, and
// about what they do not see.
func (s *secretive) resumes() {
	i := s.anyone()
	if i.out {
		return
	}
	resume := map[model.PageID]model.Position{}
	for id, at := range i.socket.positions() {
		switch s.IntN(3) {
		case 0:
			at.Seq, at.Proof = max(0, at.Seq-s.Int64N(50)), ""
			fallthrough
		case 1:
			resume[id] = at
		}
	}
	// Another's position, as if somebody had told it.
	for id, at := range s.anyone().socket.positions() {
		if _, own := resume[id]; !own && s.IntN(2) == 0 {
			at.Seq, at.Proof = max(0, at.Seq-s.Int64N(20)), ""
			resume[id] = at
		}
	}
	i.socket.says(model.Hello{Type: model.FrameHello, Resume: resume})
}

// types has somebody type, or look at, a conversation, perhaps one that they do not see.
func (s *secretive) types() {
	i, c := s.anyone(), s.conversation()
	if c == nil || i.out {
		return
	}
	i.socket.says(model.Ephemeral{
		Type: one(s, []model.FrameType{model.FrameTyping, model.FramePresence}), Page: c.page.id, Conversation: c.id, Active: true,
	})
}

// commands has somebody run a command.
func (s *secretive) commands() {
	i, c := s.anyone(), s.conversation()
	if i.out {
		return
	}
	all := [][]string{
		{"list"},
		{"list", "--json", "--limit", "5"},
		{"list", "--search", "zk"},
		{"page", "list"},
		{"page", "list", "--json"},
		{"notices"},
		{"notices", "--json"},
		{"whoami"},
		{"audit"},
		{"audit", "--json"},
		{"stats", "--json"},
		{"token", "list", "--json"},
	}
	if c != nil {
		all = append(all, []string{"show", string(c.id)}, []string{"show", string(c.id), "--json"},
			[]string{"reply", string(c.id), "by a command", "--wait", "0"})
	}
	i.runs(one(s, all)...)
	if c != nil {
		s.learns(c)
	}
}

// checkup waits until every real client holds what it may, and looks at what it holds.
func (s *secretive) checkup() {
	for _, i := range s.insiders {
		if i.out {
			continue
		}
		var l struct {
			AsOf model.AsOf `json:"as_of"`
		}
		livehub.EventuallyLive(s.TB, i.Name+"'s client holds what it may", 2*driver.Patience, func() bool {
			s.Must(json.Unmarshal(i.asks(http.MethodGet, "/v1/pages", nil).body, &l))
			return i.follower.state.Holds(l.AsOf)
		})
		raw, err := json.Marshal(i.follower.state.View())
		s.Must(err)
		s.ledger.strictly(i.ID, "what their client holds", raw, s.ledger.hiddenFrom(i.ID))
		i.follower.state.Clean(s.TB)
		select {
		case err := <-i.tail.ended:
			s.ledger.wrong("%s's tail ended with %v", i.Name, err)
		default:
		}
	}
}
