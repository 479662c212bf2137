package i18n

import "parley/model"

// Prefixes of sentences about the CRM whose ids are made from the model's own words.
const (
	recordPrefix     = "record_kind_"
	matchPrefix      = "match_"
	createPrefix     = "create_"
	dealStatusPrefix = "deal_status_"
	untilSuffix      = "_until"
)

// RecordKind names the word for a kind of record.
func RecordKind(kind string) ID { return ID(recordPrefix + kind) }

// MatchReason names the sentence for why a record is suggested.
func MatchReason(match string) ID { return ID(matchPrefix + match) }

// CreateRecord names the sentence for making a record of a kind.
func CreateRecord(kind string) ID { return ID(createPrefix + kind) }

// DealStatus names the word for how a deal stands.
func DealStatus(status string) ID { return ID(dealStatusPrefix + status) }

// CodeUntil names the sentence for a refusal of which it is known when it is worth asking
// again; not every code has one.
func CodeUntil(code string) ID { return Code(code) + untilSuffix }

// Trouble names the sentence for why a reply or a reaction did not go as it should. Where
// Facebook answered it is never said that it did not: what it answered is the detail.
func Trouble(e model.MessageError) ID {
	switch {
	case e.Code == model.OutcomeUnknown && e.Detail != "" && e.Unchecked:
		return Code("outcome_answered_unchecked")
	case e.Code == model.OutcomeUnknown && e.Detail != "":
		return Code("outcome_answered")
	case e.Unchecked:
		return Code("outcome_unchecked")
	}
	return Code(string(e.Code))
}

// LinkPrivateTo names the sentence that is said before a private conversation is linked to
// a record that so many others may see (nil: it can't be told); off: its transcript is not
// kept in the CRM.
func LinkPrivateTo(others *int, off bool) ID {
	switch {
	case off:
		return LinkPrivateOff
	case others == nil:
		return LinkPrivate
	case *others == 0:
		return LinkPrivateNobody
	case *others == 1:
		return LinkPrivateOne
	}
	return LinkPrivateCounted
}

// AttachmentCalled returns the word for an attachment of a transcript: for its kind, or
// what else it is called.
func (w *Localizer) AttachmentCalled(called model.Untrusted, line func(model.Untrusted) string) string {
	plain := line(called)
	if id := Attachment(plain); w.Has(id) {
		return w.Say(id)
	}
	return plain
}

// Picking a record.
const (
	PickerTitle     ID = "picker_title"
	PickerKeys      ID = "picker_keys"
	PickerAsking    ID = "picker_asking"
	PickerSearching ID = "picker_searching"
	PickerNone      ID = "picker_none"
	PickerOne       ID = "picker_one"
	PickerMany      ID = "picker_many"
	PickerNotFound  ID = "picker_not_found"
	PickerFoundOne  ID = "picker_found_one"
	PickerFoundMany ID = "picker_found_many"
	// PickerBudget says Said, and how many Percent of the budget are left.
	PickerBudget ID = "picker_budget"
	PickerLinked ID = "picker_linked"
	PickerUnlink ID = "picker_unlink"
	LinkPrivate  ID = "link_private"
	// LinkPrivateCounted, LinkPrivateOne and LinkPrivateNobody know how many others may
	// see the record.
	LinkPrivateCounted ID = "link_private_counted"
	LinkPrivateOne     ID = "link_private_one"
	LinkPrivateNobody  ID = "link_private_nobody"
	// LinkPrivateOff: transcripts are switched off.
	LinkPrivateOff ID = "link_private_off"
	LinkReplaces   ID = "link_replaces"
	LinkTitle      ID = "link_title"
	LinkYes        ID = "link_yes"
	LinkNo         ID = "link_no"
	UnlinkTitle    ID = "unlink_title"
	UnlinkWhat     ID = "unlink_what"
)

// Making a record.
const (
	FormKeys       ID = "form_keys"
	FormName       ID = "form_name"
	FormPhone      ID = "form_phone"
	FormEmail      ID = "form_email"
	FormTitle      ID = "form_title"
	FormValue      ID = "form_value"
	FormCurrency   ID = "form_currency"
	FormFor        ID = "form_for"
	FormNewPerson  ID = "form_new_person"
	FormNoName     ID = "form_no_name"
	FormNoTitle    ID = "form_no_title"
	FormBadValue   ID = "form_bad_value"
	FormNoCurrency ID = "form_no_currency"
	TitleOfDeal    ID = "title_of_deal"
	TitleOfLead    ID = "title_of_lead"
)

