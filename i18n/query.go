package i18n

import (
	"strings"

	"parley/model/query"
)

// QueryProblem says what is wrong with a query. The texts of it that were typed are made safe to
// show by safe.
func (l *Localizer) QueryProblem(e *query.Error, safe func(string) string) string {
	said := ""
	switch e.Reason {
	case query.UnknownName:
		said = l.Say(QueryNoName, "Word", safe(e.Word))
	case query.UnknownValue:
		said = l.Say(QueryNoValue, "Name", e.Name, "Word", safe(e.Word))
	case query.NoValue:
		said = l.Say(QueryMissing, "Word", safe(e.Word))
	case query.NotClosed:
		said = l.Say(QueryNotClosed)
	case query.NotWords:
		said = l.Say(QueryNotWords)
	case query.TooLong:
		said = l.Say(QueryTooLong, "Characters", query.MaxRunes, "Terms", query.MaxTerms)
	}
	switch {
	case e.Meant != "":
		return l.Say(QueryMeant, "Said", said, "Meant", e.Meant)
	case len(e.Allowed) > 0:
		return l.Say(QueryOnly, "Said", said, "Allowed", strings.Join(e.Allowed, ", "))
	}
	return said
}
