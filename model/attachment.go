package model

import (
	"io"
	"log/slog"
	"path"
	"strings"
	"time"

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

// shown maps the media types that Messenger displays as pictures, films or sound to Meta's
// type and the media type to send. It refuses or does not play others of their kind (an
// iPhone's HEIC, AVIF, SVG, Matroska, Ogg): those are sent as files, which everybody can save.
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

// films are the brands of the MPEG-4 family that are films. Other brands use the same
// container for something else: cameras' raw pictures, pictures in motion.
//
// Source: MP4 registration authority, "Brands".
var films = map[string]bool{
	"isom": true, "iso2": true, "iso3": true, "iso4": true, "iso5": true, "iso6": true, "iso7": true, "iso8": true, "iso9": true,
	"mp41": true, "mp42": true, "mp71": true, "avc1": true, "hvc1": true, "hev1": true, "av01": true, "dash": true, "cmfc": true,
	"mmp4": true, "MSNV": true, "XAVC": true, "f4v ": true, "F4V ": true, "M4V ": true, "M4VH": true, "M4VP": true,
}

// SniffAttachment returns Meta's type for a file and its media type, judged by its first
// bytes and not by its name. Anything but a picture, film or sound that Messenger displays
// is a [PlainFile].
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

// bareType returns the media type of a file, without parameters.
func bareType(begin []byte) string {
	found, _, _ := strings.Cut(mimetype.Detect(begin[:min(len(begin), SniffLen)]).String(), ";")
	return found
}

// beginsAsMP3 reports whether a file is an MP3 from its first byte on: a frame found later
// may be chance.
func beginsAsMP3(begin []byte) bool {
	return len(begin) > 2 && (string(begin[:3]) == "ID3" || begin[0] == 0xff && begin[1]&0xe0 == 0xe0)
}

// brandOf returns the major brand of a file of the MPEG-4 family, "" for any other file.
func brandOf(begin []byte) string {
	const at, end = 8, 12
	if len(begin) < end || string(begin[4:at]) != "ftyp" {
		return ""
	}
	return string(begin[at:end])
}

// CheckAttachment returns why a file can't be sent, nil if it can: begin is its first bytes,
// size its length, name its name. It refuses a file that is named as a picture, film or
// sound and is none, since it would not open at the customer's. A picture of another format
// than its name says (an iPhone's HEIC named .jpg) is sent as what it is; films and sound
// share formats.
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

// familyOf returns the kind of a file in Meta's words, whatever its format.
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
	// ID is Meta's; only the Page that uploaded the file can use it, for 90 days.
	ID string
}

// MediaState says whether the hub holds what an attachment shows.
type MediaState string

// The states of an attachment's media.
const (
	MediaPending MediaState = "pending" // it is about to be fetched from Meta
	MediaStored  MediaState = "stored"  // the hub has it
	MediaGone    MediaState = "gone"    // it could not be fetched, or is not kept any more
)

// Media is what the hub has of an attachment's content. Meta's own addresses expire.
type Media struct {
	State MediaState `json:"state" enum:"pending,stored,gone"`
	// Type is the media type of the content, judged by its first bytes; empty until it is
	// stored.
	Type string `json:"type,omitempty"`
	// Seconds is how long a sound or film plays; 0 if the file does not say so.
	Seconds float64 `json:"seconds,omitempty"`
	// Reason is why it is gone.
	Reason Code `json:"reason,omitempty"`
}

// Kept reports whether the hub has the content of an attachment: it is read by the
// attachment's id.
func (a Attachment) Kept() bool { return a.Media != nil && a.Media.State == MediaStored }

// Download is the content of an attachment while it is read from the hub. Whoever got it closes
// it.
type Download struct {
	io.ReadCloser
	// Name is the file's name by whoever sent it; may be empty.
	Name Untrusted
	// Type is its media type, judged by its first bytes.
	Type string
	// Size is how many bytes it has; -1 if that is unknown.
	Size int64
}

// LogValue implements [slog.LogValuer]: no name.
func (d Download) LogValue() slog.Value {
	return slog.GroupValue(slog.String("type", d.Type), slog.Int64("size", d.Size))
}

// SavedFile is a file that was saved on the user's machine.
type SavedFile struct {
	Path string
	// Opens: it is of a kind that may be opened by the system's program for it.
	Opens bool
}

// MediaLink is a link by which a browser reads an attachment once.
type MediaLink struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}
