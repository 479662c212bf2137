package i18n

// Prefixes of the screen's sentences whose ids are made from other names.
const (
	commandPrefix  = "cmd_"
	labelSuffix    = "_label"
	reasonSuffix   = "_reason"
	filterPrefix   = "filter_"
	emptyPrefix    = "empty_filter_"
	sortPrefix     = "sort_"
	questionPrefix = "question_"
	answerPrefix   = "answer_"
)

// Command names the sentence for what a command of the screen does.
func Command(id string) ID { return ID(commandPrefix + id) }

// CommandLabel names the word for a command in the footer.
func CommandLabel(id string) ID { return ID(commandPrefix + id + labelSuffix) }

// CommandReason names the sentence for why a command can never be used.
func CommandReason(id string) ID { return ID(commandPrefix + id + reasonSuffix) }

// FilterName names a filter of the inbox, EmptyFilter what is said where it holds
// nothing.
func FilterName(filter string) ID { return ID(filterPrefix + filter) }

// EmptyFilter names what is said where a filter holds nothing.
func EmptyFilter(filter string) ID { return ID(emptyPrefix + filter) }

// SortName names an order of the inbox.
func SortName(sort string) ID { return ID(sortPrefix + sort) }

// Question and Answer name the entries of "What you can't do, and why".
func Question(id string) ID { return ID(questionPrefix + id) }

// Answer names the answer to a question.
func Answer(id string) ID { return ID(answerPrefix + id) }

// The first line and the line under it.
const (
	AllPages         ID = "all_pages"
	StateLive        ID = "state_live"
	StateReading     ID = "state_reading"
	StateConnecting  ID = "state_connecting"
	StateOffline     ID = "state_offline"
	BannerOffline    ID = "banner_offline"
	BannerSignedOut  ID = "banner_signed_out"
	OfflineRefused   ID = "offline_refused"
	OfflineName      ID = "offline_name"
	OfflineSilent    ID = "offline_silent"
	OfflineLost      ID = "offline_lost"
	RestrictedReason ID = "restricted_reason"
	NewerBelow       ID = "newer_below"
	OverlayKeys      ID = "overlay_keys"
)

// The panes.
const (
	PanelContact      ID = "panel_contact"
	PanelLanguage     ID = "panel_language"
	PanelConversation ID = "panel_conversation"
	PanelAssigned     ID = "panel_assigned"
	PanelUnassigned   ID = "panel_unassigned"
	PanelDone         ID = "panel_done"
	PanelSnoozed      ID = "panel_snoozed"
	PanelOpen         ID = "panel_open"
	EmptyThread       ID = "empty_thread"
	EmptyThreadKeys   ID = "empty_thread_keys"
	EmptySearch       ID = "empty_search"
	EmptySearchKeys   ID = "empty_search_keys"
	EmptyPages        ID = "empty_pages"
	EmptyPagesKeys    ID = "empty_pages_keys"
	EmptyKeys         ID = "empty_keys"
	EmptyPrivate      ID = "empty_private"
	EmptyPrivateDo    ID = "empty_private_do"
)

// What was done.
const (
	SaidDone            ID = "said_done"
	SaidReopened        ID = "said_reopened"
	SaidSnoozed         ID = "said_snoozed"
	SaidPinned          ID = "said_pinned"
	SaidAssigned        ID = "said_assigned"
	SaidAssignedMe      ID = "said_assigned_me"
	SaidUnassigned      ID = "said_unassigned"
	SaidAvailable       ID = "said_available"
	SaidAway            ID = "said_away"
	SaidUnpinned        ID = "said_unpinned"
	SaidRead            ID = "said_read"
	SaidUnread          ID = "said_unread"
	SaidDeleted         ID = "said_deleted"
	SaidUndone          ID = "said_undone"
	SaidNothingWaits    ID = "said_nothing_waits"
	SaidNewerReply      ID = "said_newer_reply"
	SaidUnsent          ID = "said_unsent"
	SaidTakenAfterAll   ID = "said_taken_after_all"
	SaidWaitsForEarlier ID = "said_waits_for_earlier"
	SaidDecideThis      ID = "said_decide_this"
	UnsentBefore        ID = "unsent_before"
	UnsentLabel         ID = "unsent_label"
	UnsentElsewhere     ID = "unsent_elsewhere"
	UnsentGone          ID = "unsent_gone"
	UnsentKeep          ID = "unsent_keep"
	UnsentRemove        ID = "unsent_remove"
	SaidUnsentRemoved   ID = "said_unsent_removed"
	SaidSorted          ID = "said_sorted"
	SaidCopied          ID = "said_copied"
	SaidAddressCopied   ID = "said_address_copied"
	SaidPageChecking    ID = "said_page_checking"
	SaidLinkCopied      ID = "said_link_copied"
	SaidAddressOpened   ID = "said_address_opened"
	AddressesTitle      ID = "addresses_title"
	PasteNowhere        ID = "paste_nowhere"
	PasteTooLong        ID = "paste_too_long"
	NewsUnreadable      ID = "news_unreadable"
)

