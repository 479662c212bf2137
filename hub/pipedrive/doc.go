// Package pipedrive calls Pipedrive: OAuth, by which users let us act for them, and the API for
// users, persons, leads, deals and notes, with the user's own permissions if there is a grant
// of theirs. Pipedrive's JSON stays in here; what it returns are types of model, cleaned of
// anything that a terminal or a page must not get.
//
// Errors are [model.ErrCRMRefused] if the token will not work later, either,
// [model.ErrCRMNotFound], [model.ErrCRMForbidden], [model.ErrCRMInvalid], or
// [model.ErrCRMUnavailable] if the call may succeed later; a [model.CRMLimit] says when. No
// error or log contains a token, a code or a secret. A [Client] is safe for concurrent use.
package pipedrive
