package sandbox

import (
	"net/http"
	"time"

	"parley/sandbox/web"
)

// delivered is one message that a customer really got. There is one for each
// time Meta acted, so that a message sent twice stands here twice.
type delivered struct {
	PSID     string `json:"psid"`
	MID      string `json:"mid"`
	Text     string `json:"text"`
	Metadata string `json:"metadata"`
	At       string `json:"at"`
	ReplyTo  string `json:"reply_to"`
	// Attachments are present only when there are any.
	Attachments []attachment `json:"attachments,omitempty"`
}

// deliver notes that the customer got the message. mu held.
func (s *Sandbox) deliver(m *message) {
	s.world.delivered = append(s.world.delivered, delivered{
		PSID: m.owner.psid, MID: m.mid, Text: m.text, Metadata: m.metadata,
		At:          time.UnixMilli(m.at).UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		ReplyTo:     m.replyTo,
		Attachments: m.attachments,
	})
}

// controlDelivered answers GET /control/delivered.
func (s *Sandbox) controlDelivered(w http.ResponseWriter, r *http.Request) {
	psid := r.URL.Query().Get("psid")
	list, texts := []delivered{}, map[string][]string{}
	s.mu.Lock()
	for _, d := range s.world.delivered {
		if psid != "" && d.PSID != psid {
			continue
		}
		list = append(list, d)
		text := d.Text
		if text == "" && len(d.Attachments) > 0 {
			text = "[" + d.Attachments[0].Type + "]"
		}
		texts[d.PSID] = append(texts[d.PSID], text)
	}
	s.mu.Unlock()
	web.JSON(w, http.StatusOK, map[string]any{"delivered": list, "customers": texts})
}
