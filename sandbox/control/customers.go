package control

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"parley/sandbox/customers"
	"parley/sandbox/messenger"
	"parley/sandbox/meta"
	"parley/sandbox/web"
	"parley/sandbox/world"
)

// customerNode is a customer in the control API.
type customerNode struct {
	PSID        string `json:"psid"`
	ID          string `json:"id"`
	Name        string `json:"name"`
	Locale      string `json:"locale"`
	Living      bool   `json:"living"`
	Profile     string `json:"profile"`
	Unreachable bool   `json:"unreachable"`
	WindowOpen  bool   `json:"window_open"`
	LastWrote   string `json:"last_wrote_at"`
}

// node returns the node of a customer.
func node(st *world.State, who *world.Customer) customerNode {
	n := customerNode{
		PSID: who.PSID, ID: who.PSID, Name: who.Person.Name, Locale: who.Person.Locale, Living: who.Living,
		Profile: who.Profile, Unreachable: who.Unreachable != 0, WindowOpen: st.WindowOpen(who),
	}
	if who.LastWrote != 0 {
		n.LastWrote = time.UnixMilli(who.LastWrote).UTC().Format(world.TimeFormat)
	}
	return n
}

func (c *Control) listCustomers(w http.ResponseWriter, _ *http.Request) {
	list := []customerNode{}
	c.world.Do(func(st *world.State) {
		for _, who := range st.Customers() {
			list = append(list, node(st, who))
		}
	})
	web.JSON(w, http.StatusOK, map[string]any{"customers": list})
}

// checkPSID refuses what can't be a customer in a path. Meta's PSIDs are numbers; a test may use
// a word.
func (c *Control) checkPSID(psid string) error {
	word := strings.Trim(psid, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
	if psid == "" || len(psid) > 64 || !word || psid == "control" || c.graph.Names(psid) {
		return fmt.Errorf("%q cannot be a PSID: at most 64 letters, digits, - and _, and not an id of something else", web.Clip(psid, 40))
	}
	return nil
}

func (c *Control) changeCustomer(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Unreachable     *bool  `json:"unreachable"`
		UnreachableCode int    `json:"unreachable_code"`
		Name            string `json:"name"`
		Locale          string `json:"locale"`
		Profile         string `json:"profile"`
	}
	if !readBody(w, r, &in) {
		return
	}
	psid := r.PathValue("psid")
	err := c.checkPSID(psid)
	switch in.Profile {
	case "", world.ProfileEmpty, world.ProfileNone, world.ProfileFull:
	default:
		err = fmt.Errorf("profile must be empty, none or full, not %q", in.Profile)
	}
	switch in.UnreachableCode {
	case 0, 551, 10:
	default:
		err = fmt.Errorf("unreachable_code must be 551 or 10, not %d", in.UnreachableCode)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	var n customerNode
	c.world.Do(func(st *world.State) {
		who := st.Someone(psid, in.Name, in.Locale)
		if in.Profile != "" {
			who.Profile = in.Profile
		}
		if in.Unreachable != nil {
			who.Unreachable = 0
			if *in.Unreachable {
				who.Unreachable = 551
				if in.UnreachableCode != 0 {
					who.Unreachable = in.UnreachableCode
				}
			}
		}
		n = node(st, who)
	})
	web.JSON(w, http.StatusOK, n)
}

func (c *Control) write(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Text        string            `json:"text"`
		Attachments []meta.Attachment `json:"attachments"`
		At          moment            `json:"at"`
		Standby     bool              `json:"standby"`
		MID         string            `json:"mid"`
		QuickReply  string            `json:"quick_reply"`
		ReplyTo     string            `json:"reply_to"`
		Name        string            `json:"name"`
		Locale      string            `json:"locale"`
		FromAd      bool              `json:"from_ad"`
	}
	if !readBody(w, r, &in) {
		return
	}
	psid := r.PathValue("psid")
	err := c.checkPSID(psid)
	if err == nil && in.Text == "" && len(in.Attachments) == 0 {
		err = errors.New("text or attachments must be given")
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	var by *meta.Referral
	if in.FromAd {
		by = customers.ByAd(c.meta.MediaURL("ad.png"))
	}
	var who *world.Customer
	c.world.Do(func(st *world.State) { who = st.Someone(psid, in.Name, in.Locale) })
	mid := c.messenger.Write(who, messenger.Wording{
		Text: in.Text, Attachments: in.Attachments, At: int64(in.At), Standby: in.Standby,
		MID: in.MID, QuickReply: in.QuickReply, ReplyTo: in.ReplyTo, Referral: by,
	})
	web.JSON(w, http.StatusAccepted, map[string]string{"mid": mid, "psid": psid})
}

func (c *Control) pause(paused bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		c.customers.Pause(paused)
		web.JSON(w, http.StatusOK, map[string]bool{"paused": paused})
	}
}
