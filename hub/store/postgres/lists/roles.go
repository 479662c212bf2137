package lists

import "parley/hub/store/postgres/pgdb"

// Lists reads in a transaction.
type Lists struct {
	listReader
	searchReader
	LabelReader
}

// NewLists returns a reader within a session.
func NewLists(s *pgdb.Session) Lists {
	return Lists{listReader{s}, searchReader{s}, LabelReader{s}}
}
