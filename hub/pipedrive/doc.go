// Package pipedrive speaks to Pipedrive: by OAuth a user lets us act as them, and by the
// API we learn who somebody is. Pipedrive's JSON stays in here; what goes out are types
// of model, cleaned of what a terminal or a page must not get.
//
// What goes wrong is [model.ErrCRMRefused], where the same call will not do later, or
// [model.ErrCRMUnavailable]. No error and no log holds a token, a code or a secret. A
// [Client] is safe for concurrent use.
package pipedrive
