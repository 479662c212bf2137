package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub"
	"parley/hub/store"
	"parley/model"
)

// Codes of problems that are no refusal by a rule.
const (
	codeInvalid     model.Code = "invalid"
	codeTooLarge    model.Code = "too_large"
	codeNotFound    model.Code = "not_found"
	codeSignIn      model.Code = "not_signed_in"
	codeUnavailable model.Code = "unavailable"
	codeGraph       model.Code = "graph_unavailable"
	codeCRM                    = model.CRMUnavailable
	codeSignature   model.Code = "bad_signature"
	codeInternal    model.Code = "internal"
	codeMethod      model.Code = "method_not_allowed"
	codeTries       model.Code = "too_many_tries"
)

// Problem is an RFC 9457 problem document with our code.
type Problem struct {
	Type   string     `json:"type"`
	Title  string     `json:"title"`
	Status int        `json:"status"`
	Detail string     `json:"detail,omitempty"`
	Code   model.Code `json:"code"`
	// Reply is the verdict where a reply is refused by one.
	Reply *model.Verdict `json:"reply,omitempty"`
	// Until is when it is worth asking again.
	Until  *time.Time          `json:"until,omitempty"`
	Errors []*huma.ErrorDetail `json:"errors,omitempty"`
}

// Error implements error.
func (p *Problem) Error() string { return string(p.Code) + ": " + p.Detail }

// GetStatus implements [huma.StatusError].
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements [huma.ContentTypeFilter].
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func newProblem(status int, code model.Code, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// Problems that huma itself finds (a body that is no JSON, a field that is missing)
// take the same shape. Set once, before anything is served: huma has no other way.
func init() { //nolint:gochecknoinits // see above
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		p := newProblem(status, codeOfStatus(status), msg)
		for _, err := range errs {
			var d huma.ErrorDetailer
			if errors.As(err, &d) {
				detail := d.ErrorDetail()
				// Not what was sent: it may hold a secret or a customer's text.
				p.Errors = append(p.Errors, &huma.ErrorDetail{Message: detail.Message, Location: detail.Location})
			}
		}
		return p
	}
}

func codeOfStatus(status int) model.Code {
	switch status {
	case http.StatusUnauthorized:
		return codeSignIn
	case http.StatusNotFound:
		return codeNotFound
	case http.StatusMethodNotAllowed:
		return codeMethod
	case http.StatusRequestEntityTooLarge:
		return codeTooLarge
	case http.StatusServiceUnavailable:
		return codeUnavailable
	}
	if status >= http.StatusInternalServerError {
		return codeInternal
	}
	return codeInvalid
}

// refused is the status of refusals about who may do what with a Page; the others
// are conflicts with how things stand, 409.
func refusedStatus(code model.Code) int {
	switch code {
	case model.NotAdmin, model.NotInstaller, model.NoManageTask, model.PersonalProfile, model.AlreadyConnected,
		model.LoginDenied, model.OtherBrowser, model.WrongCompany, model.NoCompany, model.NoAccount, model.CRMInactive, model.CRMSignIn,
		model.NoPermission, model.ConnectForeign:
		return http.StatusForbidden
	case model.NoCRMUser, model.CRMForbidden:
		return http.StatusForbidden
	case model.LoginExpired:
		return http.StatusGone
	case model.SlowDown, model.CRMLimited:
		return http.StatusTooManyRequests
	case model.Hidden, model.PageUnknown, model.RecordNotFound:
		return http.StatusNotFound
	case model.BadRecord, model.CRMInvalid:
		return http.StatusUnprocessableEntity
	default:
		return http.StatusConflict
	}
}

// problem words an error of the hub for the client; its cause goes to the log.
func (s *server) problem(ctx context.Context, err error) error {
	var refusal *model.Refusal
	var invalid *hub.InvalidError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refusal):
		p := newProblem(refusedStatus(refusal.Code), refusal.Code, sentence(refusal.Code))
		p.Reply, p.Until = refusal.Verdict, refusal.Until
		if refusal.Code == model.SlowDown {
			return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {retryAfter(s.hub.Timing().LoginPoll)}})
		}
		return p
	case errors.As(err, &invalid):
		return newProblem(http.StatusUnprocessableEntity, codeInvalid, invalid.Error())
	case errors.Is(err, store.ErrBadCursor):
		return newProblem(http.StatusUnprocessableEntity, codeInvalid, "The cursor is not one of this list.")
	case errors.Is(err, hub.ErrNotFound):
		return newProblem(http.StatusNotFound, codeNotFound, "There is no such thing.")
	case errors.Is(err, hub.ErrSignIn):
		return newProblem(http.StatusUnauthorized, codeSignIn, "The token or code lets nobody in. Sign in again.")
	case errors.Is(err, hub.ErrUnavailable):
		s.log.Error("store unavailable", "error", err)
		return newProblem(http.StatusServiceUnavailable, codeUnavailable, "The hub can't store anything at the moment. Nothing was kept; try again.")
	case errors.Is(err, hub.ErrCRM):
		s.log.Warn("crm", "error", err)
		return newProblem(http.StatusBadGateway, codeCRM, "Pipedrive could not be asked. Nothing was changed; try again. The hub's log says why.")
	case errors.Is(err, hub.ErrGraph):
		s.log.Warn("graph api", "error", err)
		return newProblem(http.StatusBadGateway, codeGraph, "Facebook did not do what was asked. The hub's log says why.")
	case ctx.Err() != nil:
		return newProblem(http.StatusServiceUnavailable, codeUnavailable, "The request took too long, or its sender went away.")
	}
	s.log.Error("request failed", "error", err)
	return newProblem(http.StatusInternalServerError, codeInternal, "The hub made a mistake. Its log says more.")
}

