// Package logkey has the keys of the hub's log. Logs contain ids, codes and counts; never text,
// names or secrets.
package logkey

// Keys of the log.
const (
	Error        = "error"
	Page         = "page"
	Message      = "message"
	State        = "state"
	Code         = "code"
	Attempt      = "attempt"
	Event        = "event"
	User         = "user"
	Conversation = "conversation"
)
