package model

import (
	"encoding/json"
	"log/slog"
	"path/filepath"
	"time"
	"unicode/utf8"
)

// Reply is a reply as its writer sent it off, or a note.
type Reply struct {
	Conversation ConversationID `json:"conversation"`
	ClientID     ClientID       `json:"client_id"`
	Text         Untrusted      `json:"text"`
	// Note: it is for colleagues and never leaves the hub.
	Note bool `json:"note,omitempty"`
	// ReplyTo is the message it quotes, or empty.
	ReplyTo MessageID `json:"reply_to,omitempty"`
	// Files are what it carries besides the text, in their order.
	Files []File `json:"files,omitempty"`
	// SeenSeq is the highest seq of the Page that its writer had seen; 0: unknown, so
	// that nobody checks for a newer reply.
	SeenSeq int64 `json:"seen_seq,omitempty"`
	// Number is its place in the order of the key presses: the hub's time, in microseconds,
	// another for each. 0: it counts as pressed when the hub gets it.
	Number int64 `json:"number,omitempty"`
	// At is when it was sent off; zero: unknown.
	At time.Time `json:"at,omitzero"`
}

// Draft is a reply that is being written.
type Draft struct {
	Text      Untrusted `json:"text"`
	UpdatedAt time.Time `json:"updated_at"`
}

// DraftOf says what a draft is of: a reply to a conversation's customer, or a note about
// it. Either has its own, so that what is written for colleagues never becomes a reply.
type DraftOf struct {
	Conversation ConversationID
	Note         bool
}

// File is a file of the user's machine that a reply carries.
type File struct {
	// Path is where it is, whole.
	Path string `json:"path"`
	// SHA256 is what it held when it was attached.
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	// Upload is the hub's id of it; empty: not uploaded.
	Upload string `json:"upload,omitempty"`
}

// Name is what the customer sees of it.
func (f File) Name() string { return filepath.Base(f.Path) }

// fileJSON is a file as JSON, which holds no bytes that are no characters: the name of a
// file may hold them.
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

// Uploading tells how far the files of a reply that is being handed in have come.
type Uploading struct {
	Conversation ConversationID
	ClientID     ClientID
	// Sent of All bytes have left, of all its files.
	Sent, All int64
	// For is how long it has taken.
	For time.Duration
}
