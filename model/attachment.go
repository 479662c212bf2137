package model

import (
	"io"
	"path"
	"strings"
)

// MaxAttachment is the largest file that can be sent, in bytes.
//
// Source: Messenger Platform, "Saving assets" (25 MB; read as 25 × 10⁶, which never
// allows too much).
const MaxAttachment = 25_000_000

// MaxAttachments is how many files one reply takes; each is a message of its own.
const MaxAttachments = 10

// SniffLen is how much of a file [SniffAttachment] looks at.
const SniffLen = 512

// Kinds of files, in Meta's words.
const (
	ImageFile = "image"
	VideoFile = "video"
	AudioFile = "audio"
	PlainFile = "file"
)

// SniffAttachment tells what a file is by how it begins, whatever it is called: Meta's
// type for it, and its media type. All that is no picture, film or sound that Messenger
// plays is a file.
//
// Source: WHATWG, "MIME Sniffing", 6.1 and 6.2.
func SniffAttachment(begin []byte) (kind, media string) {
	for _, s := range []struct {
		at          int
		magic       string
		kind, media string
	}{
		{0, "\x89PNG\r\n\x1a\n", ImageFile, "image/png"},
		{0, "\xff\xd8\xff", ImageFile, "image/jpeg"},
		{0, "GIF87a", ImageFile, "image/gif"},
		{0, "GIF89a", ImageFile, "image/gif"},
		{4, "ftypM4A ", AudioFile, "audio/mp4"},
		{4, "ftypqt  ", VideoFile, "video/quicktime"},
		{4, "ftyp", VideoFile, "video/mp4"},
		{0, "\x1a\x45\xdf\xa3", VideoFile, "video/webm"},
		{8, "AVI ", VideoFile, "video/avi"},
		{8, "WAVE", AudioFile, "audio/wav"},
		{0, "ID3", AudioFile, "audio/mpeg"},
		{0, "\xff\xfb", AudioFile, "audio/mpeg"},
		{0, "%PDF-", PlainFile, "application/pdf"},
	} {
		if end := s.at + len(s.magic); len(begin) >= end && string(begin[s.at:end]) == s.magic {
			return s.kind, s.media
		}
	}
	return PlainFile, "application/octet-stream"
}

// CheckAttachment returns the refusal of a file, nil where it can be sent: begin is its
// first bytes, size all of them, name what it is called. One that is called a picture and
// is none, Meta would refuse.
//
// Source: Messenger Platform, error 100/2018047.
func CheckAttachment(name string, begin []byte, size int64) *Refusal {
	kind, _ := SniffAttachment(begin)
	claimed := map[string]string{
		".png": ImageFile, ".jpg": ImageFile, ".jpeg": ImageFile, ".gif": ImageFile,
		".mp4": VideoFile, ".webm": VideoFile, ".avi": VideoFile, ".wav": AudioFile,
	}[strings.ToLower(path.Ext(name))]
	switch {
	case size == 0:
		return Refuse(AttachmentEmpty)
	case size > MaxAttachment:
		return Refuse(AttachmentTooBig)
	case claimed != "" && claimed != kind:
		return Refuse(AttachmentType)
	}
	return nil
}

// OutgoingFile is a file on its way to Meta, which keeps it for the Page to send.
type OutgoingFile struct {
	Page  MetaPageID
	Token string // the Page's access token
	Kind  string // image, video, audio or file
	Media string
	Name  string
	Size  int64
	Open  func() (io.ReadCloser, error)
}

// OutgoingAttachment is a file that Meta has, to be sent.
type OutgoingAttachment struct {
	Kind string
	// ID is Meta's; it can be used by the Page that uploaded it, for 90 days.
	ID string
}
