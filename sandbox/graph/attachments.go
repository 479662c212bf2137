package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/sandbox/meta"

	"github.com/gabriel-vasile/mimetype"
)

const (
	// maxFile is the largest file, in bytes.
	maxFile = 25_000_000
	// maxUpload is the largest body of a call with a file.
	maxUpload = maxFile + 1<<20
	// fileKept is how long a file can be sent by its id.
	fileKept = 90 * 24 * time.Hour
)

// sentFile is a file that came with a call: its media type by the caller, and by its content.
type sentFile struct {
	name, media string
	holds       string
	size        int
}

// keptFile is a file that the Page can send by its id.
type keptFile struct {
	kind, name string
	at         time.Time
}

// files are the Page's kept files. mu may be taken within a Do of the world.
type files struct {
	mu   sync.Mutex
	kept map[string]keptFile // by id
}

// keep stores a file and returns its id.
func (l *files) keep(kind string, f *sentFile, now time.Time) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kept == nil {
		l.kept = make(map[string]keptFile)
	}
	k := keptFile{kind: kind, at: now}
	if f != nil {
		k.name = f.name
	}
	id := strconv.FormatInt(900_000_000_000_000+int64(len(l.kept)), 10)
	l.kept[id] = k
	return id
}

// find returns a file that can still be sent.
func (l *files) find(id string, now time.Time) (keptFile, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k, known := l.kept[id]
	return k, known && now.Sub(k.at) <= fileKept
}

// readMultipart reads the text fields and the file of a multipart form.
func readMultipart(raw []byte, boundary string) (url.Values, *sentFile, error) {
	values := url.Values{}
	var file *sentFile
	mr := multipart.NewReader(bytes.NewReader(raw), boundary)
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return values, file, nil
		}
		if err != nil {
			return nil, nil, err
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, nil, err
		}
		if part.FileName() == "" {
			values.Add(part.FormName(), string(content))
			continue
		}
		media, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		file = &sentFile{name: part.FileName(), media: media, holds: holds(content), size: len(content)}
	}
}

func errFile(subcode int, message string) *graphError {
	return &graphError{code: 100, subcode: subcode, message: "(#100) " + message}
}

// taken are the formats that Meta accepts as a picture, a film or sound. All others can only be
// sent as a file.
//
// Source: Meta, "Send messages", supported media types.
var taken = map[string][]string{
	"image": {"png", "apng", "jpeg", "gif"},
	"video": {"mp4", "x-m4v", "quicktime", "x-msvideo", "webm", "ogg"},
	"audio": {"aac", "x-m4a", "mp4", "wav", "mpeg"},
}

// holds returns the media type of a file's content, whatever its name. Photographs of phones and
// cameras use the container of films but are none.
func holds(content []byte) string {
	media, _, _ := strings.Cut(mimetype.Detect(content).String(), ";")
	if media == "video/mp4" && len(content) > 12 && bytes.Equal(content[4:12], []byte("ftypcrx ")) {
		return "image/x-canon-cr3"
	}
	return media
}

// judge refuses a file that Meta would not accept as that type, by its content and by the type
// that the sender gives.
func (f *sentFile) judge(kind string) error {
	format, fits := strings.CutPrefix(f.holds, kind+"/")
	if kind == "video" && f.holds == "audio/mp4" {
		format, fits = "mp4", true // a film of a portable player looks alike
	}
	switch {
	case f.size > maxFile:
		return errFile(2018109, "Attachment size exceeds allowable limit")
	case f.size == 0:
		return errFile(2018008, "Failed to fetch the file: it is empty")
	case taken[kind] == nil:
		return nil
	case !strings.HasPrefix(f.media, kind+"/"), !fits, !slices.Contains(taken[kind], strings.TrimPrefix(format, "vnd.mozilla.")):
		return errFile(2018047, "Upload attachment failure. A common way to trigger this error is that the provided media type does not match type of file provided int the URL")
	}
	return nil
}

// saveAttachment answers POST /{page}/message_attachments.
func (g *Graph) saveAttachment(c *call) (any, error) {
	var message struct{ Attachment *meta.Attachment }
	if there, err := c.object("message", &message); err != nil || !there || message.Attachment == nil {
		return nil, badParam("The parameter message is required")
	}
	a := message.Attachment
	if c.file == nil && a.URL() == "" {
		return nil, badParam("Message cannot be empty, must provide valid attachment or text")
	}
	if c.file == nil {
		if err := validateAttachment(a); err != nil {
			return nil, err
		}
	} else if err := c.file.judge(a.Type); err != nil {
		return nil, err
	}
	return map[string]string{"attachment_id": g.files.keep(a.Type, c.file, g.now())}, nil
}

// byID replaces an attachment that names a kept file, or comes with one, by what the customer
// gets: an attachment with an address.
func (g *Graph) byID(a *meta.Attachment, f *sentFile) error {
	var p struct {
		ID looseID `json:"attachment_id"`
	}
	_ = json.Unmarshal(a.Payload, &p)
	id := string(p.ID)
	switch {
	case f != nil:
		if err := f.judge(a.Type); err != nil {
			return err
		}
		id = g.files.keep(a.Type, f, g.now())
	case id == "":
		return nil
	}
	k, known := g.files.find(id, g.now())
	if !known {
		return errFile(2018074, "Invalid attachment ID")
	}
	if k.kind != a.Type {
		return errFile(2018047, "The attachment is not of this type")
	}
	payload, err := json.Marshal(map[string]string{"url": g.meta.MediaURL(fmt.Sprintf("sent-%s%s", id, path.Ext(k.name)))})
	if err != nil {
		return err
	}
	a.Payload = payload
	return nil
}
