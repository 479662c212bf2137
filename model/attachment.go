package model

import (
	"io"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// MaxAttachment is the largest file that can be sent, in bytes.
//
// Source: Messenger Platform, "Saving assets" (25 MB; read as 25 × 10⁶, which never
// allows too much).
const MaxAttachment = 25_000_000

// MaxAttachments is how many files one reply takes; each is a message of its own.
const MaxAttachments = 10

// SniffLen is how much of a file [SniffAttachment] looks at.
const SniffLen = 4096

// Kinds of files, in Meta's words.
const (
	ImageFile = "image"
	VideoFile = "video"
	AudioFile = "audio"
	PlainFile = "file"
)

// shown are the media types that Messenger shows as more than a file: pictures, films and
// sound that it plays, by what they begin with. Others of their kind (an iPhone's HEIC,
// AVIF, SVG, Matroska, Ogg) it refuses or does not play: they go as files, which everybody
// can save.
//
// Source: Meta, "Send messages", supported media types: png, jpeg, gif; mp4, mov, avi,
// webm; aac, m4a, mp4, wav, and mp3.
var shown = map[string]struct{ kind, media string }{
	"image/png":       {ImageFile, "image/png"},
	"image/apng":      {ImageFile, "image/png"},
	"image/jpeg":      {ImageFile, "image/jpeg"},
	"image/gif":       {ImageFile, "image/gif"},
	"video/mp4":       {VideoFile, "video/mp4"},
	"video/x-m4v":     {VideoFile, "video/mp4"},
	"video/quicktime": {VideoFile, "video/quicktime"},
	"video/webm":      {VideoFile, "video/webm"},
	"video/x-msvideo": {VideoFile, "video/avi"},
	"audio/x-m4a":     {AudioFile, "audio/mp4"},
	"audio/mp4":       {AudioFile, "audio/mp4"},
	"audio/aac":       {AudioFile, "audio/aac"},
	"audio/wav":       {AudioFile, "audio/wav"},
	"audio/mpeg":      {AudioFile, "audio/mpeg"},
}

// films are the brands of files of the MPEG-4 family that are films. Others share the form
// and are none: cameras' raw pictures, pictures in motion.
//
// Source: MP4 registration authority, "Brands".
var films = map[string]bool{
	"isom": true, "iso2": true, "iso3": true, "iso4": true, "iso5": true, "iso6": true, "iso7": true, "iso8": true, "iso9": true,
	"mp41": true, "mp42": true, "mp71": true, "avc1": true, "hvc1": true, "hev1": true, "av01": true, "dash": true, "cmfc": true,
	"mmp4": true, "MSNV": true, "XAVC": true, "f4v ": true, "F4V ": true, "M4V ": true, "M4VH": true, "M4VP": true,
}

// SniffAttachment tells what a file is by what it holds, whatever it is called: Meta's
// type for it, and its media type. All that is no picture, film or sound that Messenger
// shows is a file.
func SniffAttachment(begin []byte) (kind, media string) {
	found := bareType(begin)
	brand := brandOf(begin)
	switch {
	case films[brand]:
		return VideoFile, "video/mp4"
	case brand != "" && found == "video/mp4", found == "audio/mpeg" && !beginsAsMP3(begin):
		return PlainFile, "application/octet-stream"
	}
	if s, ok := shown[found]; ok {
		return s.kind, s.media
	}
	return PlainFile, found
}

// bareType is a media type without parameters.
func bareType(begin []byte) string {
	found, _, _ := strings.Cut(mimetype.Detect(begin[:min(len(begin), SniffLen)]).String(), ";")
	return found
}

// beginsAsMP3 tells whether a file is an MP3 from its first byte on: a frame somewhere in it
// may be chance.
func beginsAsMP3(begin []byte) bool {
	return len(begin) > 2 && (string(begin[:3]) == "ID3" || begin[0] == 0xff && begin[1]&0xe0 == 0xe0)
}

// brandOf is the major brand of a file of the MPEG-4 family; empty: it is of another.
func brandOf(begin []byte) string {
	const at, end = 8, 12
	if len(begin) < end || string(begin[4:at]) != "ftyp" {
		return ""
	}
	return string(begin[at:end])
}

// CheckAttachment returns the refusal of a file, nil where it can be sent: begin is its
// first bytes, size all of them, name what it is called. One that is called a picture, film
// or sound and is none would not open where it arrives. One of another format than its name
// says (an iPhone's HEIC called .jpg) is sent as what it is; films and sound share formats.
//
// Source: Messenger Platform, error 100/2018047.
func CheckAttachment(name string, begin []byte, size int64) *Refusal {
	claimed := map[string]string{
		".png": ImageFile, ".jpg": ImageFile, ".jpeg": ImageFile, ".gif": ImageFile,
		".mp4": VideoFile, ".webm": VideoFile, ".avi": VideoFile, ".wav": AudioFile,
	}[strings.ToLower(path.Ext(name))]
	family := familyOf(begin)
	switch {
	case size == 0:
		return Refuse(AttachmentEmpty)
	case size > MaxAttachment:
		return Refuse(AttachmentTooBig)
	case claimed != "" && (family == PlainFile || (claimed == ImageFile) != (family == ImageFile)):
		return Refuse(AttachmentType)
	}
	return nil
}

// familyOf tells whether a file is a picture, film or sound, of any format.
func familyOf(begin []byte) string {
	found := bareType(begin)
	switch family, _, _ := strings.Cut(found, "/"); {
	case found == "application/ogg":
		return AudioFile
	case family == ImageFile, family == VideoFile, family == AudioFile:
		return family
	}
	return PlainFile
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
