package model

import (
	"encoding/json"
	"log/slog"
	"path/filepath"
	"time"
	"unicode/utf8"
)

// Reply is a reply or a note, as its writer sent it off.
type Reply struct {
	Conversation ConversationID `json:"conversation"`
	ClientID     ClientID       `json:"client_id"`
	Text         Untrusted      `json:"text"`
	// Note: it is for colleagues; the customer never gets it.
	Note bool `json:"note,omitempty"`
	// ReplyTo is the message it quotes, or empty.
	ReplyTo MessageID `json:"reply_to,omitempty"`
	// Files are its attachments, in order.
	Files []File `json:"files,omitempty"`
	// SeenSeq is the highest seq of the Page that its writer had seen; 0: unknown, and nothing
	// checks for a newer reply.
	SeenSeq int64 `json:"seen_seq,omitempty"`
	// Number orders replies by key press: the hub's time in microseconds, unique. 0: the reply
	// counts as pressed when the hub gets it.
	Number int64 `json:"number,omitempty"`
	// At is when it was sent off; zero: unknown.
	At time.Time `json:"at,omitzero"`
	// Done: once the hub has it, the conversation is done, unless the customer has written
	// what its writer had not seen.
	Done bool `json:"done,omitempty"`
	// SendAt is for when it is scheduled; nil: it is sent at once.
	SendAt *time.Time `json:"send_at,omitempty"`
	// Held: it is held back, and was not posted yet.
	Held bool `json:"held,omitempty"`
}

// Draft is a reply or a note that is not sent yet.
type Draft struct {
	Text Untrusted `json:"text"`
	// Files are those attached to it, ReplyTo is the message it quotes, or empty. A note has
	// neither.
	Files     []File    `json:"files,omitempty"`
	ReplyTo   MessageID `json:"reply_to,omitempty"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Empty reports whether there is nothing in it.
func (d Draft) Empty() bool { return d.Text == "" && len(d.Files) == 0 && d.ReplyTo == "" }

// DraftOf identifies a draft: a reply to a conversation's customer, or a note about it. The
// two are separate, so that what is written for colleagues never becomes a reply.
type DraftOf struct {
	Conversation ConversationID
	Note         bool
}

// File is a file on the user's machine that a reply attaches.
type File struct {
	// Path is its absolute path.
	Path string `json:"path"`
	// SHA256 is the hash of its content when it was attached.
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	// Upload is the id of its upload at the hub; empty: not uploaded.
	Upload string `json:"upload,omitempty"`
}

// Name is the file name that the customer sees.
func (f File) Name() string { return filepath.Base(f.Path) }

// fileJSON is the JSON form of a File. JSON can't hold invalid UTF-8, which a file's name
// may be.
type fileJSON struct {
	fileFields
	Bytes []byte `json:"path_bytes,omitempty"`
}

type fileFields File

// MarshalJSON implements [json.Marshaler].
func (f File) MarshalJSON() ([]byte, error) {
	out := fileJSON{fileFields: fileFields(f)}
	if !utf8.ValidString(f.Path) {
		out.Bytes = []byte(f.Path)
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (f *File) UnmarshalJSON(b []byte) error {
	var in fileJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*f = File(in.fileFields)
	if in.Bytes != nil {
		f.Path = string(in.Bytes)
	}
	return nil
}

// LogValue implements [slog.LogValuer].
func (r Reply) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("conversation", string(r.Conversation)), slog.String("client_id", string(r.ClientID)), slog.Bool("note", r.Note), slog.Int("text_bytes", len(r.Text)),
	)
}

// Uploading is the upload progress of a reply that is being handed to the hub.
type Uploading struct {
	Conversation ConversationID
	ClientID     ClientID
	// Sent and All count the bytes of all its files.
	Sent, All int64
	// For is how long it has taken so far.
	For time.Duration
}
