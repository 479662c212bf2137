package words

// What belongs to sending besides the text: quotes, reactions, attachments.
const (
	FlagReplyTo     ID = "flag_reply_to"
	ComposerUnquote ID = "composer_unquote"
	QuoteOf         ID = "quote_of"
	WhyNoQuote      ID = "why_no_quote"
	WhyNotYetThere  ID = "why_not_yet_there"
)
