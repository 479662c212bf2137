package graph

import (
	"fmt"
	"net/http"
	"strings"

	"parley/sandbox/fault"
)

// graphError is an error of the Graph API.
type graphError struct {
	status    int // 0: follows from the code
	message   string
	kind      string // "" is OAuthException
	code      int
	subcode   int
	transient bool
	regain    int // minutes for the rate headers of a throttle
}

func (e *graphError) Error() string { return e.message }

// httpStatus returns the HTTP status for the code.
func (e *graphError) httpStatus() int {
	switch {
	case e.status != 0:
		return e.status
	case e.code == 1 || e.code == 2:
		return http.StatusInternalServerError
	case e.code == 10 && e.subcode == 2018278:
		return http.StatusBadRequest
	case e.code == 10 || e.code == 200:
		return http.StatusForbidden
	}
	return http.StatusBadRequest
}

// throttle reports whether the code is one of the rate limits.
func (e *graphError) throttle() bool {
	switch e.code {
	case 4, 17, 32, 613, 80001, 80006:
		return true
	}
	return false
}

// errorBody is the inside of Meta's error envelope.
type errorBody struct {
	Message   string `json:"message"`
	Type      string `json:"type"`
	Code      int    `json:"code"`
	Subcode   int    `json:"error_subcode,omitempty"`
	Transient bool   `json:"is_transient,omitempty"`
	TraceID   string `json:"fbtrace_id"`
}

func (e *graphError) body(trace string) any {
	kind := e.kind
	if kind == "" {
		kind = "OAuthException"
	}
	return map[string]errorBody{"error": {
		Message: e.message, Type: kind, Code: e.code, Subcode: e.subcode,
		Transient: e.transient, TraceID: trace,
	}}
}

func badParam(format string, args ...any) *graphError {
	return &graphError{code: 100, message: "(#100) " + fmt.Sprintf(format, args...)}
}

func errUnknownObject(method, id string) *graphError {
	return &graphError{
		code: 100, subcode: 33, kind: "GraphMethodException",
		message: fmt.Sprintf("Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api", strings.ToLower(method), id),
	}
}

func errNoToken() *graphError {
	return &graphError{code: 104, message: "An access token is required to request this resource."}
}

func errBadToken() *graphError {
	return &graphError{code: 190, message: "Invalid OAuth access token."}
}

func errTokenExpired() *graphError {
	return &graphError{code: 190, subcode: 463, message: "Error validating access token: Session has expired."}
}

func errTokenRefused() *graphError {
	return &graphError{code: 190, subcode: 460, message: "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons."}
}

func errProof(present bool) *graphError {
	m := "API calls from the server require an appsecret_proof argument"
	if present {
		m = "Invalid appsecret_proof provided in the API argument"
	}
	return &graphError{code: 100, kind: "GraphMethodException", message: m}
}

func errNeedPageToken() *graphError {
	return &graphError{code: 210, message: "(#210) A page access token is required to request this resource."}
}

func errNeedAppToken() *graphError {
	return &graphError{code: 15, message: "(#15) This method must be called with an app access_token."}
}

func errRestricted() *graphError {
	return &graphError{code: 10, subcode: 1893063, message: "(#10) You are temporarily restricted from sending messages."}
}

func errMessagesOff() *graphError {
	return &graphError{code: 10904, message: "(#10904) The page has messages disabled in the settings"}
}

func errNoUser() *graphError {
	return &graphError{code: 100, subcode: 2018001, message: "(#100) No matching user found"}
}

func errWindow() *graphError {
	return &graphError{code: 10, subcode: 2018278, message: "(#10) This message is sent outside of allowed window. Learn more about the new policy here: https://developers.facebook.com/docs/messenger-platform/policy-overview"}
}

func errUnreachable(code int) *graphError {
	if code == 10 {
		return &graphError{code: 10, subcode: 2018108, message: "(#10) They can't receive your messages right now."}
	}
	return &graphError{code: 551, subcode: 1545041, message: "(#551) This person isn't available right now."}
}

func errNoPermission() *graphError {
	return &graphError{code: 10, message: "(#10) Application does not have permission for this action"}
}

func errThrottled() *graphError {
	return &graphError{code: 80006, regain: 1, message: "(#80006) There have been too many messenger api calls to this Page account. Wait a bit and try again. For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting."}
}

func errNoProfile() *graphError {
	return &graphError{code: 100, subcode: 2018218, message: "(#100) No profile available for this user."}
}

func errMessageGone() *graphError {
	return &graphError{code: 9000001, message: "This Message has been deleted by the user or the business."}
}

// errByCode returns the error that a fault asks for, in Meta's words if we know them.
func errByCode(code, subcode int) *graphError {
	for _, known := range []*graphError{
		errRestricted(), errMessagesOff(), errNoUser(), errWindow(), errUnreachable(551),
		errUnreachable(10), errThrottled(), errTokenRefused(), errNoProfile(), errMessageGone(),
	} {
		if known.code == code && (known.subcode == subcode) {
			return known
		}
	}
	e := &graphError{code: code, subcode: subcode}
	switch code {
	case 1:
		e.message = "An unknown error has occurred."
	case 2:
		e.message, e.transient = "An unexpected error has occurred. Please retry your request later.", true
	case 4:
		e.message, e.transient = "(#4) Application request limit reached", true
	case 10:
		e.message = errNoPermission().message
	case 32:
		e.message = "(#32) Page request limit reached"
	case 190:
		e.message = errBadToken().message
	case 368:
		e.message = "(#368) The action attempted has been deemed abusive or is otherwise disallowed"
	case 551:
		e.message = errUnreachable(551).message
	case 613:
		e.message = "(#613) Calls to this api have exceeded the rate limit."
	case 1200:
		e.message, e.transient = "Temporary send message failure. Please try again later.", true
	case 2018300:
		e.message = "(#2018300) Another app is controlling this thread now."
	default:
		e.message = fmt.Sprintf("(#%d) Invalid parameter", code)
	}
	return e
}

// faultError returns the error of a fault of kind "error".
func faultError(f *fault.Fault) *graphError {
	code := f.Code
	if code == 0 {
		code = 2
	}
	e := errByCode(code, f.Subcode)
	e.status, e.regain = f.Status, 0
	switch {
	case f.Regain != nil:
		e.regain = *f.Regain
	case e.throttle():
		e.regain = 1
	}
	return e
}
