package privacy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/client/outbox"
	"parley/e2e/driver"
	"parley/e2e/livehub"
	"parley/hub/store"
	"parley/model"
	"parley/model/inbox"
)

// What customers write and users do inside Pages.

// maxSecretConversations bounds the customers of an installation.
const maxSecretConversations = 20

// active returns an installation that messages come to, or nil.
func (s *secretive) active() *secretPage {
	var of []*secretPage
	for _, id := range s.order {
		if !s.pages[id].gone {
			of = append(of, s.pages[id])
		}
	}
	if len(of) == 0 {
		return nil
	}
	return one(s, of)
}

// customer returns a conversation of an installation, or begins one.
func (s *secretive) customer(p *secretPage) *secretConversation {
	if n := len(p.conversations); n > 0 && (n >= maxSecretConversations || s.IntN(4) > 0) {
		return one(s, p.conversations)
	}
	s.words++
	psid := fmt.Sprintf("8877%014d", int64(s.words)*1000+s.Int64N(1000))
	c := &secretConversation{page: p, psid: model.PSID(psid)}
	c.id = model.NewConversationID(p.id, c.psid)
	s.ledger.plant(p.id, "a customer's id", psid)
	return c
}

// conversation returns some conversation of anybody's, or nil.
func (s *secretive) conversation() *secretConversation {
	if p := s.anyPage(); len(p.conversations) > 0 {
		return one(s, p.conversations)
	}
	return nil
}

// customerDoes has a customer, or Facebook, do something.
func (s *secretive) customerDoes() {
	if p := s.active(); p != nil {
		s.receives(p, s.customer(p))
	}
}

func (s *secretive) receives(p *secretPage, c *secretConversation) {
	e := s.event(p, c)
	s.Hub.Writes(p.id.Meta(), e)
	if e.Customer != "" && !slices.Contains(p.conversations, c) {
		p.conversations = append(p.conversations, c)
	}
	s.learns(c)
}

// event is something that Facebook tells of.
func (s *secretive) event(p *secretPage, c *secretConversation) model.Inbound {
	secret := func(what string) model.Untrusted { return model.Untrusted("here " + s.word(p, what) + " it is 東京") }
	mid := model.MID("m_" + s.word(p, "Meta's id of a message"))
	target := mid
	if len(c.mids) > 0 {
		target = one(s, c.mids)
	}
	e := model.Inbound{Raw: []byte("{}"), Customer: c.psid, At: time.Now(), Name: "message"}
	s.words++
	e.Key = fmt.Sprintf("sha:%d", s.words)
	begin := len(p.conversations) == 0 || !slices.Contains(p.conversations, c)
	switch kind := s.IntN(14); {
	case begin || kind < 5:
		e.Event, e.Key = s.message(secret, mid, target), "mid:"+string(mid)
		c.mids = append(c.mids, mid)
	case kind == 5:
		e.Event, e.Key = model.Echo{MID: mid, Text: secret("an echo")}, "mid:"+string(mid)
	case kind == 6:
		e.Event = model.Postback{Title: secret("a button"), Payload: secret("a button's payload")}
	case kind == 7:
		e.Event = model.Referral{Entry: model.Entry{Source: model.SourceAds, Ref: secret("a ref"), AdID: "ad " + s.word(p, "an ad's id"), Title: secret("an ad's title")}}
	case kind == 8:
		e.Event = model.Reacted{Target: target, By: model.ByCustomer, Kind: "other", Emoji: secret("a reaction")}
	case kind == 9:
		e.Event = model.Edit{Target: target, Text: secret("an edit"), Number: s.words}
	case kind == 10:
		e.Event = model.Feedback{Target: target, Words: secret("feedback")}
	case kind == 11:
		e.Event = model.Happened{Notable: model.Notable{Kind: model.EventOrder, Payload: secret("an order")}}
	case kind == 12:
		e.Event = model.Unsend{Target: target}
	default:
		e.Customer, e.Name = "", "policy_enforcement"
		e.Event = model.Policy{Action: "warning", Reason: secret("Facebook's reason")}
		p.notices++
	}
	return e
}

