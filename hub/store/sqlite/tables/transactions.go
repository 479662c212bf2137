package tables

import (
	"parley/hub/store"
	"parley/hub/store/sqlite/desk"
	"parley/hub/store/sqlite/searchindex"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// reader reads in a transaction: each role is a type of its own, in its subject's file.
type reader struct {
	pageReader
	logReader
	conversationReader
	listReader
	searchReader
	deletionReader
	messageReader
	eventReader
	replyReader
	reactionReader
	linkReader
	recordReader
	transcriptReader
	mediaReader
	noticeReader
	auditReader
	userReader
	credentialReader
	deviceLoginReader
	crmReader
	webhookReader
	figureReader
	incarnationReader
	desk.NotificationReader
	desk.LabelReader
	desk.ViewReader
	desk.SnippetReader
}

// NewReader returns a reader within a session.
func NewReader(s *sqldb.Session) store.Reader { return readerOf(s) }

func readerOf(s *sqldb.Session) reader {
	return reader{
		pageReader:         pageReader{s},
		logReader:          logReader{s},
		conversationReader: conversationReader{s},
		listReader:         listReader{s},
		searchReader:       searchReader{s},
		deletionReader:     deletionReader{s},
		messageReader:      messageReader{s},
		eventReader:        eventReader{s},
		replyReader:        replyReader{s},
		reactionReader:     reactionReader{s},
		linkReader:         linkReader{s},
		recordReader:       recordReader{s},
		transcriptReader:   transcriptReader{s},
		mediaReader:        mediaReader{s},
		noticeReader:       noticeReader{s},
		auditReader:        auditReader{s},
		userReader:         userReader{s},
		credentialReader:   credentialReader{s},
		deviceLoginReader:  deviceLoginReader{s},
		crmReader:          crmReader{s},
		webhookReader:      webhookReader{s},
		figureReader:       figureReader{s},
		incarnationReader:  incarnationReader{s},
		NotificationReader: desk.NotificationReader{Session: s},
		LabelReader:        desk.LabelReader{Session: s},
		ViewReader:         desk.ViewReader{Session: s},
		SnippetReader:      desk.SnippetReader{Session: s},
	}
}

// pageTx is a transaction of one Page.
type pageTx struct {
	reader
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

// NewPageTx returns a transaction of a Page; words collects its changes of the search index.
func NewPageTx(s *sqldb.Session, page model.PageID, words searchindex.Changes) store.PageTx {
	b := pageBase{s, page, words}
	return pageTx{
		reader:             readerOf(s),
		pageWriter:         pageWriter{b},
		conversationWriter: conversationWriter{b},
		deletionWriter:     deletionWriter{b},
		messageWriter:      messageWriter{b},
		noticeWriter:       noticeWriter{b},
		linkWriter:         linkWriter{b},
		pageAuditWriter:    pageAuditWriter{b},
		eventWriter:        eventWriter{b},
		replyWriter:        replyWriter{b},
		reactionWriter:     reactionWriter{b},
		transcriptWriter:   transcriptWriter{b},
		mediaWriter:        mediaWriter{b},
	}
}

// accountTx is a transaction on users, their credentials, and what belongs to no Page.
type accountTx struct {
	reader
	userWriter
	credentialWriter
	deviceLoginWriter
	crmWriter
	recordWriter
	webhookWriter
	accountAuditWriter
	incarnationWriter
	desk.NotificationWriter
	desk.ViewWriter
	desk.SnippetWriter
}

// NewAccountTx returns a transaction on accounts.
func NewAccountTx(s *sqldb.Session) store.AccountTx {
	return accountTx{
		reader:             readerOf(s),
		userWriter:         userWriter{s},
		credentialWriter:   credentialWriter{s},
		deviceLoginWriter:  deviceLoginWriter{s},
		crmWriter:          crmWriter{s},
		recordWriter:       recordWriter{s},
		webhookWriter:      webhookWriter{s},
		accountAuditWriter: accountAuditWriter{s},
		incarnationWriter:  incarnationWriter{s},
		NotificationWriter: desk.NotificationWriter{Session: s},
		ViewWriter:         desk.ViewWriter{Session: s},
		SnippetWriter:      desk.SnippetWriter{Session: s},
	}
}
