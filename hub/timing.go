package hub

import "time"

// Timing holds the deadlines of the hub: the settings of [timing]. Tests shorten them.
type Timing struct {
	// SendDeadline is the longest that one call of the Send API may take.
	SendDeadline time.Duration `koanf:"send_deadline"`
	// Lease is when a reply being posted counts as unknown at the latest; longer
	// than SendDeadline.
	Lease time.Duration `koanf:"lease"`
	// UnknownChecks are the times after an attempt at which the Page's inbox is
	// asked whether a reply of unknown outcome arrived.
	UnknownChecks []time.Duration `koanf:"unknown_checks"`
	// AskAfter is how long after an attempt its writer is asked what to do.
	AskAfter time.Duration `koanf:"ask_after"`
	// CheckGrace is how long after an attempt a check must be answered for its "not
	// there" to count.
	CheckGrace time.Duration `koanf:"check_grace"`
	// QueueLimit is how long after acceptance a reply may leave by itself.
	QueueLimit time.Duration `koanf:"queue_limit"`
	// RetryPause is the first pause after an attempt of which nothing was written;
	// it doubles up to RetryPauseMax.
	RetryPause    time.Duration `koanf:"retry_pause"`
	RetryPauseMax time.Duration `koanf:"retry_pause_max"`
	// Upload is the longest that handing a file to Meta may take.
	Upload time.Duration `koanf:"upload"`
	// Webhook is how long a webhook may take before Meta is told to send it again.
	Webhook time.Duration `koanf:"webhook"`
	// GraphCall is the longest that any other call of the Graph API may take.
	GraphCall time.Duration `koanf:"graph_call"`
	// MailCall is the longest that handing a mail to the mail server may take. One that
	// was not taken waits MailPause, doubling up to MailPauseMax, and is given up after
	// MailLimit.
	MailCall     time.Duration `koanf:"mail_call"`
	MailPause    time.Duration `koanf:"mail_pause"`
	MailPauseMax time.Duration `koanf:"mail_pause_max"`
	MailLimit    time.Duration `koanf:"mail_limit"`
	// MediaFetch is the longest that fetching what a customer sent may take. What could not be
	// fetched waits MediaRetry, doubling up to MediaRetryMax, and is given up after MediaLimit.
	MediaFetch    time.Duration `koanf:"media_fetch"`
	MediaRetry    time.Duration `koanf:"media_retry"`
	MediaRetryMax time.Duration `koanf:"media_retry_max"`
	MediaLimit    time.Duration `koanf:"media_limit"`
	// PageCheck is how often Meta is asked whether each Page's webhooks come and messaging
	// is on.
	PageCheck time.Duration `koanf:"page_check"`
	// ConversationsPause is between two calls that read a Page's conversations: Meta
	// allows two a second.
	ConversationsPause time.Duration `koanf:"conversations_pause"`
	// ImportPause is the first pause of an import after a call that failed; it doubles up
	// to ImportPauseMax.
	ImportPause    time.Duration `koanf:"import_pause"`
	ImportPauseMax time.Duration `koanf:"import_pause_max"`
	// Heads is how often clients are told the hub's time and how far each Page is.
	Heads time.Duration `koanf:"heads"`
	// Dead is after how long without a sign of life a connection counts as gone, and
	// after how long without progress a slow one is closed.
	Dead     time.Duration `koanf:"dead"`
	Progress time.Duration `koanf:"progress"`
	// Revalidate is how often an open connection's token and role are looked at.
	Revalidate time.Duration `koanf:"revalidate"`
	// Roles is how often the CRM is asked who is an admin; CRMCall the longest that one
	// call of it may take.
	Roles   time.Duration `koanf:"roles"`
	CRMCall time.Duration `koanf:"crm_call"`
	// SyncPause is how long a transcript waits after a message before it is written,
	// SyncMost how long at most after the first; what failed waits SyncRetry, doubling up
	// to SyncRetryMax. SyncGap is between two writes.
	SyncPause    time.Duration `koanf:"sync_pause"`
	SyncMost     time.Duration `koanf:"sync_most"`
	SyncRetry    time.Duration `koanf:"sync_retry"`
	SyncRetryMax time.Duration `koanf:"sync_retry_max"`
	SyncGap      time.Duration `koanf:"sync_gap"`
	// CRMNightly is at which time of the night, counted from midnight in the hub's zone,
	// linked records are read again, as webhooks get lost; CRMPause is between two of them.
	CRMNightly time.Duration `koanf:"crm_nightly"`
	CRMPause   time.Duration `koanf:"crm_pause"`
	// LoginPoll is how often who signs in through a browser may ask whether it is done.
	LoginPoll time.Duration `koanf:"login_poll"`
	// Retention is how long the log and understood raw events are kept.
	Retention time.Duration `koanf:"retention"`
}

// DefaultTiming returns the deadlines that hold where nothing is set.
func DefaultTiming() Timing {
	return Timing{
		SendDeadline:       25 * time.Second,
		Lease:              time.Minute,
		UnknownChecks:      []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute},
		AskAfter:           2 * time.Minute,
		CheckGrace:         30 * time.Second,
		QueueLimit:         10 * time.Minute,
		RetryPause:         500 * time.Millisecond,
		RetryPauseMax:      30 * time.Second,
		Upload:             2 * time.Minute,
		Webhook:            4 * time.Second,
		GraphCall:          15 * time.Second,
		MailCall:           30 * time.Second,
		MailPause:          30 * time.Second,
		MailPauseMax:       time.Hour,
		MailLimit:          3 * 24 * time.Hour,
		MediaFetch:         2 * time.Minute,
		MediaRetry:         10 * time.Second,
		MediaRetryMax:      time.Hour,
		MediaLimit:         2 * 24 * time.Hour,
		PageCheck:          5 * time.Minute,
		ConversationsPause: 500 * time.Millisecond,
		ImportPause:        time.Second,
		ImportPauseMax:     time.Minute,
		Heads:              15 * time.Second,
		Dead:               35 * time.Second,
		Progress:           30 * time.Second,
		Revalidate:         2 * time.Second,
		Roles:              time.Hour,
		CRMCall:            15 * time.Second,
		SyncPause:          20 * time.Second,
		SyncMost:           3 * time.Minute,
		SyncRetry:          30 * time.Second,
		SyncRetryMax:       time.Hour,
		SyncGap:            250 * time.Millisecond,
		CRMNightly:         3 * time.Hour,
		CRMPause:           2 * time.Second,
		LoginPoll:          5 * time.Second,
		Retention:          30 * 24 * time.Hour,
	}
}