func (s *secretive) message(secret func(string) model.Untrusted, mid, target model.MID) model.CustomerMessage {
	m := model.CustomerMessage{MID: mid, Text: secret("a message's text")}
	switch s.IntN(5) {
	case 0:
		m.Attachments = []model.Attachment{{
			ID: "1", Type: "file", Title: secret("an attachment's title"),
			URL: "https://cdn.example/" + secret("a file's name") + ".jpg",
		}}
	case 1:
		payload := secret("a quick reply's payload")
		m.QuickReply = &payload
	case 2:
		m.Referral = &model.Entry{Source: model.SourceShortlink, Ref: secret("an m.me ref")}
	case 3:
		m.ReplyTo = target
	}
	return m
}

// learns makes the ids of what a conversation holds secrets.
func (s *secretive) learns(c *secretConversation) {
	s.Must(s.Store.Read(s.Context(), func(r store.Reader) error {
		const newest = 4
		ms, _, err := r.Messages(c.id, "", newest, store.Viewer{})
		if err != nil {
			return err
		}
		for _, m := range ms {
			if !slices.Contains(c.messages, m.ID) {
				c.messages = append(c.messages, m.ID)
			}
			_, uuid, _ := strings.Cut(string(m.ID), "_")
			s.ledger.plant(c.page.id, "a message's id", uuid)
		}
		ns, _, err := r.Notices([]model.PageID{c.page.id}, "", 1)
		for _, n := range ns {
			if id := n.ID[strings.LastIndexByte(n.ID, '_')+1:]; len(id) >= shortest {
				s.ledger.plant(c.page.id, "a notice's id", id)
			}
		}
		return err
	}))
}

// expects judges an answer about what a Page holds: to who does not see it, as if it did
// not exist, to the byte.
func (s *secretive) expects(i *insider, p *secretPage, what string, a answered) bool {
	switch sees := s.sees(i, p.id); {
	case a.status == 0: // said already
	case i.out:
		if a.status != http.StatusUnauthorized {
			s.ledger.wrong("%s: %s, whose token was revoked, got %d %s", what, i.Name, a.status, a.body)
		}
	case !sees:
		s.refused++
		if a.status != http.StatusNotFound || !bytes.Equal(a.body, s.missing.body) || !sameHeader(a.header, s.missing.header) {
			s.ledger.wrong("%s: %s, who does not see %s, got %d %s %v, not what is got for nothing", what, i.Name, p.id, a.status, a.body, a.header)
		}
	case a.status == http.StatusNotFound, a.status == http.StatusForbidden, a.status == http.StatusUnauthorized, a.status >= http.StatusInternalServerError:
		s.ledger.wrong("%s: %s, who sees %s, got %d %s", what, i.Name, p.id, a.status, a.body)
	default:
		return a.status < http.StatusBadRequest
	}
	return false
}

func sameHeader(a, b http.Header) bool {
	for name := range a {
		if name != "Date" && !slices.Equal(a[name], b[name]) {
			return false
		}
	}
	return len(a) == len(b)
}

// into has somebody ask about a conversation, and judges the answer.
func (s *secretive) into(method string, body any, more ...string) bool {
	i, c := s.anyone(), s.conversation()
	if c == nil {
		return false
	}
	return s.asksInto(i, c, method, body, more...)
}

func (s *secretive) asksInto(i *insider, c *secretConversation, method string, body any, more ...string) bool {
	path := driver.ConversationPath(string(c.id), more...)
	return s.expects(i, c.page, method+" "+path, i.asks(method, path, body))
}

// writes has somebody reply, or note something.
func (s *secretive) writes(note bool) {
	i, c := s.anyone(), s.conversation()
	if c == nil {
		return
	}
	body := s.draft(i, c, note)
	ok := s.asksInto(i, c, http.MethodPost, body, "messages")
	if ok {
		s.learns(c)
	}
}

