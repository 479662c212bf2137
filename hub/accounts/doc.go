// Package accounts is the hub's users and what lets them in: one-time codes, tokens, keys of
// SSH, sessions over it, and sign-in through a browser; and whether they take conversations.
//
// It owns these in the store. It needs hub/company, which says what the CRM knows of a user:
// who is not active there is let in nowhere. What it changes of a user that others may know
// it has told by the function that it is given.
package accounts
