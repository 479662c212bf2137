package model

import (
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Code names why something is refused or asks: part of the contract, the same
// over HTTP, in the CLI and in the catalogues of words.
type Code string

// Verdicts on a reply, in the order in which they are judged.
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
	// StillInstaller: a user can't be removed while a Page that they connected is not
	// uninstalled.
	StillInstaller Code = "still_installer"
	// NotAvailable: a user who takes no conversations for now can be given none.
	NotAvailable Code = "not_available"
	NewerReply   Code = "newer_reply"
	TextEmpty    Code = "text_empty"
	TextTooLong  Code = "text_too_long"
	// ClientIDReused: the client_id belongs to a reply with another body.
	ClientIDReused Code = "client_id_reused"
	// StateChanged: the attempt or state is another than the caller saw.
	StateChanged Code = "state_changed"
	// NoReplyTarget: the message to be quoted is not in this conversation, or
	// Meta has no id for it.
	NoReplyTarget Code = "no_reply_target"
	// NoReactionTarget: the message to react to can't have a reaction: Meta has no id for
	// it, or it is gone.
	NoReactionTarget Code = "no_reaction_target"
	// AttachmentTooBig: the file is larger than Meta takes.
	AttachmentTooBig Code = "attachment_too_big"
	// AttachmentEmpty: the file holds nothing.
	AttachmentEmpty Code = "attachment_empty"
	// AttachmentType: the file is not what its name says.
	AttachmentType Code = "attachment_type"
	// UploadQuota: the user has too much uploaded that was not sent.
	UploadQuota Code = "upload_quota"
	// NotErased: a conversation was deleted, but something of it can still be read on the
	// hub's disk, as somebody reads the store; the hub tries until it is overwritten.
	NotErased Code = "not_erased"
	// UploadGone: an upload to be attached is not there, or no longer; it has to be
	// uploaded again.
	UploadGone Code = "upload_gone"
	// PageUnknown: Facebook shows no such Page to this token.
	PageUnknown Code = "page_unknown"
	// TokenRefused: Facebook does not accept this token for our app.
	TokenRefused Code = "token_refused"
	// NoPermission: the person did not give the app a permission that a Page needs.
	NoPermission Code = "no_messaging_permission"
)

// Why a Page could not be connected through the browser, besides the rules.
const (
	// ConnectCancelled: the person said no, here or at Facebook.
	ConnectCancelled Code = "connect_cancelled"
	// ConnectExpired: the link or what followed it was used before, or is too old.
	ConnectExpired Code = "connect_expired"
	// ConnectForeign: it was begun in another browser.
	ConnectForeign Code = "connect_foreign"
	// GraphUnavailable: Facebook did not do what was asked, or could not be reached.
	GraphUnavailable Code = "graph_unavailable"
	// StoreUnavailable: the hub can't store anything at the moment.
	StoreUnavailable Code = "unavailable"
)

// Refusals of signing in through the CRM.
const (
	// NoBrowserLogin: the hub has no app by which users sign in through a CRM.
	NoBrowserLogin Code = "no_browser_login"
	// LoginPending: nobody has signed in yet; SlowDown: it is asked too often.
	LoginPending Code = "login_pending"
	SlowDown     Code = "slow_down"
	// LoginExpired: the code or the way back is used up, too old, or was never given.
	LoginExpired Code = "login_expired"
	// LoginDenied: the user did not let us in.
	LoginDenied Code = "login_denied"
	// OtherBrowser: another browser was sent to the CRM than came back.
	OtherBrowser Code = "other_browser"
	// WrongCompany: the hub belongs to another company of the CRM. NoCompany: it belongs
	// to none yet; an admin who was added at the hub must sign in first.
	WrongCompany Code = "wrong_company"
	NoCompany    Code = "no_company"
	// NoAccount: the colleague is not known here. CRMInactive: they are not active in the
	// CRM.
	NoAccount   Code = "no_account"
	CRMInactive Code = "crm_inactive"
	// CRMSignIn: the CRM can't say whether this user is an admin until they sign in
	// through it.
	CRMSignIn Code = "crm_sign_in"
)

