package i18n

// The greeting of a Page.
const (
	GreetingShort       ID = "greeting_short"
	GreetingLong        ID = "greeting_long"
	FlagGreetingSet     ID = "flag_greeting_set"
	FlagGreetingLocale  ID = "flag_greeting_locale"
	FlagGreetingDelete  ID = "flag_greeting_delete"
	FlagGreetingPreview ID = "flag_greeting_preview"
	FlagGreetingName    ID = "flag_greeting_name"
	GreetingOne         ID = "greeting_one"
	GreetingNone        ID = "greeting_none"
	GreetingSet         ID = "greeting_set"
	GreetingDeleted     ID = "greeting_deleted"
	GreetingTitle       ID = "greeting_title"
	GreetingSays        ID = "greeting_says"
	GreetingEdit        ID = "greeting_edit"
	GreetingAdd         ID = "greeting_add"
	GreetingEditTitle   ID = "greeting_edit_title"
	GreetingEditHint    ID = "greeting_edit_hint"
	GreetingLocaleHint  ID = "greeting_locale_hint"
	GreetingLoading     ID = "greeting_loading"
	GreetingSample      ID = "greeting_sample"
)

// The ways by which customers begin.
const (
	EntryShort      ID = "entry_short"
	EntryLong       ID = "entry_long"
	FlagEntryRef    ID = "flag_entry_ref"
	FlagEntryGround ID = "flag_entry_ground"
	FlagEntryASCII  ID = "flag_entry_ascii"
	EntryNoPage     ID = "entry_no_page"
	EntryTitle      ID = "entry_title"
)

const entrywayPrefix = "entryway_"

// Entryway names the sentence for a way in and how to switch it on.
func Entryway(id string) ID { return ID(entrywayPrefix + id) }

// The doctor.
const (
	DoctorShort ID = "doctor_short"
	DoctorWrong ID = "doctor_wrong"
)

const (
	checkPrefix      = "check_"
	checkStatePrefix = "check_state_"
)

// CheckState names the word for how a check stands.
func CheckState(state string) ID { return ID(checkStatePrefix + state) }

// Check names the sentence for what was found: where it could not be found out, or is not
// set up, one for all.
func Check(id, state string) ID {
	if state == "unknown" {
		return checkPrefix + "unknown"
	}
	return ID(checkPrefix + id + "_" + state)
}
