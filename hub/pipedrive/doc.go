// Package pipedrive speaks to Pipedrive: by OAuth a user lets us act as them, by the API we
// learn who somebody is, and find, read and write persons, leads, deals and notes, with the
// user's own eyes where there is a grant of theirs. Pipedrive's JSON stays in here; what goes out are types
// of model, cleaned of what a terminal or a page must not get.
//
// What goes wrong is [model.ErrCRMRefused], where the token will not do later either,
// [model.ErrCRMNotFound], [model.ErrCRMForbidden], [model.ErrCRMInvalid], or
// [model.ErrCRMUnavailable], which may do later; a [model.CRMLimit] says when. No error and no log holds a token, a code or a secret. A
// [Client] is safe for concurrent use.
package pipedrive
