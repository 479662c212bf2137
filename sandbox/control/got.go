package control

import (
	"net/http"

	"parley/sandbox/web"
	"parley/sandbox/world"
)

// listConversations returns the Page's whole inbox, including what the Graph API would not show.
func (c *Control) listConversations(w http.ResponseWriter, _ *http.Request) {
	type thread struct {
		PSID     string   `json:"psid"`
		ID       string   `json:"id"`
		Messages []string `json:"messages"`
	}
	list := []thread{}
	c.world.Do(func(st *world.State) {
		for _, who := range st.Customers() {
			t := thread{PSID: who.PSID, ID: who.Thread, Messages: []string{}}
			for _, m := range who.Messages {
				t.Messages = append(t.Messages, m.MID)
			}
			list = append(list, t)
		}
	})
	web.JSON(w, http.StatusOK, map[string]any{"conversations": list})
}

// listDelivered returns what customers really got, and the texts by PSID.
func (c *Control) listDelivered(w http.ResponseWriter, r *http.Request) {
	var list []world.Delivered
	c.world.Do(func(st *world.State) { list = st.Delivered(r.URL.Query().Get("psid")) })
	texts := map[string][]string{}
	for _, d := range list {
		text := d.Text
		if text == "" && len(d.Attachments) > 0 {
			text = "[" + d.Attachments[0].Type + "]"
		}
		texts[d.PSID] = append(texts[d.PSID], text)
	}
	web.JSON(w, http.StatusOK, map[string]any{"delivered": list, "customers": texts})
}

// listActions returns what customers were shown besides messages.
func (c *Control) listActions(w http.ResponseWriter, r *http.Request) {
	var list []world.Acted
	c.world.Do(func(st *world.State) { list = st.Acted(r.URL.Query().Get("psid")) })
	web.JSON(w, http.StatusOK, map[string]any{"actions": list})
}

func (c *Control) listMails(w http.ResponseWriter, _ *http.Request) {
	web.JSON(w, http.StatusOK, map[string]any{"mails": c.mail.Mails()})
}
