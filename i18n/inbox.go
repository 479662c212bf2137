package i18n

// FilterName names the word for a filter of the inbox.
func FilterName(filter string) ID { return ID("filter_" + filter) }

// EmptyFilter names the sentence for a filter without conversations.
func EmptyFilter(filter string) ID { return ID("empty_filter_" + filter) }

// SortName names the word for an order of the inbox.
func SortName(sort string) ID { return ID("sort_" + sort) }

// State names the sentence for a reply's state.
func State(state string) ID { return ID("state_reply_" + state) }

// PicturesSize names a size in which pictures are shown.
func PicturesSize(size string) ID { return ID("pictures_size_" + size) }
