package i18n

// Sentences of signing in through Pipedrive.
const (
	SandboxPipedrive ID = "sandbox_pipedrive"

	LoginOpen         ID = "login_open"
	LoginShows        ID = "login_shows"
	LoginOrCode       ID = "login_or_code"
	LoginEnterOpens   ID = "login_enter_opens"
	LoginWaits        ID = "login_waits"
	LoginNoOpen       ID = "login_no_open"
	WhoamiAdmin       ID = "whoami_admin"
	WhoamiAdminFrom   ID = "whoami_admin_from"
	WhoamiNoAdminFrom ID = "whoami_no_admin_from"
	AuditedByCRM      ID = "audited_by_crm"

	// The hub's pages in the browser.
	LoginPageEnter   ID = "login_page_enter"
	LoginPageType    ID = "login_page_type"
	LoginPageWrong   ID = "login_page_wrong"
	LoginPageConfirm ID = "login_page_confirm"
	LoginPageCompare ID = "login_page_compare"
	LoginPageFrom    ID = "login_page_from"
	LoginPageWarning ID = "login_page_warning"
	LoginPageGoOn    ID = "login_page_go_on"
	LoginPageDone    ID = "login_page_done"
	LoginPageClose   ID = "login_page_close"
	LoginPageFailed  ID = "login_page_failed"
)
