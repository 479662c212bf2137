package i18n

// Word names what a command of the inbox as lines is called: words, the first of which is its name.
func Word(id string) ID { return ID("word_" + id) }
