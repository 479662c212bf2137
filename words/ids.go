package words

// Sentences of the program's commands.
const (
	RootShort ID = "root_short"
	RootLong  ID = "root_long"

	HubShort            ID = "hub_short"
	HubLong             ID = "hub_long"
	SandboxShort        ID = "sandbox_short"
	SandboxLong         ID = "sandbox_long"
	UserShort           ID = "user_short"
	UserAddShort        ID = "user_add_short"
	LoginShort          ID = "login_short"
	LoginLong           ID = "login_long"
	LogoutShort         ID = "logout_short"
	WhoamiShort         ID = "whoami_short"
	ConfigShort         ID = "config_short"
	PageShort           ID = "page_short"
	PageConnectShort    ID = "page_connect_short"
	PageListShort       ID = "page_list_short"
	PageVisibilityShort ID = "page_visibility_short"
	PageDisconnectShort ID = "page_disconnect_short"
	ListShort           ID = "list_short"
	ShowShort           ID = "show_short"
	ReplyShort          ID = "reply_short"
	ReplyLong           ID = "reply_long"
	TailShort           ID = "tail_short"
	DemoShort           ID = "demo_short"
	DemoLong            ID = "demo_long"
	NoticesShort        ID = "notices_short"
	StatsShort          ID = "stats_short"
	VersionShort        ID = "version_short"
	HelpShort           ID = "help_short"
	CompletionShort     ID = "completion_short"
)

// Descriptions of flags.
const (
	FlagLang           ID = "flag_lang"
	FlagJSON           ID = "flag_json"
	FlagHub            ID = "flag_hub"
	FlagHelp           ID = "flag_help"
	FlagListen         ID = "flag_listen"
	FlagDB             ID = "flag_db"
	FlagBus            ID = "flag_bus"
	FlagConfig         ID = "flag_config"
	FlagSeed           ID = "flag_seed"
	FlagSandboxPeople  ID = "flag_sandbox_people"
	FlagSandboxRate    ID = "flag_sandbox_rate"
	FlagSandboxHistory ID = "flag_sandbox_history"
	FlagAdmin          ID = "flag_admin"
	FlagEmail          ID = "flag_email"
	FlagToken          ID = "flag_token"
	FlagPage           ID = "flag_page"
	FlagTokenFile      ID = "flag_token_file"
	FlagVisibility     ID = "flag_visibility"
	FlagFilter         ID = "flag_filter"
	FlagLimit          ID = "flag_limit"
	FlagCursor         ID = "flag_cursor"
	FlagSearch         ID = "flag_search"
	FlagWait           ID = "flag_wait"
	FlagClientID       ID = "flag_client_id"
	FlagBefore         ID = "flag_before"
	FlagFrom           ID = "flag_from"
	FlagPlain          ID = "flag_plain"
	FlagData           ID = "flag_data"
)

// Headings of the help.
const (
	HelpUsage    ID = "help_usage"
	HelpCommands ID = "help_commands"
	HelpFlags    ID = "help_flags"
	HelpGlobal   ID = "help_global"
	HelpMore     ID = "help_more"
)

// What a command says.
const (
	HubListening     ID = "hub_listening"
	SandboxReady     ID = "sandbox_ready"
	UserAdded        ID = "user_added"
	UserCode         ID = "user_code"
	UserToken        ID = "user_token"
	LoginPrompt      ID = "login_prompt"
	LoginDone        ID = "login_done"
	LoginOverridden  ID = "login_overridden"
	KeptInKeyring    ID = "kept_in_keyring"
	KeptInFile       ID = "kept_in_file"
	KeptInVariable   ID = "kept_in_variable"
	LogoutDone       ID = "logout_done"
	LogoutNone       ID = "logout_none"
	LogoutNotRevoked ID = "logout_not_revoked"
	WhoamiIs         ID = "whoami_is"
	SettingSet       ID = "setting_set"
	SettingNotSet    ID = "setting_not_set"
	FromFlag         ID = "from_flag"
	FromLogin        ID = "from_login"
	FromDefault      ID = "from_default"
	ConfigFile       ID = "config_file"
	ConfigNoFile     ID = "config_no_file"
	PageConnected    ID = "page_connected"
	PageDisconnected ID = "page_disconnected_done"
	PageShared       ID = "page_shared"
	PagePrivate      ID = "page_private"
	PagesNone        ID = "pages_none"
	StateConnected   ID = "state_connected"
	StateOff         ID = "state_disconnected"
	VisPrivateMine   ID = "visibility_private_mine"
	VisPrivateOf     ID = "visibility_private_of"
	VisShared        ID = "visibility_shared"
	ListEmpty        ID = "list_empty"
	ListMore         ID = "list_more"
	SearchNone       ID = "search_none"
	SearchMore       ID = "search_more"
	ShowEmpty        ID = "show_empty"
	ShowMore         ID = "show_more"
	NoticesNone      ID = "notices_none"
	StatsNone        ID = "stats_none"
	CustomerUnnamed  ID = "customer_unnamed"
	AuthorPage       ID = "author_page"
	AuthorApp        ID = "author_app"
	NoteLabel        ID = "note_label"
	Edited           ID = "edited"
	Unsent           ID = "unsent"
	HiddenChars      ID = "hidden_characters"
	WindowUntil      ID = "window_until"
	ReactedBy        ID = "reacted_by"
	FeedbackWas      ID = "feedback_was"
	WaitsForEarlier  ID = "waits_for_earlier"
	ProbablySent     ID = "probably_sent"
	ReplyGoesOn      ID = "reply_goes_on"
	DeliveredTwice   ID = "delivered_twice"
	LinesMore        ID = "lines_more"
	DemoUser         ID = "demo_user"
	ConnLive         ID = "connection_live"
	ConnOffline      ID = "connection_offline"
	PlainWelcome     ID = "plain_welcome"
	PlainComplete    ID = "plain_complete"
	PlainHelp        ID = "plain_help"
	PlainNoNumber    ID = "plain_no_number"
)

