package model

import (
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Code names why something is refused, or why a reply asks. Codes are part of the contract:
// they are the same over HTTP, in the CLI and in the catalogues of sentences.
type Code string

// Verdicts on a reply, in the order they are checked.
const (
	Hidden           Code = "hidden"
	PageDisconnected Code = "page_disconnected"
	PageRestricted   Code = "page_restricted"
	MessagesOff      Code = "messages_off"
	NotStarted       Code = "not_started"
	WindowClosed     Code = "window_closed"
	Unreachable      Code = "unreachable"
	OtherApp         Code = "other_app"
	RateLimited      Code = "rate_limited"
)

// Other refusals.
const (
	NotAdmin         Code = "not_admin"
	NotInstaller     Code = "not_installer"
	NoManageTask     Code = "no_manage_task"
	PersonalProfile  Code = "personal_profile"
	AlreadyConnected Code = "already_connected"
	// StillInstaller: a user can't be removed before the Pages they connected are
	// uninstalled.
	StillInstaller Code = "still_installer"
	// NotAvailable: a user who is away can't be assigned conversations.
	NotAvailable Code = "not_available"
	NewerReply   Code = "newer_reply"
	TextEmpty    Code = "text_empty"
	TextTooLong  Code = "text_too_long"
	// ClientIDReused: the client_id belongs to a reply with another body.
	ClientIDReused Code = "client_id_reused"
	// SendAtPast: the time for which a reply was to be scheduled is over. SendAtBeyond: it lies
	// beyond the certain part of the reply window.
	SendAtPast   Code = "send_at_past"
	SendAtBeyond Code = "send_at_beyond"
	// StateChanged: the attempt or state is no longer the one that the caller saw.
	StateChanged Code = "state_changed"
	// NoReplyTarget: the message to quote is not in this conversation, or Meta has no id for
	// it.
	NoReplyTarget Code = "no_reply_target"
	// NoReactionTarget: the message can't have a reaction: Meta has no id for it, or it is
	// gone.
	NoReactionTarget Code = "no_reaction_target"
	// AttachmentTooBig: the file is larger than Meta allows.
	AttachmentTooBig Code = "attachment_too_big"
	// AttachmentEmpty: the file is empty.
	AttachmentEmpty Code = "attachment_empty"
	// AttachmentType: the file is not what its name says.
	AttachmentType Code = "attachment_type"
	// UploadQuota: the user has uploaded too much that was not sent yet.
	UploadQuota Code = "upload_quota"
	// NotErased: a conversation was deleted, but some of it can still be read on the hub's
	// disk because somebody is reading the store; the hub tries until it is overwritten.
	NotErased Code = "not_erased"
	// UploadGone: an upload to attach is not there, or no longer; it has to be uploaded
	// again.
	UploadGone Code = "upload_gone"
	// PageUnknown: Facebook shows no such Page to this token.
	PageUnknown Code = "page_unknown"
	// TokenRefused: Facebook does not accept this token for our app.
	TokenRefused Code = "token_refused"
	// NoPermission: the person did not give the app a permission that a Page needs.
	NoPermission Code = "no_messaging_permission"
)

// Why there is no content of an attachment to read.
const (
	// MediaNotYet: the hub is about to fetch it from Meta.
	MediaNotYet Code = "media_pending"
	// MediaIsGone: the hub has it no more, or never got it, for one of the reasons below.
	MediaIsGone Code = "media_gone"
	// MediaRefused: Meta does not hand it out (any more). MediaUnreachable: it could not be
	// fetched in time. MediaForeign: its address is none of Meta's, so that it is not fetched.
	MediaRefused     Code = "media_refused"
	MediaUnreachable Code = "media_unreachable"
	MediaForeign     Code = "media_foreign"
	// MediaTooBig: it is larger than the hub fetches.
	MediaTooBig Code = "media_too_big"
	// MediaExpired: it was removed because of its age, or to make room.
	MediaExpired Code = "media_expired"
)

// Why a Page could not be connected through the browser, besides the rules above.
const (
	// ConnectCancelled: the person said no, here or at Facebook.
	ConnectCancelled Code = "connect_cancelled"
	// ConnectExpired: the link, or a later step, was used before or is too old.
	ConnectExpired Code = "connect_expired"
	// ConnectForeign: it was started in another browser.
	ConnectForeign Code = "connect_foreign"
	// GraphUnavailable: Facebook failed to do it, or could not be reached.
	GraphUnavailable Code = "graph_unavailable"
	// StoreUnavailable: the hub can't store anything at the moment.
	StoreUnavailable Code = "unavailable"
)

// Refusals of signing in through the CRM.
const (
	// NoBrowserLogin: the hub has no OAuth app for signing in through a CRM.
	NoBrowserLogin Code = "no_browser_login"
	// LoginPending: nobody has signed in yet. SlowDown: the client polls too often.
	LoginPending Code = "login_pending"
	SlowDown     Code = "slow_down"
	// LoginExpired: the code or the state is used up, too old, or was never issued.
	LoginExpired Code = "login_expired"
	// LoginDenied: the user refused us access.
	LoginDenied Code = "login_denied"
	// OtherBrowser: the browser that came back is not the one that was sent to the CRM.
	OtherBrowser Code = "other_browser"
	// WrongCompany: the hub belongs to another company of the CRM. NoCompany: it belongs to
	// none yet; an admin who was added at the hub must sign in first.
	WrongCompany Code = "wrong_company"
	NoCompany    Code = "no_company"
	// NoAccount: the hub does not know this colleague. CRMInactive: they are not active in
	// the CRM.
	NoAccount   Code = "no_account"
	CRMInactive Code = "crm_inactive"
	// CRMSignIn: the CRM can't say whether this user is an admin until they sign in through
	// it.
	CRMSignIn Code = "crm_sign_in"
)

// Refusals about records of the CRM.
const (
	// NoCRM: the hub has no CRM.
	NoCRM Code = "no_crm"
	// NoCRMUser: the CRM has no user by whom to decide what this user may see there.
	NoCRMUser Code = "no_crm_user"
	// BadRecord: it names no record: an unknown type, or no id of that type.
	BadRecord Code = "bad_record"
	// RecordNotFound: there is no such record, or this user may not see it.
	RecordNotFound Code = "record_not_found"
	// CRMForbidden: the CRM does not let this user do that. CRMInvalid: it rejects the
	// values.
	CRMForbidden Code = "crm_forbidden"
	// CRMEditUnknown: we don't know whether the CRM lets this user change the record: it is
	// somebody else's, and the hub sees it by the company token.
	CRMEditUnknown Code = "crm_edit_unknown"
	CRMInvalid     Code = "crm_invalid"
	// CRMLimited: a budget of the CRM is used up.
	CRMLimited Code = "crm_limited"
	// CRMUnavailable: the CRM could not be reached, or did not answer as it should.
	CRMUnavailable Code = "crm_unavailable"
	// NotLinked: the conversation is linked to no record that this user may see.
	NotLinked Code = "not_linked"
	// LinkerGone: nobody who linked the record still has a grant to write its transcript
	// with.
	LinkerGone Code = "linker_gone"
)

// Why a reply failed or asks, besides the verdicts.
const (
	// OutcomeUnknown: Meta did not answer, or its answer does not say whether the reply was
	// sent (the error's detail says what it was): it may have arrived.
	OutcomeUnknown Code = "outcome_unknown"
	// NotSent: it could not be handed to Meta in time; it has not arrived.
	NotSent Code = "not_sent"
	// CustomerWrote: the customer wrote before the time for which it was scheduled.
	CustomerWrote Code = "customer_wrote"
	// WriterRemoved: whoever scheduled it is no user any more.
	WriterRemoved Code = "writer_removed"
	// StorePutBack: the hub's store was, or may have been, restored from an older copy; the
	// reply may have been sent since that copy.
	StorePutBack Code = "store_put_back"
	// PermissionMissing: the app or the token may not do this.
	PermissionMissing Code = "permission_missing"
	// AppSettings: Meta rejects the app's signature or identity.
	AppSettings Code = "app_settings"
	// NoSuchCustomer: Meta has no person with that id on this Page.
	NoSuchCustomer Code = "no_such_customer"
	// ThreadRestricted: Meta restricts this conversation under EU rules.
	ThreadRestricted Code = "thread_restricted"
	// CommerceBlocked: Meta has switched commerce messages off after a violation.
	CommerceBlocked Code = "commerce_blocked"
	// AutomationActive: one of Meta's automatic flows has the conversation.
	AutomationActive Code = "automation_active"
	// MessageGone: the message to quote or react to was deleted.
	MessageGone Code = "message_gone"
	// AttachmentRefused: Meta could not take the file, or no longer has it.
	AttachmentRefused Code = "attachment_refused"
	// GraphRefused: the Graph API refused it for a reason that is not a verdict.
	GraphRefused Code = "graph_refused"
)

// OfFacebook reports whether a code is Facebook's refusal of one reply, which says nothing
// about others.
func (c Code) OfFacebook() bool {
	return slices.Contains([]Code{
		GraphRefused, PermissionMissing, AppSettings, NoSuchCustomer, ThreadRestricted, CommerceBlocked, AutomationActive,
		MessageGone, AttachmentRefused,
	}, c)
}

// Refusal is an error: a rule says no.
type Refusal struct {
	Code Code
	// Verdict is set if the rule is about replies.
	Verdict *Verdict
	// Until is when to ask again; nil: not known.
	Until *time.Time
	// Reason is Facebook's reason for restricting the Page; Since is when the window closed.
	Reason Untrusted
	Since  *time.Time
}

// RefuseReply returns the refusal of a reply by its verdict, with what Page and conversation
// say about the reason.
func RefuseReply(v Verdict, p Page, c Conversation) *Refusal {
	r := &Refusal{Code: v.Code, Verdict: &v, Until: v.Until}
	switch {
	case v.Code == PageRestricted && p.Restricted != nil:
		r.Reason = p.Restricted.Reason
	case v.Code == WindowClosed:
		r.Since = c.ClosedAt()
	}
	return r
}

// LogValue implements [slog.LogValuer].
func (r *Refusal) LogValue() slog.Value { return slog.StringValue(string(r.Code)) }

// Error implements error.
func (r *Refusal) Error() string { return "refused: " + string(r.Code) }

// Refuse returns a refusal with a code.
func Refuse(code Code) *Refusal { return &Refusal{Code: code} }

// InvalidError is a request that is malformed, whoever sends it.
type InvalidError struct {
	Field  string
	Reason string
}

// Error implements error.
func (e *InvalidError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Reason) }
