package model

import "time"

// NoticeKind names what a notice tells.
type NoticeKind string

// The kinds of notice.
const (
	NoticePolicyWarning NoticeKind = "policy_warning"
	NoticePolicyBlock   NoticeKind = "policy_block"
	NoticePolicyUnblock NoticeKind = "policy_unblock"
	// NoticeAppRoles: which app is the first to get the Page's messages was changed.
	NoticeAppRoles NoticeKind = "app_roles"
	// NoticeSubscriptionLost and NoticeSubscriptionBack: Facebook no longer sends the
	// Page's messages to the hub, or does so again. NoticeTokenRefused: it no longer
	// takes the Page's token.
	NoticeSubscriptionLost NoticeKind = "subscription_lost"
	NoticeSubscriptionBack NoticeKind = "subscription_back"
	NoticeTokenRefused     NoticeKind = "token_refused"
	// NoticeUnknown is an event about the Page that Parley can't show; its raw
	// form is kept.
	NoticeUnknown NoticeKind = "unknown"
)

// Notice is news about a Page as a whole.
type Notice struct {
	ID     string     `json:"id"`
	PageID PageID     `json:"page_id"`
	Seq    int64      `json:"seq" doc:"the Page's seq of its last change"`
	Kind   NoticeKind `json:"kind"`
	// Event is Meta's name of the event: policy_enforcement, app_roles, …; page_check for
	// what the hub found when it looked at the Page.
	Event     string    `json:"event"`
	Reason    Untrusted `json:"reason"`
	CreatedAt time.Time `json:"created_at" doc:"Meta's time"`
}
