package i18n

// RecordKind names the word for a kind of record.
func RecordKind(kind string) ID { return ID("record_kind_" + kind) }

// MatchReason names the sentence for why a record is suggested.
func MatchReason(match string) ID { return ID("match_" + match) }

// CreateRecord names the sentence for making a record of a kind.
func CreateRecord(kind string) ID { return ID("create_" + kind) }

// DealStatus names the word for how a deal stands.
func DealStatus(status string) ID { return ID("deal_status_" + status) }

// LinkPrivateTo names the warning before a private conversation is linked to a record that
// others may see; nil: nobody knows how many. off says that its transcript is not kept in
// the CRM.
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