// A record in the panel and in the picker's preview.
const (
	RecordOwner     ID = "record_owner"
	RecordOwnerYou  ID = "record_owner_you"
	RecordWith      ID = "record_with"
	RecordStage     ID = "record_stage"
	RecordCloses    ID = "record_closes"
	RecordOpenDeals ID = "record_open_deals"
	RecordOpenAll   ID = "record_open_all"
	RecordReading   ID = "record_reading"
	RecordNone      ID = "record_none"
	RecordNoneDo    ID = "record_none_do"
	// RecordBy and RecordByYou say who linked a record, or unlinked it.
	RecordBy    ID = "record_by"
	RecordByYou ID = "record_by_you"
)

// Transcripts on a record.
const (
	TranscriptsNone    ID = "transcripts_none"
	TranscriptsNoneDo  ID = "transcripts_none_do"
	TranscriptsReading ID = "transcripts_reading"
	TranscriptsMore    ID = "transcripts_more"
	TranscriptReaders  ID = "transcript_readers"
	TranscriptDay      ID = "transcript_day"
	TranscriptOfDay    ID = "transcript_of_day"
	TranscriptTitle    ID = "transcript_title"
	TranscriptKeys     ID = "transcript_keys"
	TranscriptCut      ID = "transcript_cut"
	ViewTitle          ID = "view_title"
)

// How the transcript of a linked conversation stands.
const (
	SyncedNow     ID = "synced_now"
	SyncedMinutes ID = "synced_minutes"
	SyncedAt      ID = "synced_at"
	SyncedOnce    ID = "synced_once"
	SyncWaits     ID = "sync_waits"
	SyncWaitsFor  ID = "sync_waits_for"
	SyncFailed    ID = "sync_failed"
	// SyncWaitsLimited: the CRM's budget is used up.
	SyncWaitsLimited ID = "sync_waits_limited"
	SyncFailedFor    ID = "sync_failed_for"
	SyncIsOff        ID = "sync_is_off"
	SyncOf           ID = "sync_of"
	SyncShort        ID = "sync_short"
	SyncLong         ID = "sync_long"
	// SyncPrivate is said before a private conversation's transcript is kept.
	SyncPrivate     ID = "sync_private"
	SyncPrivatePage ID = "sync_private_page"
	SyncTitle       ID = "sync_title"
	SyncYes         ID = "sync_yes"
	SyncNo          ID = "sync_no"
	SaidSyncNow     ID = "said_sync_now"
	SaidSyncOn      ID = "said_sync_on"
	SaidSyncOff     ID = "said_sync_off"
	SaidPageSyncOn  ID = "said_page_sync_on"
	SaidPageSyncOff ID = "said_page_sync_off"
	WhySyncOff      ID = "why_sync_off"
	WhyPageSyncOff  ID = "why_page_sync_off"
)

// Earlier conversations of a person.
const (
	EarlierHeading ID = "earlier_heading"
	EarlierMore    ID = "earlier_more"
	EarlierTitle   ID = "earlier_title"
	WhyNoEarlier   ID = "why_no_earlier"
)

// Working on a deal or lead.
const (
	StageTitle      ID = "stage_title"
	StageNow        ID = "stage_now"
	StageNone       ID = "stage_none"
	LostTitle       ID = "lost_title"
	LostHint        ID = "lost_hint"
	ConvertTitle    ID = "convert_title"
	ConvertWhat     ID = "convert_what"
	ConvertYes      ID = "convert_yes"
	ConvertNo       ID = "convert_no"
	OpenRecordTitle ID = "open_record_title"
)

// What was done in the CRM.
const (
	SaidLinked        ID = "said_linked"
	SaidLinkedAlready ID = "said_linked_already"
	SaidUnlinked      ID = "said_unlinked"
	SaidMade          ID = "said_made"
	SaidStage         ID = "said_stage"
	SaidWon           ID = "said_won"
	SaidLost          ID = "said_lost"
	SaidReopen        ID = "said_reopen"
	SaidConverted     ID = "said_converted"
	SaidAsksCRM       ID = "said_asks_crm"
	SaidHalfMade      ID = "said_half_made"
	// SaidPerhapsMade: nobody answered whether it was made.
	SaidPerhapsMade ID = "said_perhaps_made"
)

// Why something can't be done in the CRM now.
const (
	WhyNotLinked   ID = "why_not_linked"
	WhyNoDeal      ID = "why_no_deal"
	WhyNoLead      ID = "why_no_lead"
	WhyWonAlready  ID = "why_won_already"
	WhyLostAlready ID = "why_lost_already"
	WhyOpenDeal    ID = "why_open_deal"
	WhyCRMBusy     ID = "why_crm_busy"
	// WhyNoRecordPage: the CRM told no address of the record's page.
	WhyNoRecordPage ID = "why_no_record_page"
)
