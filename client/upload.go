package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parley/model"
)

// uploadTimeout is the longest that one file may take to the hub.
const uploadTimeout = 10 * time.Minute

// KeptFile is a file that a kept reply carries.
type KeptFile struct {
	// Path is where it is on this machine, whole.
	Path string `json:"path"`
	// SHA256 is what it held when it was attached.
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	// Upload is the hub's id of it; empty: not uploaded.
	Upload string `json:"upload,omitempty"`
}

// keptFile is a file as it is kept. JSON holds no bytes that are no characters, which the
// name of a file may hold.
type keptFile struct {
	keptFields
	Bytes []byte `json:"path_bytes,omitempty"`
}

type keptFields KeptFile

// MarshalJSON implements [json.Marshaler].
func (f KeptFile) MarshalJSON() ([]byte, error) {
	kept := keptFile{keptFields: keptFields(f)}
	if !utf8.ValidString(f.Path) {
		kept.Bytes = []byte(f.Path)
	}
	return json.Marshal(kept)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (f *KeptFile) UnmarshalJSON(b []byte) error {
	var kept keptFile
	if err := json.Unmarshal(b, &kept); err != nil {
		return err
	}
	*f = KeptFile(kept.keptFields)
	if kept.Bytes != nil {
		f.Path = string(kept.Bytes)
	}
	return nil
}

// What keeps a file from being attached, besides a [model.Refusal].
var (
	// ErrNoFile: there is no file there, or it is no ordinary one.
	ErrNoFile = errors.New("no file")
	// ErrFileUnreadable: it can't be read.
	ErrFileUnreadable = errors.New("file unreadable")
	// ErrFileChanged: it holds something else than when it was attached.
	ErrFileChanged = errors.New("file changed")
)

// FileError is why a file can't be attached.
type FileError struct {
	Path string
	// Cause is one of the errors above, or a [*model.Refusal].
	Cause error
}

// Error implements error.
func (e *FileError) Error() string { return fmt.Sprintf("attach %s: %v", e.Path, e.Cause) }

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Cause }

// CheckFile looks at a file that is to be attached, before anything is sent of it.
func CheckFile(path string) (KeptFile, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return KeptFile{}, &FileError{path, ErrNoFile}
	}
	info, err := os.Stat(whole)
	if err != nil || !info.Mode().IsRegular() {
		return KeptFile{}, &FileError{path, ErrNoFile}
	}
	if info.Size() > model.MaxAttachment { // before it is read
		return KeptFile{}, &FileError{path, model.Refuse(model.AttachmentTooBig)}
	}
	f, err := os.Open(whole)
	if err != nil {
		return KeptFile{}, &FileError{path, ErrFileUnreadable}
	}
	defer func() { _ = f.Close() }()
	begin := make([]byte, model.SniffLen)
	n, err := io.ReadFull(f, begin)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return KeptFile{}, &FileError{path, ErrFileUnreadable}
	}
	sum := sha256.New()
	_, _ = sum.Write(begin[:n])
	rest, err := io.Copy(sum, io.LimitReader(f, model.MaxAttachment+1))
	if err != nil {
		return KeptFile{}, &FileError{path, ErrFileUnreadable}
	}
	size := int64(n) + rest
	if r := model.CheckAttachment(whole, begin[:n], size); r != nil {
		return KeptFile{}, &FileError{path, r}
	}
	return KeptFile{Path: whole, SHA256: hex.EncodeToString(sum.Sum(nil)), Size: size}, nil
}

// Progress is told how many bytes of a file have left, now and then, from another
// goroutine.
type Progress func(f KeptFile, sent int64)

// sentName is what a file is called on its way. A name may hold any byte; what is no
// character, or controls a terminal, has no place in a form.
func sentName(path string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return '_'
		}
		return r
	}, filepath.Base(path))
}

// Upload hands a file to the hub, and returns it with the hub's id. ctx cancels it; what
// was sent by then the hub forgets.
func (c *Client) Upload(ctx context.Context, f KeptFile, told Progress) (KeptFile, error) {
	now, err := CheckFile(f.Path)
	if err != nil {
		return f, err
	}
	if now.SHA256 != f.SHA256 {
		return f, &FileError{f.Path, ErrFileChanged}
	}
	file, err := os.Open(f.Path)
	if err != nil {
		return f, &FileError{f.Path, ErrFileUnreadable}
	}
	ctx, cancel := context.WithTimeout(ctx, uploadTimeout)
	defer cancel()
	body, form := io.Pipe()
	m := multipart.NewWriter(form)
	sum := sha256.New()
	written := make(chan struct{})
	go func() {
		defer close(written)
		defer func() { _ = file.Close() }()
		part, err := m.CreateFormFile("file", sentName(f.Path))
		if err == nil {
			_, err = io.Copy(io.MultiWriter(part, sum), &counted{Reader: io.LimitReader(file, f.Size), file: f, told: told})
		}
		// What leaves is what was attached, also where it is changed while it leaves.
		if err == nil && hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
			err = &FileError{f.Path, ErrFileChanged}
		}
		if err == nil {
			err = m.Close()
		}
		_ = form.CloseWithError(err) // nil: the end
	}()
	defer func() { <-written }()
	defer func() { _ = body.Close() }()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base.JoinPath("/v1/uploads").String(), body)
	if err != nil {
		return f, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", m.FormDataContentType())
	req.Header.Set("Accept", "application/json, application/problem+json")
	req.Header.Set("Authorization", "Bearer "+c.token)
	slow := *c.http
	slow.Timeout = 0 // a file takes as long as it takes, within ctx
	resp, err := slow.Do(req)
	var changed *FileError
	if errors.As(err, &changed) {
		return f, changed
	}
	if err != nil {
		return f, &UnreachableError{URL: c.base.String(), Cause: err}
	}
	defer func() { _ = resp.Body.Close() }()
	var out struct {
		ID string `json:"id"`
	}
	if err := decode(c.base.String(), resp, &out); err != nil {
		return f, err
	}
	f.Upload = out.ID
	return f, nil
}

// counted tells how much of a file has been read.
type counted struct {
	io.Reader
	file KeptFile
	sent int64
	told Progress
}

// Read implements [io.Reader].
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.sent += int64(n)
	if c.told != nil && n > 0 {
		c.told(c.file, c.sent)
	}
	return n, err
}

// uploadAll uploads those files of a kept reply that the hub does not have, and keeps their
// ids before the reply is handed in.
func (c *Client) uploadAll(ctx context.Context, kept *Kept, r KeptReply) (KeptReply, error) {
	files := append([]KeptFile(nil), r.Files...)
	r.Files = files
	for i, f := range files {
		if f.Upload != "" {
			continue
		}
		up, err := c.Upload(ctx, f, r.Told)
		if err != nil {
			return r, err
		}
		files[i] = up
		if err := kept.Put(r); err != nil {
			return r, err
		}
	}
	return r, nil
}

// anew forgets the hub's ids of a kept reply's files: they are uploaded again.
func (r KeptReply) anew() KeptReply {
	files := append([]KeptFile(nil), r.Files...)
	for i := range files {
		files[i].Upload = ""
	}
	r.Files = files
	return r
}

// isGone tells that the hub no longer has a file of a reply.
func isGone(err error) bool {
	var problem *Problem
	return errors.As(err, &problem) && problem.Code == model.UploadGone
}
