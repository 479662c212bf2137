package i18n

// Command names the sentence for what a command of the screen does.
func Command(id string) ID { return ID("cmd_" + id) }

// CommandLabel names the word for a command in the footer.
func CommandLabel(id string) ID { return Command(id) + "_label" }

// CommandReason names the sentence for why a command can never be used.
func CommandReason(id string) ID { return Command(id) + "_reason" }

// Question names an entry of "What you can't do, and why".
func Question(id string) ID { return ID("question_" + id) }

// Answer names the answer to a question.
func Answer(id string) ID { return ID("answer_" + id) }
