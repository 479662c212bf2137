package socket_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/model"
)

// TestRecordedSession plays a day of one Page to two clients over real HTTP and compares
// every byte that they are sent with testdata/session.golden: the wire is a promise to
// programs that are not ours. Times are told as what has passed since the beginning, what
// chance decides (ids, epochs, proofs) by its number in order of appearance.
//
// What it records does not depend on how fast the machine is: time passes only between
// steps, a change is stored once every client was sent the one before, and each step waits
// for the frames that it names.
func TestRecordedSession(t *testing.T) {
	t.Parallel()
	s := newRecording(t)
	s.begins()
	s.customersWrite()
	s.replies()
	s.triage()
	s.happens()
	s.resumes()
	s.hides()
	s.ends()
	golden(t, filepath.Join("testdata", "session.golden"), s.said.Bytes())
}

// fixed is a client id that is the same in each recording.
func fixed(n int) model.ClientID {
	return model.ClientID(fmt.Sprintf("00000000-0000-7000-8000-%012d", n))
}

func (s *recording) begins() {
	s.step("two users connect to a hub without a Page", 0)
	ann, cat := s.joins(s.Ann), s.joins(s.Cat)
	s.hello(ann, nil)
	s.hello(cat, nil)
	s.step("one of them connects a Page, to be shared", time.Minute)
	s.asks(s.Ann, http.MethodPost, "/v1/pages", map[string]any{"page": apitest.MetaPage, "token": apitest.UserToken, "visibility": model.Shared})
	s.all(1)
	s.follows(ann)
	s.follows(cat)
}

func (s *recording) customersWrite() {
	s.step("a customer writes, whose name is then asked for", time.Minute)
	s.comes(apitest.Message(apitest.MetaPage, apitest.Hanako, "m_in_1", "見積もりをお願いできますか？ <b>&", s.clock.now()))
	s.all(2)
	s.step("another comes from an ad and sends a picture", time.Minute)
	s.Graph.Set(func(g *apitest.Graph) { g.Customer = model.Customer{Name: "Ken", Locale: "en_US"} })
	e := apitest.Message(apitest.MetaPage, apitest.Ken, "m_in_2", "This one?", s.clock.now())
	e["message"] = apitest.With(e["message"].(map[string]any), "referral", map[string]any{
		"ref": "spring", "ad_id": "6", "source": "ADS", "type": "OPEN_THREAD", "ads_context_data": map[string]any{"ad_title": "Desks", "post_id": "1"},
	})
	apitest.With(e["message"].(map[string]any), "attachments", []any{
		map[string]any{"type": "image", "payload": map[string]any{"url": "https://scontent.xx.fbcdn.net/v/desk.jpg"}},
	})
	s.comes(e)
	s.all(2)
	s.step("the same webhook comes again", time.Minute)
	s.comes(e)
	s.all(0)
}

