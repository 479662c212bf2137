package messenger

import (
	"net/http"
	"strings"

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
	codeSignature      = 104
	codeToken          = 190
	codePermissions    = 200 // to 299
	codePermissionsEnd = 299
	codeAbusive        = 368
	codeUnavailable    = 551
	codeCommerce       = 2022
	codeMessagesOff    = 10904

	subcodeNoObject     = 33
	subcodeUnavailable  = 1545041
	subcodeRestricted   = 1893063
	subcodeOutsideNews  = 2018065
	subcodeCantReceive  = 2018108
	subcodeOutside      = 2018278
	subcodeBothersome   = 2018338
	numberNoProfile     = 2018218 // a code or a subcode: Meta does not say which
	numberMayNotProfile = 2018247
	numberOtherApp      = 2018300
	numberAutomation    = 2018321
	numberDeleted       = 9000001
	subcodeNoUser       = 2018001
	subcodeFileFetch    = 2018008
	subcodeFileType     = 2018047
	subcodeFileID       = 2018074
	subcodeFileTooBig   = 2018109
	subcodeFileBroken   = 2018294
	subcodeWrongApp     = 2018164
	subcodeEU           = 2018336
	subcodeMarketing    = 1404170
	subcodeMarketingToo = 1893015
)

// classify returns what an error means for the reply (docs/adr/0004). Any answer with status
// 500 or above is uncertain, whatever it says. Below that, a rate limit counts as one even if
// Meta also marks it transient; then come the codes after which a message may have arrived.
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

// limited reports whether Meta refused a call because of a rate limit. 613 with the subcode for
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
	return reason(e)
}

// reason returns why a reply is refused for a reason that concerns it alone.
func reason(e *GraphError) model.Code {
	switch {
	case e.Has(numberAutomation):
		return model.AutomationActive
	case e.Has(numberDeleted):
		return model.MessageGone
	case e.Code == codeCommerce:
		return model.CommerceBlocked
	case e.Code == codeSignature, e.is(codeParameter, subcodeWrongApp), e.Code == codeParameter && strings.Contains(string(e.Message), "appsecret_proof"):
		return model.AppSettings
	case e.is(codePermission, subcodeEU):
		return model.ThreadRestricted
	case e.is(codeParameter, subcodeNoUser):
		return model.NoSuchCustomer
	case e.is(codeParameter, subcodeFileTooBig):
		return model.AttachmentTooBig
	case e.is(codeParameter, subcodeFileType):
		return model.AttachmentType
	case e.is(codeParameter, subcodeFileFetch), e.is(codeParameter, subcodeFileID), e.is(codeParameter, subcodeFileBroken):
		return model.AttachmentRefused
	case e.is(codePermission, subcodeMarketing), e.is(codePermission, subcodeMarketingToo):
		return model.GraphRefused // about messages that Parley never sends
	case e.Code == codePermission, e.Code >= codePermissions && e.Code <= codePermissionsEnd, e.is(codeParameter, subcodeNoObject):
		return model.PermissionMissing
	}
	return model.GraphRefused
}
