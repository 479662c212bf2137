package i18n

import "parley/model"

// Code names the sentence for a refusal or an error.
func Code(code string) ID { return ID("code_" + code) }

// CodeUntil names the sentence for a refusal that says when it is worth trying again; not
// every code has one.
func CodeUntil(code string) ID { return Code(code) + "_until" }

// WebCode names what a page in the browser says of a code, and what to do.
func WebCode(code string) ID { return ID("web_code_" + code) }

// Blocked names the few words for why no reply is allowed, as a row of the inbox says it.
func Blocked(code string) ID { return ID("blocked_" + code) }

// Trouble names the sentence for what went wrong with a reply or a reaction. If Facebook
// answered, the sentence never says that it did not; its answer is in the detail.
func Trouble(e model.MessageError) ID {
	switch {
	case e.Code == model.OutcomeUnknown && e.Detail != "" && e.Unchecked:
		return Code("outcome_answered_unchecked")
	case e.Code == model.OutcomeUnknown && e.Detail != "":
		return Code("outcome_answered")
	case e.Unchecked:
		return Code("outcome_unchecked")
	}
	return Code(string(e.Code))
}
