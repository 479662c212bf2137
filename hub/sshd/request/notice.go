package request

// Notice is something that the server itself tells a client, in the client's language.
type Notice string

// Error implements error.
func (n Notice) Error() string { return string(n) }

// Why a command is not run. None repeats what the client sent.
const (
	NoticeCommandLong  Notice = "command too long"
	NoticeCommandQuote Notice = "unclosed quote"
	NoticeCommandVerb  Notice = "no such command over SSH"
	NoticeCommandFlag  Notice = "no such flag over SSH"
	NoticeCommandValue Notice = "a flag lacks its value"
)

// Why a session does not begin, or ends.
const (
	NoticeTerminal   Notice = "terminal too large"
	NoticeNotStarted Notice = "session not started"
	NoticeKilled     Notice = "session's program ended by a signal"
	NoticeIdle       Notice = "nothing typed for too long"
	NoticeLong       Notice = "session lasted as long as one may"
	NoticeRevoked    Notice = "user or key may not come in any more"
	NoticeStopping   Notice = "server stops"
)
