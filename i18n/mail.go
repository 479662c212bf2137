package i18n

// The mail to the support inbox about what Facebook's policy team did.
const (
	MailWarning       ID = "mail_warning"
	MailBlock         ID = "mail_block"
	MailUnblock       ID = "mail_unblock"
	MailStop          ID = "mail_stop"
	MailSince         ID = "mail_since"
	MailPage          ID = "mail_page"
	MailReason        ID = "mail_reason"
	MailNoReason      ID = "mail_no_reason"
	MailWarningBlocks ID = "mail_warning_blocks"
	MailBlockBlocks   ID = "mail_block_blocks"
	MailBlockOver     ID = "mail_block_over"
	MailUnblockBlocks ID = "mail_unblock_blocks"
	MailUnblockOver   ID = "mail_unblock_over"
	MailAskAnswer     ID = "mail_ask_answer"
	MailAskInbox      ID = "mail_ask_inbox"
	MailWhere         ID = "mail_where"
)

// What is said of a notice's mail, and of what to do about a notice.
const (
	MailStateMailed   ID = "mail_state_mailed"
	MailStateWaiting  ID = "mail_state_waiting"
	MailStateRetry    ID = "mail_state_retry"
	MailStateFailed   ID = "mail_state_failed"
	MailNoticeStop    ID = "mail_notice_stop"
	MailNoticeOver    ID = "mail_notice_over"
	MailNoticeUnread  ID = "mail_notice_unread"
	MailNoticeReadBy  ID = "mail_notice_read_by"
	MailNoticesBanner ID = "mail_notices_banner"
	FlagNoticesRead   ID = "flag_notices_read"
)

const noticeDoPrefix = "notice_do_"

// NoticeDo names the sentence for what to do about a notice.
func NoticeDo(kind string) ID { return ID(noticeDoPrefix + kind) }
