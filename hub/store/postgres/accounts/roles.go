package accounts

import "parley/hub/store/postgres/pgdb"

// Reader reads in a transaction.
type Reader struct {
	UserReader
	CredentialReader
	DeviceLoginReader
	CRMReader
	RecordReader
	WebhookReader
	FigureReader
	IncarnationReader
	NotificationReader
	ViewReader
	SnippetReader
}

// NewReader returns a reader within a session.
func NewReader(s *pgdb.Session) Reader {
	return Reader{
		UserReader{s},
		CredentialReader{s},
		DeviceLoginReader{s},
		CRMReader{s},
		RecordReader{s},
		WebhookReader{s},
		FigureReader{s},
		IncarnationReader{s},
		NotificationReader{s},
		ViewReader{s},
		SnippetReader{s},
	}
}

// Writer writes in a transaction on accounts.
type Writer struct {
	UserWriter
	CredentialWriter
	DeviceLoginWriter
	CRMWriter
	RecordWriter
	WebhookWriter
	IncarnationWriter
	NotificationWriter
	ViewWriter
	SnippetWriter
}

// NewWriter returns a writer within a session.
func NewWriter(s *pgdb.Session) Writer {
	return Writer{
		UserWriter{s},
		CredentialWriter{s},
		DeviceLoginWriter{s},
		CRMWriter{s},
		RecordWriter{s},
		WebhookWriter{s},
		IncarnationWriter{s},
		NotificationWriter{s},
		ViewWriter{s},
		SnippetWriter{s},
	}
}
