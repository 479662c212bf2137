package sqlite

import (
	"parley/hub/store"
	"parley/model"
)

// reader reads in a transaction: each role is a type of its own, with its subject.
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
	noticeReader
	auditReader
	userReader
	credentialReader
	deviceLoginReader
	crmReader
	webhookReader
	figureReader
	incarnationReader
}

var _ store.Reader = reader{}

func newReader(s *session) reader {
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
		noticeReader:       noticeReader{s},
		auditReader:        auditReader{s},
		userReader:         userReader{s},
		credentialReader:   credentialReader{s},
		deviceLoginReader:  deviceLoginReader{s},
		crmReader:          crmReader{s},
		webhookReader:      webhookReader{s},
		figureReader:       figureReader{s},
		incarnationReader:  incarnationReader{s},
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
}

var _ store.PageTx = pageTx{}

func newPageTx(s *session, page model.PageID, words rewording) pageTx {
	b := pageBase{s, page, words}
	return pageTx{
		reader:             newReader(s),
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
	}
}

// accountTx is a transaction on users and what signs them in, and on what no Page has for itself.
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
}

var _ store.AccountTx = accountTx{}

func newAccountTx(s *session) accountTx {
	return accountTx{
		reader:             newReader(s),
		userWriter:         userWriter{s},
		credentialWriter:   credentialWriter{s},
		deviceLoginWriter:  deviceLoginWriter{s},
		crmWriter:          crmWriter{s},
		recordWriter:       recordWriter{s},
		webhookWriter:      webhookWriter{s},
		accountAuditWriter: accountAuditWriter{s},
		incarnationWriter:  incarnationWriter{s},
	}
}
