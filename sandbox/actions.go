package sandbox

import (
	"net/http"
	"time"

	"parley/sandbox/web"
)

// acted is something that a customer was shown besides messages: typing, seen, a reaction.
type acted struct {
	PSID   string `json:"psid"`
	Action string `json:"action"`
	// MID is the message that was reacted to, Reaction the emoji.
	MID      string `json:"mid,omitempty"`
	Reaction string `json:"reaction,omitempty"`
	At       string `json:"at"`
}

// senderAction shows typing, seen or a reaction to the customer. mu held.
func (s *Sandbox) senderAction(r *sendRequest, to *customer) (any, error) {
	a := acted{PSID: to.psid, Action: r.action, At: time.UnixMilli(s.nowMS()).UTC().Format("2006-01-02T15:04:05.000Z07:00")}
	if r.action == "react" || r.action == "unreact" {
		m := s.world.messages[r.payload.MessageID]
		if m == nil || m.owner != to {
			return nil, badParam("Invalid parameter: payload[message_id] is not a message of this conversation")
		}
		if r.action == "react" && r.payload.Reaction == "" {
			return nil, badParam("The parameter payload[reaction] is required")
		}
		m.reaction = ""
		if r.action == "react" {
			m.reaction = r.payload.Reaction
		}
		a.MID, a.Reaction = m.mid, m.reaction
	}
	s.world.acted = append(s.world.acted, a)
	return sendAnswer{RecipientID: to.psid}, nil
}

// controlActions answers GET /control/actions.
func (s *Sandbox) controlActions(w http.ResponseWriter, r *http.Request) {
	psid := r.URL.Query().Get("psid")
	list := []acted{}
	s.mu.Lock()
	for _, a := range s.world.acted {
		if psid == "" || a.PSID == psid {
			list = append(list, a)
		}
	}
	s.mu.Unlock()
	web.JSON(w, http.StatusOK, map[string]any{"actions": list})
}