func (s *secretive) draft(i *insider, c *secretConversation, note bool) map[string]any {
	id := outbox.NewClientID()
	text := "answer "
	if s.sees(i, c.page.id) {
		what := "a reply"
		if note {
			what = "a note"
		} else if s.IntN(4) == 0 {
			text = livehub.LiveRefused + " "
		}
		text += s.word(c.page, what)
		s.ledger.plant(c.page.id, "a reply's client id", string(id))
	}
	body := map[string]any{"client_id": id, "text": text}
	if note {
		body["note"] = true
	}
	if len(c.messages) > 0 && s.IntN(6) == 0 {
		body["reply_to"] = one(s, c.messages)
	}
	return body
}

func (s *secretive) marksRead() {
	if c := s.conversation(); c != nil && len(c.messages) > 0 {
		i, m := s.anyone(), one(s, c.messages)
		path := driver.ConversationPath(string(c.id), "read")
		a := i.asks(http.MethodPost, path, map[string]any{"up_to": m})
		if a.status != http.StatusNotFound || !s.sees(i, c.page.id) { // a message may have been folded into another
			s.expects(i, c.page, path, a)
		}
	}
}

func (s *secretive) marksUnread() { s.into(http.MethodPost, nil, "unread") }

func (s *secretive) triages() {
	i, c := s.anyone(), s.conversation()
	if c == nil {
		return
	}
	var body map[string]any
	switch s.IntN(4) {
	case 0:
		label := "label"
		if s.sees(i, c.page.id) {
			label = s.word(c.page, "a label")
		}
		body = map[string]any{"labels": []string{label}}
	case 1:
		body = map[string]any{"assignee": s.anyone().ID}
	case 2:
		body = map[string]any{"pinned": s.IntN(2) == 0}
	default:
		body = map[string]any{"status": one(s, []string{"open", "done"})}
	}
	s.asksInto(i, c, http.MethodPatch, body)
}

func (s *secretive) resends() {
	i, c := s.anyone(), s.conversation()
	if c == nil || len(c.messages) == 0 {
		return
	}
	m, what := one(s, c.messages), one(s, []string{"retry", "drop"})
	path := driver.ConversationPath(string(c.id), "messages", string(m), what)
	a := i.asks(http.MethodPost, path, map[string]any{"attempt": 1 + s.IntN(2)})
	if a.status != http.StatusNotFound || !s.sees(i, c.page.id) { // it may be no reply at all
		s.expects(i, c.page, path, a)
	}
}

// deletes has somebody delete a conversation for good; only its Page's installer may.
func (s *secretive) deletes() {
	i, c := s.anyone(), s.conversation()
	if c == nil {
		return
	}
	if by := s.installerOf(c.page); by != nil && s.IntN(2) == 0 {
		i = by
	}
	path := driver.ConversationPath(string(c.id))
	a := i.asks(http.MethodDelete, path, nil)
	switch {
	case i.out || !s.sees(i, c.page.id):
		s.expects(i, c.page, path, a)
	case c.page.installer != i.ID:
		if a.status != http.StatusForbidden {
			s.ledger.wrong("%s deletes %s and got %d %s", i.Name, c.id, a.status, a.body)
		}
	case a.status != http.StatusNoContent:
		s.ledger.wrong("%s, whose it is, deletes %s and got %d %s", i.Name, c.id, a.status, a.body)
	default:
		c.page.conversations = slices.DeleteFunc(c.page.conversations, func(o *secretConversation) bool { return o == c })
	}
}

func (s *secretive) opens() { s.into(http.MethodGet, nil) }

func (s *secretive) readsMessages() { s.into(http.MethodGet, nil, "messages") }

func (s *secretive) readsMessage() {
	if c := s.conversation(); c != nil && len(c.messages) > 0 {
		i, m := s.anyone(), one(s, c.messages)
		path := driver.ConversationPath(string(c.id), "messages", string(m))
		a := i.asks(http.MethodGet, path, nil)
		if a.status != http.StatusNotFound || !s.sees(i, c.page.id) {
			s.expects(i, c.page, path, a)
		}
	}
}