func (s *recording) replies() {
	ann, cat := s.clients[0], s.clients[1]
	to := apitest.ConversationPath(apitest.Page, apitest.Hanako)
	in1 := s.Messages(s.Ann, apitest.Page, apitest.Hanako)[0].ID
	id := model.NewConversationID(apitest.Page, apitest.Hanako)
	s.step("a user looks at the conversation and types", time.Minute)
	for _, kind := range []model.FrameType{model.FramePresence, model.FrameTyping} {
		s.tells(cat, model.Ephemeral{Type: kind, Page: apitest.Page, Conversation: id, Active: true})
		s.frames(map[*recorded]int{ann: 1})
	}
	s.step("and answers", time.Minute)
	s.asks(s.Cat, http.MethodPost, to+"/messages", map[string]any{"client_id": fixed(1), "text": "はい、承ります。", "reply_to": in1})
	s.all(3)
	s.step("the same reply comes again", time.Minute)
	s.asks(s.Cat, http.MethodPost, to+"/messages", map[string]any{"client_id": fixed(1), "text": "はい、承ります。", "reply_to": in1})
	s.all(0)
	s.step("Meta echoes it, delivers it, and the customer reads it", time.Minute)
	s.comes(apitest.With(apitest.Echo(apitest.MetaPage, apitest.Hanako, "m_out_1", "はい、承ります。", s.clock.now()), "message", map[string]any{
		"mid": "m_out_1", "text": "はい、承ります。", "is_echo": true, "app_id": 555,
	}))
	s.all(1)
	at := s.clock.now().UnixMilli()
	s.comes(map[string]any{"sender": apitest.Party(apitest.Hanako), "recipient": apitest.Party(apitest.MetaPage), "timestamp": at, "delivery": map[string]any{"mids": []string{"m_out_1"}, "watermark": at}})
	s.all(1)
	s.comes(map[string]any{"sender": apitest.Party(apitest.Hanako), "recipient": apitest.Party(apitest.MetaPage), "timestamp": at, "read": map[string]any{"watermark": at}})
	s.all(1)
	s.step("Meta refuses one", time.Minute)
	s.RefuseReplies()
	s.asks(s.Ann, http.MethodPost, to+"/messages", map[string]any{"client_id": fixed(2), "text": "one that is refused"})
	s.all(3)
	s.step("nobody knows what became of one", time.Minute)
	s.Graph.Set(func(g *apitest.Graph) { g.OnSend = func(model.Outgoing) model.Outcome { return model.Outcome{} } })
	var asks model.Message
	s.asks(s.Ann, http.MethodPost, to+"/messages", map[string]any{"client_id": fixed(3), "text": "did it arrive?"}).Into(&asks)
	s.all(3)
	s.step("its writer is asked", time.Minute)
	s.all(1)
	s.step("a reply after it waits", time.Minute)
	var dropped model.Message
	s.asks(s.Ann, http.MethodPost, to+"/messages", map[string]any{"client_id": fixed(4), "text": "one after it"}).Into(&dropped)
	s.all(1)
	s.asks(s.Ann, http.MethodPost, apitest.MessagePath(dropped)+"/drop", map[string]any{"attempt": 0})
	s.all(1)
	s.step("the one before is sent again, and arrives", time.Minute)
	s.Graph.Set(func(g *apitest.Graph) { g.OnSend = nil })
	s.asks(s.Ann, http.MethodPost, apitest.MessagePath(asks)+"/retry", map[string]any{"attempt": 7})
	s.asks(s.Ann, http.MethodPost, apitest.MessagePath(asks)+"/retry", map[string]any{"attempt": 1})
	s.all(3)
	s.step("a note", time.Minute)
	s.asks(s.Cat, http.MethodPost, to+"/messages", map[string]any{"client_id": fixed(5), "text": "ask Ken for the price", "note": true})
	s.all(1)
	s.step("a reply to nobody, a reply without text, and one written before another was seen", time.Minute)
	s.asks(s.Cat, http.MethodPost, apitest.ConversationPath(apitest.Page, "7009")+"/messages", apitest.Text("x"))
	s.asks(s.Cat, http.MethodPost, to+"/messages", map[string]any{"client_id": fixed(6), "text": " "})
	s.asks(s.Cat, http.MethodPost, to+"/messages", map[string]any{"client_id": fixed(7), "text": "late", "seen_seq": 3})
	s.all(0)
}

func (s *recording) triage() {
	to := apitest.ConversationPath(apitest.Page, apitest.Hanako)
	s.step("reading and triage", time.Minute)
	ms := s.Messages(s.Ann, apitest.Page, apitest.Hanako)
	s.asks(s.Cat, http.MethodPost, to+"/read", map[string]any{"up_to": ms[0].ID})
	s.all(1)
	s.asks(s.Cat, http.MethodPost, to+"/unread", nil)
	s.all(1)
	for _, change := range []map[string]any{
		{"status": "snoozed", "snoozed_until": s.clock.now().Add(time.Hour)},
		{"status": "open"},
		{"assignee": s.Ben.ID, "labels": []string{"vip", "返品"}, "pinned": true},
		{"assignee": nil, "status": "done"},
	} {
		s.asks(s.Ann, http.MethodPatch, to, change)
		s.all(1)
	}
	s.asks(s.Cat, http.MethodPatch, to, map[string]any{"status": "snoozed"})
	s.all(0)
	s.step("a user is away", time.Minute)
	s.asks(s.Cat, http.MethodPut, "/v1/me/availability", map[string]any{"available": false})
	s.all(1)
}

// event is one of the customer's, with what it is about.
func (s *recording) event(kind string, about map[string]any) map[string]any {
	return map[string]any{"sender": apitest.Party(apitest.Hanako), "recipient": apitest.Party(apitest.MetaPage), "timestamp": s.clock.now().UnixMilli(), kind: about}
}

func (s *recording) happens() {
	to := apitest.ConversationPath(apitest.Page, apitest.Hanako)
	out := s.Messages(s.Ann, apitest.Page, apitest.Hanako)
	s.step("the customer edits, reacts, presses a button, takes a message back", time.Minute)
	s.comes(s.event("message_edit", map[string]any{"mid": "m_in_1", "text": "見積もりを三台分お願いします", "num_edit": 1}))
	s.all(1)
	s.comes(s.event("reaction", map[string]any{"mid": "m_out_1", "action": "react", "reaction": "love", "emoji": "❤"}))
	s.all(1)
	s.comes(s.event("postback", map[string]any{"mid": "m_in_3", "title": "Get started", "payload": "START"}))
	s.all(1)
	s.comes(s.event("message", map[string]any{"mid": "m_in_3", "is_deleted": true}))
	s.all(1)
	s.step("a user reacts", time.Minute)
	s.asks(s.Ann, http.MethodPost, to+"/reactions", map[string]any{"message": out[0].ID, "emoji": "👍"})
	s.all(2)
	s.step("the Page's own inbox answers, and a newer event of a kind that nobody knows", time.Minute)
	s.comes(apitest.Echo(apitest.MetaPage, apitest.Hanako, "m_out_9", "from the Page's inbox", s.clock.now()), s.event("seance", map[string]any{"x": 1}))
	s.all(1)
	s.step("another app takes the thread, and passes it to us", time.Minute)
	s.comes(s.event("take_thread_control", map[string]any{"previous_owner_app_id": "555", "new_owner_app_id": "123456"}))
	s.all(1)
	s.comes(s.event("pass_thread_control", map[string]any{"previous_owner_app_id": "123456", "new_owner_app_id": "555"}))
	s.all(1)
	s.step("Facebook warns, restricts and releases the Page", time.Minute)
	for i, action := range []string{"warning", "block", "unblock"} {
		s.clock.step(time.Duration(i+1) * time.Second)
		s.comes(apitest.Policy(apitest.MetaPage, action, "Spam", s.clock.now()))
		s.all(1)
	}
}