// Why something can't be done now.
const (
	WhyNoConversation   ID = "why_no_conversation"
	WhyNotOpen          ID = "why_not_open"
	WhyNothingAsks      ID = "why_nothing_asks"
	WhyNothingToUndo    ID = "why_nothing_to_undo"
	WhyNoShell          ID = "why_no_shell"
	WhyOnePage          ID = "why_one_page"
	WhyNoPage           ID = "why_no_page"
	WhyNoText           ID = "why_no_text"
	WhyNoAddress        ID = "why_no_address"
	WhyNoDraft          ID = "why_no_draft"
	WhyNoBrowser        ID = "why_no_browser"
	WhySharedAlready    ID = "why_shared_already"
	WhyPrivateAlready   ID = "why_private_already"
	WhyPrivatePage      ID = "why_private_page"
	WhyAvailableAlready ID = "why_available_already"
	WhyAwayAlready      ID = "why_away_already"
)

// What lies over the screen.
const (
	PaletteTitle   ID = "palette_title"
	HelpTitle      ID = "help_title"
	HelpHere       ID = "help_here"
	HelpPages      ID = "help_pages"
	HelpEverywhere ID = "help_everywhere"
	HelpTyping     ID = "help_typing"
	HelpSend       ID = "help_send"
	HelpLine       ID = "help_line"
	HelpLeave      ID = "help_leave"
	WhyNotTitle    ID = "why_not_title"
	NoticesTitle   ID = "notices_title"
	DraftsTitle    ID = "drafts_title"
	SearchTitle    ID = "search_title"
	SearchHint     ID = "search_hint"
	SearchFor      ID = "search_for"
	SearchFound    ID = "search_found"
	SearchGoesOn   ID = "search_goes_on"
	SnoozeTitle    ID = "snooze_title"
	SnoozeHour     ID = "snooze_hour"
	SnoozeTomorrow ID = "snooze_tomorrow"
	SnoozeMonday   ID = "snooze_monday"
	SnoozeTyped    ID = "snooze_typed"
	SnoozeHint     ID = "snooze_hint"
	SnoozeUnclear  ID = "snooze_unclear"
)

// Who sees a Page.
const (
	PageIsPrivate          ID = "page_is_private"
	PageIsShared           ID = "page_is_shared"
	PageIsMine             ID = "page_is_mine"
	PageMadePrivate        ID = "page_made_private"
	PageShow               ID = "page_show"
	VisibilityShare        ID = "visibility_share"
	VisibilityShareWho     ID = "visibility_share_who"
	VisibilityShareCounted ID = "visibility_share_counted"
	VisibilityShareYes     ID = "visibility_share_yes"
	VisibilityShareNo      ID = "visibility_share_no"
	VisibilityHide         ID = "visibility_hide"
	VisibilityHideWho      ID = "visibility_hide_who"
	VisibilityHideYes      ID = "visibility_hide_yes"
	VisibilityHideNo       ID = "visibility_hide_no"
)

// Before a conversation is deleted.
const (
	DeletionTitle ID = "deletion_title"
	DeletionWhat  ID = "deletion_what"
	DeletionYes   ID = "deletion_yes"
	DeletionNo    ID = "deletion_no"
)

// Connecting a Page, and bringing its past in.
const (
	ConnectTitle     ID = "connect_title"
	ConnectInBrowser ID = "connect_in_browser"
	ConnectElsewhere ID = "connect_elsewhere"
	ConnectCopy      ID = "connect_copy"
	ConnectGiveUp    ID = "connect_give_up"
	ConnectCopied    ID = "connect_copied"
	ImportBegun      ID = "import_begun"
	ImportStopped    ID = "import_stopped"
	WhyImportRuns    ID = "why_import_runs"
	WhyNoImport      ID = "why_no_import"
)

// Who looks after a conversation.
const (
	AssignTitle  ID = "assign_title"
	AssignMe     ID = "assign_me"
	AssignNobody ID = "assign_nobody"
	AssignNow    ID = "assign_now"
	// AssignAvailable and AssignAway are the words beside the mark of who is available,
	// and of who is not.
	AssignAvailable ID = "assign_available"
	AssignAway      ID = "assign_away"
)

// What colleagues do in a conversation.
const (
	PresenceWriting     ID = "presence_writing"
	PresenceManyWriting ID = "presence_many_writing"
	PresenceLooking     ID = "presence_looking"
	PresenceManyLooking ID = "presence_many_looking"
)
