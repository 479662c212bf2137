package sandbox

import (
	"fmt"
	"net/http"

	"parley/sandbox/web"
)

// defaultReason is what a policy measure says when none is given.
const defaultReason = "The bot violated our Platform Policies (https://developers.facebook.com/devpolicy/#messengerplatform). Common violations include sending out excessive spammy messages or being non-functional."

// pageChange is the body of POST /control/page; what is absent stays.
type pageChange struct {
	Restricted   *bool  `json:"restricted"`
	MessagesOff  *bool  `json:"messages_off"`
	TokenRefused *bool  `json:"token_refused"`
	Subscribed   *bool  `json:"subscribed"`
	Policy       string `json:"policy"`
	Reason       string `json:"reason"`
}

func (s *Sandbox) controlPage(w http.ResponseWriter, r *http.Request) {
	var in pageChange
	if !readControl(w, r, &in) {
		return
	}
	switch in.Policy {
	case "", "block", "unblock", "warning":
	default:
		refuse(w, http.StatusBadRequest, fmt.Errorf("policy must be block, unblock or warning, not %q", in.Policy))
		return
	}
	s.mu.Lock()
	if in.Subscribed != nil && *in.Subscribed && s.page.fields == nil {
		s.mu.Unlock()
		refuse(w, http.StatusConflict, fmt.Errorf("the Page has never been subscribed"))
		return
	}
	s.changePage(in)
	p := s.page
	s.mu.Unlock()
	web.JSON(w, http.StatusOK, map[string]bool{
		"restricted": p.restricted, "messages_off": p.messagesOff,
		"token_refused": p.tokenRefused, "subscribed": p.subscribed,
	})
}

// changePage applies a change; a policy measure goes out as a webhook too. mu held.
func (s *Sandbox) changePage(in pageChange) {
	set := func(to *bool, from *bool) {
		if from != nil {
			*to = *from
		}
	}
	set(&s.page.messagesOff, in.MessagesOff)
	set(&s.page.tokenRefused, in.TokenRefused)
	set(&s.page.subscribed, in.Subscribed)
	switch in.Policy {
	case "block":
		s.page.restricted = true
	case "unblock":
		s.page.restricted = false
	}
	set(&s.page.restricted, in.Restricted)
	if in.Subscribed != nil {
		s.subscriptionChanged()
	}
	if in.Policy != "" {
		if in.Reason == "" {
			in.Reason = defaultReason
		}
		s.enforce(in.Policy, in.Reason)
	}
}
