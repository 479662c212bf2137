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
	NoticeMailed      ID = "mail_state_mailed"
	NoticeMailWaiting ID = "mail_state_waiting"
	NoticeMailRetry   ID = "mail_state_retry"
	NoticeMailFailed  ID = "mail_state_failed"
	NoticeStop        ID = "mail_notice_stop"
	NoticeOver        ID = "mail_notice_over"
	NoticeUnread      ID = "mail_notice_unread"
	NoticeReadBy      ID = "mail_notice_read_by"
	NoticesBanner     ID = "mail_notices_banner"
	FlagNoticesRead   ID = "flag_notices_read"
)

const noticeDoPrefix = "notice_do_"

// NoticeDo names the sentence for what to do about a notice.
func NoticeDo(kind string) ID { return ID(noticeDoPrefix + kind) }