// Refusals about records of the CRM.
const (
	// NoCRM: the hub has no CRM.
	NoCRM Code = "no_crm"
	// NoCRMUser: the CRM knows nobody by whom to tell what this user may see there.
	NoCRMUser Code = "no_crm_user"
	// BadRecord: what was named is no record: another type, or no id of that type.
	BadRecord Code = "bad_record"
	// RecordNotFound: there is no such record, or this user may not see it.
	RecordNotFound Code = "record_not_found"
	// CRMForbidden: the CRM does not let this user do that; CRMInvalid: it does not take
	// what it was given.
	CRMForbidden Code = "crm_forbidden"
	// CRMEditUnknown: nothing tells whether the CRM lets this user change the record: it is
	// somebody else's, and the hub sees it by the company token.
	CRMEditUnknown Code = "crm_edit_unknown"
	CRMInvalid     Code = "crm_invalid"
	// CRMLimited: a budget of the CRM is used up.
	CRMLimited Code = "crm_limited"
	// CRMUnavailable: the CRM could not be reached, or did not answer as it should.
	CRMUnavailable Code = "crm_unavailable"
	// NotLinked: the conversation is linked to no record that this user may see.
	NotLinked Code = "not_linked"
	// LinkerGone: nobody who linked it has a grant of the CRM any more, by which its
	// transcript could be written.
	LinkerGone Code = "linker_gone"
)

// Why a reply failed or asks, besides the verdicts.
const (
	// OutcomeUnknown: Meta did not answer, or answered without saying whether it sent it (the
	// error's detail says what): it may have arrived.
	OutcomeUnknown Code = "outcome_unknown"
	// NotSent: it could not be handed to Meta in time; it has not arrived.
	NotSent Code = "not_sent"
	// StorePutBack: the hub's store was put back to an older copy, or may have been; since
	// then it may have been sent.
	StorePutBack Code = "store_put_back"
	// PermissionMissing: the app or the token may not do this.
	PermissionMissing Code = "permission_missing"
	// AppSettings: Meta does not accept how the app signs or names itself.
	AppSettings Code = "app_settings"
	// NoSuchCustomer: Meta knows nobody by that id on this Page.
	NoSuchCustomer Code = "no_such_customer"
	// ThreadRestricted: Meta restricts this conversation, by rules of the EU.
	ThreadRestricted Code = "thread_restricted"
	// CommerceBlocked: Meta has switched commerce messages off after a violation.
	CommerceBlocked Code = "commerce_blocked"
	// AutomationActive: an automatic flow of Meta's has the conversation.
	AutomationActive Code = "automation_active"
	// MessageGone: the message that is quoted or reacted to was deleted.
	MessageGone Code = "message_gone"
	// AttachmentRefused: Meta could not take the file, or no longer has it.
	AttachmentRefused Code = "attachment_refused"
	// GraphRefused: the Graph API refused it for a reason that is no verdict.
	GraphRefused Code = "graph_refused"
)

// OfFacebook tells whether a code is a refusal of Facebook's that says something of one
// reply, and is no verdict on others.
func (c Code) OfFacebook() bool {
	return slices.Contains([]Code{
		GraphRefused, PermissionMissing, AppSettings, NoSuchCustomer, ThreadRestricted, CommerceBlocked, AutomationActive,
		MessageGone, AttachmentRefused,
	}, c)
}

// Refusal is a rule that said no.
type Refusal struct {
	Code Code
	// Verdict is set where the rule is one on replies.
	Verdict *Verdict
	// Until is when it is worth asking again; nil: not known.
	Until *time.Time
	// Reason is Facebook's, of a Page that it restricts; Since when a window closed.
	Reason Untrusted
	Since  *time.Time
}

// RefuseReply refuses a reply by its verdict, with what the Page and the conversation tell
// of it.
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

// Refuse returns a refusal with that code.
func Refuse(code Code) *Refusal { return &Refusal{Code: code} }

// InvalidError is a request that makes no sense, whoever asks.
type InvalidError struct {
	Field  string
	Reason string
}

// Error implements error.
func (e *InvalidError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Reason) }
