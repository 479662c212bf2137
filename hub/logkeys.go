package hub

// Keys of the log. Logs hold ids, codes and counts; never text, names or secrets.
const (
	keyError        = "error"
	keyPage         = "page"
	keyMessage      = "message"
	keyState        = "state"
	keyCode         = "code"
	keyAttempt      = "attempt"
	keyEvent        = "event"
	keyUser         = "user"
	keyConversation = "conversation"
)
