package i18n

// Notice names the sentence for news about a Page.
func Notice(kind string) ID { return ID("notice_" + kind) }

// NoticeDo names the sentence for what to do about a notice.
func NoticeDo(kind string) ID { return ID("notice_do_" + kind) }

// Audit names the sentence for an action in the audit log.
func Audit(kind string) ID { return ID("audit_" + kind) }

// ImportState names the word for how an import stands.
func ImportState(state string) ID { return ID("import_state_" + state) }

// Entryway names the sentence for a way in and how to switch it on.
func Entryway(id string) ID { return ID("entryway_" + id) }

// CheckState names the word for how a check stands.
func CheckState(state string) ID { return ID("check_state_" + state) }

// Check names the sentence for what a check found. What could not be found out has one
// sentence for all checks.
func Check(id, state string) ID {
	if state == "unknown" {
		return "check_unknown"
	}
	return ID("check_" + id + "_" + state)
}
