// Package accounts manages the hub's users and their credentials: one-time codes, tokens, SSH
// keys, SSH sessions, and sign-in through a browser; also whether they take conversations.
//
// It owns these in the store. It needs hub/company for what the CRM says about a user: one who
// is not active there can't sign in anywhere. It announces changes of users through a function
// in [Options].
package accounts