// sentence says a refusal in English; clients say it in the user's language by its
// code.
func sentence(code model.Code) string {
	switch code {
	case model.NotAdmin:
		return "Only an admin can do this."
	case model.NotInstaller:
		return "Only who connected the Page can do this."
	case model.NoManageTask:
		return "The Facebook user has no full control of this Page."
	case model.PersonalProfile:
		return "A personal profile can't be connected, only a Page."
	case model.AlreadyConnected:
		return "Somebody else has connected this Page."
	case model.PageUnknown:
		return "Facebook shows no such Page to this token."
	case model.TokenRefused:
		return "Facebook does not accept this token."
	case model.MessagesOff:
		return "Messaging is off on this Page."
	case model.NotAvailable:
		return "This user takes no conversations at the moment."
	case model.NewerReply:
		return "A colleague answered meanwhile."
	case model.TextEmpty:
		return "The text is empty."
	case model.TextTooLong:
		return "The text is longer than 2,000 characters."
	case model.ClientIDReused:
		return "The client_id belongs to another reply."
	case model.StateChanged:
		return "The reply is not in that state any more."
	case model.NoReplyTarget:
		return "The message to be quoted is not in this conversation, or Facebook does not know it yet."
	case model.NoReactionTarget:
		return "The message can't have a reaction: Facebook does not know it yet, or it is gone."
	default:
		if s := signInSentence(code) + greetingSentence(code) + fileSentence(code) + recordSentence(code); s != "" {
			return s
		}
		return "This reply can't be sent: " + string(code) + "."
	}
}

// greetingSentence says why a greeting is refused; "" for every other code.
func greetingSentence(code model.Code) string {
	switch code {
	case model.GreetingTooLong:
		return "The greeting is longer than 160 characters."
	case model.GreetingDefault:
		return "The default greeting comes first, and stays as long as there are others."
	case model.GreetingLocale:
		return "The locale is none of Facebook's, such as ja_JP, nor default."
	default:
		return ""
	}
}

// signInSentence says a refusal of signing in through the CRM; "" for every other.
func signInSentence(code model.Code) string {
	switch code {
	case model.NoBrowserLogin:
		return "This hub has no app by which users sign in through Pipedrive."
	case model.LoginPending:
		return "Nobody has signed in yet."
	case model.SlowDown:
		return "This is asked too often. Wait longer between two questions."
	case model.LoginExpired:
		return "This sign-in is used up, or too old. Begin again."
	case model.LoginDenied:
		return "Pipedrive was told not to let Parley know who it is."
	case model.OtherBrowser:
		return "Another browser began this sign-in."
	case model.WrongCompany:
		return "This hub belongs to another company's Pipedrive."
	case model.NoCompany:
		return "This hub belongs to no company yet. An admin who was added at the hub has to sign in first."
	case model.NoAccount:
		return "Nobody with this e-mail address was added to this hub."
	case model.CRMInactive:
		return "This user is not active in Pipedrive."
	case model.CRMSignIn:
		return "Pipedrive tells who is an admin. Sign in through it first."
	default:
		return ""
	}
}

// fileSentence words refusals of files; empty for others.
func fileSentence(code model.Code) string {
	switch code {
	case model.AttachmentTooBig:
		return "The file is larger than 25 MB."
	case model.AttachmentEmpty:
		return "The file is empty."
	case model.AttachmentType:
		return "The file is not what its name says."
	case model.UploadQuota:
		return "Too much is uploaded and not sent."
	case model.UploadGone:
		return "The upload is not there. Upload it again."
	default:
		return ""
	}
}

// recordSentence says a refusal about records of the CRM; "" for every other.
func recordSentence(code model.Code) string {
	switch code {
	case model.NoCRM:
		return "This hub has no CRM."
	case model.NoCRMUser:
		return "Pipedrive knows nobody by this user's e-mail address, so that nobody knows what they may see there. Sign in through Pipedrive."
	case model.BadRecord:
		return "That is no person, lead or deal."
	case model.RecordNotFound:
		return "There is no such record."
	case model.CRMForbidden:
		return "Pipedrive does not let this user do that."
	case model.CRMInvalid:
		return "Pipedrive does not take that."
	case model.NotLinked:
		return "The conversation is linked to no record that this user may see."
	case model.CRMLimited:
		return "The company's budget of requests to Pipedrive is used up for now."
	default:
		return ""
	}
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone when this fails
}
