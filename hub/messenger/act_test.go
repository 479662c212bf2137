package messenger_test

import (
	"net/http"
	"testing"

	"parley/model"
)

func TestSenderActionsOnTheWire(t *testing.T) {
	t.Parallel()
	g := says(t, http.StatusOK, `{"recipient_id":"7001002003004005"}`)
	c := g.client(t)
	for kind, body := range map[model.ActionKind]string{
		model.TypingOn: `{"recipient":{"id":"7001002003004005"},"sender_action":"typing_on"}`,
		model.MarkSeen: `{"recipient":{"id":"7001002003004005"},"sender_action":"mark_seen"}`,
		model.React:    `{"recipient":{"id":"7001002003004005"},"sender_action":"react","payload":{"message_id":"m_1","reaction":"👍"}}`,
		model.Unreact:  `{"recipient":{"id":"7001002003004005"},"sender_action":"unreact","payload":{"message_id":"m_1"}}`,
	} {
		a := model.SenderAction{Page: page, Token: token, To: customer, Kind: kind, Target: "m_1", Emoji: "👍"}
		if o := c.Act(t.Context(), a); o.Kind != model.OutcomeAccepted {
			t.Errorf("%s: %+v", kind, o)
		}
		asked := g.asked()
		last := asked[len(asked)-1]
		checkWire(t, last, token)
		if last.body != body || last.path != "/v27.0/"+page+"/messages" || last.method != http.MethodPost {
			t.Errorf("%s: %s %s %s", kind, last.method, last.path, last.body)
		}
	}
}

func TestOutcomesOfSenderActions(t *testing.T) {
	t.Parallel()
	a := model.SenderAction{Page: page, Token: token, To: customer, Kind: model.React, Target: "m_1", Emoji: "👍"}
	for name, tt := range map[string]struct {
		status int
		body   string
		want   model.OutcomeKind
		code   model.Code
	}{
		"window":     {400, graphBody(10, 2018278, ""), model.OutcomeRefused, model.WindowClosed},
		"limit":      {400, graphBody(80006, 0, ""), model.OutcomeRateLimited, ""},
		"temporary":  {500, graphBody(2, 0, ""), model.OutcomeUncertain, ""},
		"unreadable": {502, "<html>", model.OutcomeUncertain, ""},
		"empty":      {200, "", model.OutcomeAccepted, ""},
	} {
		g := says(t, tt.status, tt.body)
		if o := g.client(t).Act(t.Context(), a); o.Kind != tt.want || o.Code != tt.code {
			t.Errorf("%s: %+v", name, o)
		}
	}
	g := says(t, http.StatusOK, "{}")
	g.Close()
	if o := g.client(t).Act(t.Context(), a); o.Kind != model.OutcomeUncertain {
		t.Errorf("nobody answers: %+v", o)
	}
	a.Token = ""
	if o := g.client(t).Act(t.Context(), a); o.Code != model.PageDisconnected {
		t.Errorf("without a token: %+v", o)
	}
}
