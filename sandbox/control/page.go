package control

import (
	"cmp"
	"fmt"
	"net/http"

	"parley/sandbox/web"
	"parley/sandbox/world"
)

// defaultReason is the reason of a policy measure if none is given.
const defaultReason = "The bot violated our Platform Policies (https://developers.facebook.com/devpolicy/#messengerplatform). Common violations include sending out excessive spammy messages or being non-functional."

// pageChange is the body of POST /control/page; absent fields stay.
type pageChange struct {
	Restricted   *bool  `json:"restricted"`
	MessagesOff  *bool  `json:"messages_off"`
	TokenRefused *bool  `json:"token_refused"`
	Subscribed   *bool  `json:"subscribed"`
	Policy       string `json:"policy"`
	Reason       string `json:"reason"`
}

func (c *Control) changePage(w http.ResponseWriter, r *http.Request) {
	var in pageChange
	if !readBody(w, r, &in) {
		return
	}
	switch in.Policy {
	case "", "block", "unblock", "warning":
	default:
		refuse(w, http.StatusBadRequest, fmt.Errorf("policy must be block, unblock or warning, not %q", in.Policy))
		return
	}
	if in.Subscribed != nil && *in.Subscribed && !c.hooks.ResubscribePage() {
		refuse(w, http.StatusConflict, fmt.Errorf("the Page has never been subscribed"))
		return
	}
	if in.Subscribed != nil && !*in.Subscribed {
		c.hooks.UnsubscribePage()
	}
	var p world.Page
	c.world.Do(func(st *world.State) {
		in.apply(&st.Page)
		p = st.Page
	})
	subscribed, _ := c.hooks.Page()
	if in.Policy != "" {
		c.messenger.Enforce(in.Policy, cmp.Or(in.Reason, defaultReason))
	}
	web.JSON(w, http.StatusOK, map[string]bool{
		"restricted": p.Restricted, "messages_off": p.MessagesOff,
		"token_refused": p.TokenRefused, "subscribed": subscribed,
	})
}

// apply applies the change to the Page.
func (in pageChange) apply(p *world.Page) {
	set := func(to *bool, from *bool) {
		if from != nil {
			*to = *from
		}
	}
	set(&p.MessagesOff, in.MessagesOff)
	set(&p.TokenRefused, in.TokenRefused)
	switch in.Policy {
	case "block":
		p.Restricted = true
	case "unblock":
		p.Restricted = false
	}
	set(&p.Restricted, in.Restricted)
}