// Ages and times.
const (
	AgeNow     ID = "age_now"
	AgeMinutes ID = "age_minutes"
	AgeHours   ID = "age_hours"
	AgeDays    ID = "age_days"
)

// State of a reply, and what happened: prefix and the model's own word.
const (
	stateprefix  = "state_reply_"
	eventPrefix  = "event_"
	noticePrefix = "notice_"
	codePrefix   = "code_"
	attachPrefix = "attachment_"
)

// State names the sentence for a reply's state.
func State(state string) ID { return ID(stateprefix + state) }

// Event names the sentence for what happened in a conversation.
func Event(kind string) ID { return ID(eventPrefix + kind) }

// Notice names the sentence for news about a Page.
func Notice(kind string) ID { return ID(noticePrefix + kind) }

// Code names the sentence for a refusal or an error.
func Code(code string) ID { return ID(codePrefix + code) }

// Attachment names the word for a kind of attachment.
func Attachment(kind string) ID { return ID(attachPrefix + kind) }

// What went wrong.
const (
	ErrorLabel         ID = "error_label"
	ErrUnknownFlag     ID = "err_unknown_flag"
	ErrFlagValue       ID = "err_flag_value"
	ErrFlagNeedsValue  ID = "err_flag_needs_value"
	ErrUnknownCommand  ID = "err_unknown_command"
	ErrArguments       ID = "err_arguments"
	ErrFlagRequired    ID = "err_flag_required"
	ErrChoice          ID = "err_choice"
	ErrSetting         ID = "err_setting"
	ErrSettingMissing  ID = "err_setting_missing"
	ErrNotYet          ID = "err_not_yet"
	ErrHubUnreachable  ID = "err_hub_unreachable"
	ErrHubNotSet       ID = "err_hub_not_set"
	ErrHubPlain        ID = "err_hub_plain"
	ErrTokenMissing    ID = "err_token_missing"
	ErrHubURL          ID = "err_hub_url"
	ErrCodeRead        ID = "err_code_read"
	ErrCodeEmpty       ID = "err_code_empty"
	ErrLoginCode       ID = "err_login_code"
	ErrLoginKeep       ID = "err_login_keep"
	ErrLoginRead       ID = "err_login_read"
	ErrKeyring         ID = "err_keyring"
	ErrKeyringForget   ID = "err_keyring_forget"
	ErrHubAnswer       ID = "err_hub_answer"
	ErrFileRead        ID = "err_file_read"
	ErrFileEmpty       ID = "err_file_empty"
	ErrStoreLocked     ID = "err_store_locked"
	ErrStoreNewer      ID = "err_store_newer"
	ErrStoreOpen       ID = "err_store_open"
	ErrListen          ID = "err_listen"
	ErrReplyKept       ID = "err_reply_kept"
	ErrReplyKeep       ID = "err_reply_keep"
	ErrStdin           ID = "err_stdin"
	ErrInternal        ID = "err_internal"
	ErrInterrupted     ID = "err_interrupted"
	ErrSandbox         ID = "err_sandbox"
	ErrServer          ID = "err_server"
	HelpHint           ID = "help_hint"
	ErrNoTerminal      ID = "err_no_terminal"
	DetailFromFacebook ID = "detail_from_facebook"
)
