package i18n

// Days and times in the screen.
const (
	DayToday        ID = "day_today"
	DayYesterday    ID = "day_yesterday"
	MomentTomorrow  ID = "moment_tomorrow"
	MomentYesterday ID = "moment_yesterday"
	MomentDay       ID = "moment_day"
)

// The inbox.
const (
	You               ID = "you"
	PreviewPage       ID = "preview_page"
	PreviewSaid       ID = "preview_said"
	LeftLeast         ID = "left_least"
	LeftUncertain     ID = "left_uncertain"
	LeftUncertainDay  ID = "left_uncertain_day"
	InboxUnanswerable ID = "inbox_unanswerable"
)

const blockedPrefix = "blocked_"

// Blocked names the few words for why no reply is allowed, as a row of the inbox says
// it.
func Blocked(code string) ID { return ID(blockedPrefix + code) }

// The composer.
const (
	ComposerPlaceholder      ID = "composer_placeholder"
	ComposerSend             ID = "composer_send"
	ComposerLine             ID = "composer_line"
	ComposerLeave            ID = "composer_leave"
	ComposerNoteLabel        ID = "composer_note_label"
	ComposerNotePlaceholder  ID = "composer_note_placeholder"
	ComposerNoteStore        ID = "composer_note_store"
	ComposerKept             ID = "composer_kept"
	ComposerChecking         ID = "composer_checking"
	ComposerHidden           ID = "composer_hidden"
	ComposerHiddenDo         ID = "composer_hidden_do"
	ComposerDisconnected     ID = "composer_disconnected"
	ComposerDisconnectedDo   ID = "composer_disconnected_do"
	ComposerRestricted       ID = "composer_restricted"
	ComposerRestrictedFor    ID = "composer_restricted_for"
	ComposerRestrictedDo     ID = "composer_restricted_do"
	ComposerRestrictedUntil  ID = "composer_restricted_until"
	ComposerMessagesOff      ID = "composer_messages_off"
	ComposerMessagesOffDo    ID = "composer_messages_off_do"
	ComposerNotStarted       ID = "composer_not_started"
	ComposerNotStartedDo     ID = "composer_not_started_do"
	ComposerClosed           ID = "composer_closed"
	ComposerClosedAt         ID = "composer_closed_at"
	ComposerClosedDo         ID = "composer_closed_do"
	ComposerUncertain        ID = "composer_uncertain"
	ComposerUnreachable      ID = "composer_unreachable"
	ComposerUnreachableDo    ID = "composer_unreachable_do"
	ComposerOtherApp         ID = "composer_other_app"
	ComposerOtherAppDo       ID = "composer_other_app_do"
	ComposerOtherAppUntil    ID = "composer_other_app_until"
	ComposerRateLimited      ID = "composer_rate_limited"
	ComposerRateLimitedUntil ID = "composer_rate_limited_until"
	ComposerRateLimitedDo    ID = "composer_rate_limited_do"
)

// Overlays.
const (
	OverlayNone     ID = "overlay_none"
	OverlayPosition ID = "overlay_position"
)

// The conversation.
const (
	ThreadNew        ID = "thread_new"
	ThreadOlder      ID = "thread_older"
	ThreadReading    ID = "thread_reading"
	ThreadNone       ID = "thread_none"
	ThreadNoneKey    ID = "thread_none_key"
	ThreadEmpty      ID = "thread_empty"
	ThreadEmptyReply ID = "thread_empty_reply"
	ThreadEmptyShare ID = "thread_empty_share"
	ThreadPage       ID = "thread_page"
	ThreadColleague  ID = "thread_colleague"
	ThreadEarlier    ID = "thread_earlier"
	ThreadBefore     ID = "thread_before"
	ThreadAside      ID = "thread_aside"
	ThreadCut        ID = "thread_cut"
	ThreadOpen       ID = "thread_open"
	ThreadNotSent    ID = "thread_not_sent"
	ThreadResendDrop ID = "thread_resend_drop"
)

// What happened, in the conversation.
const (
	BookingSpan       ID = "booking_span"
	MessageStandby    ID = "message_standby"
	AttachmentNothing ID = "attachment_nothing"
	FeedbackGood      ID = "feedback_good"
	FeedbackBad       ID = "feedback_bad"

	bookingPrefix = "booking_"
)

// Booking names the word for how an appointment stands.
func Booking(status string) ID { return ID(bookingPrefix + status) }
