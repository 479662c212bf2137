package messenger

import (
	"net/http"

	"parley/model"
)

// Codes and subcodes of the Graph API.
//
// Source: Messenger Platform, "Error codes"; Graph API, "Rate limits" and
// reference of Page messages.
const (
	codeUnknown        = 1
	codeTemporary      = 2
	codeInternal       = 1200
	codeAppLimit       = 4
	codeUserLimit      = 17
	codePageLimit      = 32
	codeCustomLimit    = 613
	codePagesLimit     = 80001
	codeMessengerLimit = 80006
	codePermission     = 10
	codeParameter      = 100
	codeToken          = 190
	codePermissions    = 200 // to 299
	codePermissionsEnd = 299
	codeAbusive        = 368
	codeUnavailable    = 551
	codeMessagesOff    = 10904

	subcodeNoObject     = 33
	subcodeUnavailable  = 1545041
	subcodeRestricted   = 1893063
	subcodeOutsideNews  = 2018065
	subcodeCantReceive  = 2018108
	subcodeOutside      = 2018278
	subcodeBothersome   = 2018338
	numberNoProfile     = 2018218 // a code or a subcode: Meta does not say
	numberMayNotProfile = 2018247
	numberOtherApp      = 2018300
)

// classify tells what an error means for the reply that met it (design §3). Any
// answer of 500 and more is uncertain whatever it says. Below that, a rate limit is
// one though Meta also marks it transient; then come the codes after which a
// message may have arrived.
func classify(e *GraphError) model.Outcome {
	o := model.Outcome{Kind: model.OutcomeUncertain, Detail: e.Detail()}
	switch {
	case e.Status < http.StatusBadRequest || e.Status >= http.StatusInternalServerError:
	case limited(e):
		o.Kind, o.RetryAfter = model.OutcomeRateLimited, e.RetryAfter
	case e.Transient, e.Code == codeUnknown, e.Code == codeTemporary, e.Code == codeInternal:
	default:
		o.Kind, o.Code = model.OutcomeRefused, refusal(e)
	}
	return o
}

// limited tells whether Meta refused a call for now. 613 with the subcode of
// bothersome messages is none: that is abuse.
func limited(e *GraphError) bool {
	switch e.Code {
	case codeAppLimit, codeUserLimit, codePageLimit, codePagesLimit, codeMessengerLimit:
		return true
	case codeCustomLimit:
		return e.Subcode != subcodeBothersome
	}
	return false
}

// refusal returns why a reply is refused for good.
func refusal(e *GraphError) model.Code {
	switch {
	case e.Code == codeToken:
		return model.PageDisconnected
	case e.Code == codeAbusive, e.is(codePermission, subcodeRestricted), e.is(codeCustomLimit, subcodeBothersome):
		return model.PageRestricted
	case e.Code == codeMessagesOff:
		return model.MessagesOff
	case e.is(codePermission, subcodeOutside), e.is(codePermission, subcodeOutsideNews):
		return model.WindowClosed
	case e.Code == codeUnavailable, e.Subcode == subcodeUnavailable, e.is(codePermission, subcodeCantReceive):
		return model.Unreachable
	case e.Has(numberOtherApp):
		return model.OtherApp
	}
	return model.GraphRefused
}
