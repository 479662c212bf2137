package i18n

// What belongs to sending besides the text: quotes, reactions, attachments.
const (
	FlagReplyTo     ID = "flag_reply_to"
	ComposerUnquote ID = "composer_unquote"
	QuoteOf         ID = "quote_of"
	WhyNoQuote      ID = "why_no_quote"
	WhyNotYetThere  ID = "why_not_yet_there"
)

// Attachments.
const (
	FlagAttach        ID = "flag_attach"
	WhyNoFilesHere    ID = "why_no_files_here"
	ErrManyFiles      ID = "err_many_files"
	ErrNoFile         ID = "err_no_file"
	ErrFileUnreadable ID = "err_file_unreadable"
	ErrFileChanged    ID = "err_file_changed"
	UploadProgress    ID = "upload_progress"
	UploadGoing       ID = "upload_going"
	UploadStopped     ID = "upload_stopped"
	AttachTitle       ID = "attach_title"
	AttachHint        ID = "attach_hint"
	AttachedFiles     ID = "attached_files"
	ComposerUnattach  ID = "composer_unattach"
)

// Reactions.
const (
	ReactShort      ID = "react_short"
	FlagRemove      ID = "flag_remove"
	ErrNoEmoji      ID = "err_no_emoji"
	ReactTitle      ID = "react_title"
	ReactHint       ID = "react_hint"
	ReactOther      ID = "react_other"
	ReactTakeBack   ID = "react_take_back"
	ReactNoEmoji    ID = "react_no_emoji"
	ReactLove       ID = "react_love"
	ReactHaha       ID = "react_haha"
	ReactWow        ID = "react_wow"
	ReactSad        ID = "react_sad"
	ReactAngry      ID = "react_angry"
	ReactLike       ID = "react_like"
	ReactThanks     ID = "react_thanks"
	ReactionPending ID = "reaction_pending"
	ReactionFailed  ID = "reaction_failed"
	ReactionKept    ID = "reaction_kept"
	ReactionSet     ID = "reaction_set"
	ReactionGone    ID = "reaction_gone"
	ThreadYou       ID = "thread_you"
)