// ofPage is a query that names an installation, half of the time.
func (s *secretive) ofPage() (url.Values, *secretPage) {
	p := s.anyPage()
	if s.IntN(2) == 0 {
		return url.Values{}, nil
	}
	return url.Values{"page": {string(p.id)}}, p
}

// asksList has somebody read a list, and expects it to be of what they see alone.
func (s *secretive) asksList(path string, q url.Values, p *secretPage, into any) *insider {
	i := s.anyone()
	path += "?" + q.Encode()
	a := i.asks(http.MethodGet, path, nil)
	switch {
	case p != nil || i.out:
		if p == nil {
			p = s.pages[s.order[0]]
		}
		if !s.expects(i, p, path, a) {
			return nil
		}
	case a.status != http.StatusOK:
		s.ledger.wrong("%s: %s got %d %s", path, i.Name, a.status, a.body)
		return nil
	}
	s.Must(json.Unmarshal(a.body, into))
	return i
}

// within expects that a list tells where the Pages seen are, and no others.
func (s *secretive) within(i *insider, path string, p *secretPage, asOf model.AsOf) {
	for id := range s.pages {
		_, told := asOf[id]
		if want := s.sees(i, id) && (p == nil || p.id == id); told != want {
			s.ledger.wrong("%s: %s is told where %s is: %t, want %t", path, i.Name, id, told, want)
		}
	}
}

// held is how many conversations somebody sees.
func (s *secretive) held(i *insider, p *secretPage) (n int) {
	for id, of := range s.pages {
		if s.sees(i, id) && (p == nil || p.id == id) {
			n += len(of.conversations)
		}
	}
	return n
}

func (s *secretive) lists() {
	q, p := s.ofPage()
	q.Set("limit", one(s, []string{"5", "1000"}))
	var l struct {
		Conversations []model.Conversation `json:"conversations"`
		AsOf          model.AsOf           `json:"as_of"`
	}
	if i := s.asksList("/v1/conversations", q, p, &l); i != nil {
		s.within(i, "list", p, l.AsOf)
		if n := s.held(i, p); len(l.Conversations) != n && (len(l.Conversations) != 5 || n < 5) {
			s.ledger.wrong("%s lists %d conversations and sees %d", i.Name, len(l.Conversations), n)
		}
	}
}

func (s *secretive) counts() {
	q, p := s.ofPage()
	var l struct {
		Counts inbox.Counts `json:"counts"`
		AsOf   model.AsOf   `json:"as_of"`
	}
	if i := s.asksList("/v1/counts", q, p, &l); i != nil {
		s.within(i, "counts", p, l.AsOf)
		if n := s.held(i, p); l.Counts.All != n {
			s.ledger.wrong("%s counts %d conversations and sees %d", i.Name, l.Counts.All, n)
		}
	}
}

func (s *secretive) searches() {
	q, p := s.ofPage()
	of := s.anyPage()
	words := []string{"zk", "here", "東京", "Customer", "8877"}
	if len(of.conversations) > 0 {
		words = append(words, string(one(s, of.conversations).psid))
	}
	q.Set("search", one(s, words))
	q.Set("limit", "20")
	var l struct {
		Conversations []model.Conversation `json:"conversations"`
		AsOf          model.AsOf           `json:"as_of"`
	}
	if i := s.asksList("/v1/conversations", q, p, &l); i != nil {
		s.within(i, "search", p, l.AsOf)
	}
}

func (s *secretive) notices() {
	q, p := s.ofPage()
	var l struct {
		Notices []model.Notice `json:"notices"`
		AsOf    model.AsOf     `json:"as_of"`
	}
	q.Set("limit", "10")
	if i := s.asksList("/v1/notices", q, p, &l); i != nil {
		s.within(i, "notices", p, l.AsOf)
	}
}
