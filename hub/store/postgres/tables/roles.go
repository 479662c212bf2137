package tables

import "parley/hub/store/postgres/pgdb"

// PageRoles reads in a transaction.
type PageRoles struct {
	logReader
	pageReader
	conversationReader
	deletionReader
	messageReader
	eventReader
	replyReader
	reactionReader
	linkReader
	transcriptReader
	mediaReader
	noticeReader
	auditReader
}

// NewPageRoles returns a reader within a session; row is that of the Page that the transaction writes
// in, nil for none.
func NewPageRoles(s *pgdb.Session, row *Row) PageRoles {
	return PageRoles{
		logReader{s, row},
		pageReader{s},
		conversationReader{s},
		deletionReader{s},
		messageReader{s},
		eventReader{s},
		replyReader{s},
		reactionReader{s},
		linkReader{s},
		transcriptReader{s},
		mediaReader{s},
		noticeReader{s},
		auditReader{s},
	}
}

// Writer writes in a transaction of one Page.
type Writer struct {
	pageWriter
	conversationWriter
	deletionWriter
	messageWriter
	noticeWriter
	linkWriter
	pageAuditWriter
	eventWriter
	replyWriter
	reactionWriter
	transcriptWriter
	mediaWriter
}

// NewWriter returns a writer within a session that has locked the Page's row.
func NewWriter(s *pgdb.Session, row *Row) Writer {
	b := pageBase{s, row.Page, row}
	return Writer{
		pageWriter{b},
		conversationWriter{b},
		deletionWriter{b},
		messageWriter{b},
		noticeWriter{b},
		linkWriter{b},
		pageAuditWriter{b},
		eventWriter{b},
		replyWriter{b},
		reactionWriter{b},
		transcriptWriter{b},
		mediaWriter{b},
	}
}

// NewAccountAudit returns a writer of audit entries that belong to no Page.
func NewAccountAudit(s *pgdb.Session) AccountAudit { return AccountAudit{s} }