func (s *recording) resumes() {
	cat := s.clients[1]
	at := s.Proven(s.Cat, apitest.Page)
	s.step("a client is gone while two customers write, and resumes", time.Minute)
	s.leaves(cat)
	s.comes(apitest.Message(apitest.MetaPage, apitest.Hanako, "m_in_4", "まだですか", s.clock.now()))
	s.all(1)
	s.comes(apitest.Message(apitest.MetaPage, apitest.Ken, "m_in_5", "Hello?", s.clock.now()))
	s.all(1)
	cat = s.joins(s.Cat)
	s.hello(cat, apitest.Resume{apitest.Page: at})
	s.frames(map[*recorded]int{cat: 1})
	s.gate.follow(cat.Listener, s.Head(apitest.Page))
	s.step("it asks from elsewhere: beyond the end, of another epoch, with another proof, of a Page that there is not", time.Minute)
	s.gate.leave(cat.Listener)
	s.hello(cat, apitest.Resume{apitest.Page: {Epoch: at.Epoch, Seq: at.Seq + 100000}})
	s.hello(cat, apitest.Resume{apitest.Page: {Epoch: "0123456789abcdef", Seq: at.Seq}})
	s.hello(cat, apitest.Resume{apitest.Page: {Epoch: at.Epoch, Seq: at.Seq, Proof: "another"}, "999": {Epoch: "x", Seq: 1}})
	s.follows(cat)
	s.heads()
}

func (s *recording) hides() {
	ann, cat := s.clients[0], s.clients[1]
	s.step("the Page is made private", time.Minute)
	s.gate.leave(cat.Listener)
	s.asks(s.Cat, http.MethodPatch, "/v1/pages/100", map[string]any{"visibility": model.Private})
	s.asks(s.Ann, http.MethodPatch, "/v1/pages/100", map[string]any{"visibility": model.Private})
	s.frames(map[*recorded]int{ann: 1, cat: 1})
	s.step("a customer writes, of which the other is told nothing", time.Minute)
	s.comes(apitest.Message(apitest.MetaPage, apitest.Hanako, "m_in_6", "秘密", s.clock.now()))
	s.frames(map[*recorded]int{ann: 1})
	s.heads()
	s.asks(s.Cat, http.MethodGet, apitest.ConversationPath(apitest.Page, apitest.Hanako), nil)
	s.asks(s.Cat, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/messages", map[string]any{"client_id": fixed(8), "text": "hidden"})
	s.hello(cat, apitest.Resume{apitest.Page: s.Proven(s.Ann, apitest.Page)})
	s.step("and shared again", time.Minute)
	s.asks(s.Ann, http.MethodPatch, "/v1/pages/100", map[string]any{"visibility": model.Shared})
	s.frames(map[*recorded]int{ann: 1, cat: 1})
	s.follows(cat)
}

func (s *recording) ends() {
	cat := s.clients[1]
	s.step("a conversation is deleted", time.Minute)
	s.asks(s.Cat, http.MethodDelete, apitest.ConversationPath(apitest.Page, apitest.Ken), nil)
	s.asks(s.Ann, http.MethodDelete, apitest.ConversationPath(apitest.Page, apitest.Ken), nil)
	s.all(1)
	s.step("the lists, as they are in the end", time.Minute)
	for _, path := range []string{"/v1/conversations", apitest.ConversationPath(apitest.Page, apitest.Hanako) + "/messages?limit=5", "/v1/counts", "/v1/notices", "/v1/pages"} {
		s.asks(s.Cat, http.MethodGet, path, nil)
	}
	s.step("the Page is uninstalled", time.Minute)
	s.asks(s.Ben, http.MethodDelete, "/v1/pages/100", nil)
	s.all(1)
	s.heads()
	s.step("a user signs out", time.Minute)
	s.asks(s.Cat, http.MethodPost, "/v1/logout", nil)
	fmt.Fprintf(&s.said, "Cat is cut off: %v\n", cat.AwaitClosed(apitest.Timeout))
}
