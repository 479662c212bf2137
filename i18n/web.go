package i18n

// webCodePrefix begins what the hub's web pages say of a code, and what to do.
const webCodePrefix = "web_code_"

// WebCode names what a web page says of a code.
func WebCode(code string) ID { return ID(webCodePrefix + code) }

// importStatePrefix begins what is said of an import's states.
const importStatePrefix = "import_state_"

// ImportState names what is said of a state of an import.
func ImportState(state string) ID { return ID(importStatePrefix + state) }

// Connecting a Page in the browser.
const (
	WebConnectTitle  ID = "web_connect_title"
	WebConnectAsks   ID = "web_connect_asks"
	WebConnectOnly   ID = "web_connect_only"
	WebConnectWhat   ID = "web_connect_what"
	WebConnectRead   ID = "web_connect_read"
	WebConnectSend   ID = "web_connect_send"
	WebConnectStop   ID = "web_connect_stop"
	WebConnectGo     ID = "web_connect_go"
	WebChooseTitle   ID = "web_choose_title"
	WebChoosePage    ID = "web_choose_page"
	WebChooseWho     ID = "web_choose_who"
	WebChoosePrivate ID = "web_choose_private"
	WebPrivateMeans  ID = "web_private_means"
	WebChooseShared  ID = "web_choose_shared"
	WebSharedMeans   ID = "web_shared_means"
	WebChooseLater   ID = "web_choose_later"
	WebChooseFor     ID = "web_choose_for"
	WebChooseGo      ID = "web_choose_go"
	WebChooseNoPage  ID = "web_choose_no_page"
	WebOwnedBy       ID = "web_owned_by"
	WebNoControl     ID = "web_no_control"
	WebDoneTitle     ID = "web_done_title"
	WebDoneText      ID = "web_done_text"
	WebDonePrivate   ID = "web_done_private"
	WebDoneShared    ID = "web_done_shared"
	WebDoneNext      ID = "web_done_next"
	WebWaitTitle     ID = "web_wait_title"
	WebWaitText      ID = "web_wait_text"
	WebRefusedTitle  ID = "web_refused_title"
	WebRefusedAgain  ID = "web_refused_again"
	WebReason        ID = "web_reason"
)

// Connecting a Page from a command.
const (
	PageConnectLong    ID = "page_connect_long"
	ConnectOpen        ID = "connect_open"
	ConnectOpened      ID = "connect_opened"
	ConnectAtFacebook  ID = "connect_at_facebook"
	ConnectChoosing    ID = "connect_choosing"
	ConnectSubscribing ID = "connect_subscribing"
)

// Importing past conversations by a command.
const (
	PageImportShort  ID = "page_import_short"
	PageImportLong   ID = "page_import_long"
	ImportCount      ID = "import_count"
	ImportCountOf    ID = "import_count_of"
	ImportRate       ID = "import_rate"
	ImportLeft       ID = "import_left"
	ImportGoesOn     ID = "import_goes_on"
	FlagImportCancel ID = "flag_import_cancel"
	FlagImportStatus ID = "flag_import_status"
)
