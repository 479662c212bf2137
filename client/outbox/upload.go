package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parley/client"
	"parley/model"
)

// uploadTimeout is how long the upload of one file may take.
const uploadTimeout = 10 * time.Minute

// Why a file can't be attached, besides a [model.Refusal].
var (
	// ErrNoFile: there is no file, or not a regular one.
	ErrNoFile = errors.New("no file")
	// ErrFileUnreadable: it can't be read.
	ErrFileUnreadable = errors.New("file unreadable")
	// ErrFileChanged: its content is no longer what was attached.
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

// CheckFile checks a file to attach, before any of it is sent.
func CheckFile(path string) (model.File, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return model.File{}, &FileError{path, ErrNoFile}
	}
	info, err := os.Stat(whole)
	if err != nil || !info.Mode().IsRegular() {
		return model.File{}, &FileError{path, ErrNoFile}
	}
	if info.Size() > model.MaxAttachment { // before it is read
		return model.File{}, &FileError{path, model.Refuse(model.AttachmentTooBig)}
	}
	f, err := os.Open(whole)
	if err != nil {
		return model.File{}, &FileError{path, ErrFileUnreadable}
	}
	defer func() { _ = f.Close() }()
	begin := make([]byte, model.SniffLen)
	n, err := io.ReadFull(f, begin)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return model.File{}, &FileError{path, ErrFileUnreadable}
	}
	sum := sha256.New()
	_, _ = sum.Write(begin[:n])
	rest, err := io.Copy(sum, io.LimitReader(f, model.MaxAttachment+1))
	if err != nil {
		return model.File{}, &FileError{path, ErrFileUnreadable}
	}
	size := int64(n) + rest
	if r := model.CheckAttachment(whole, begin[:n], size); r != nil {
		return model.File{}, &FileError{path, r}
	}
	return model.File{Path: whole, SHA256: hex.EncodeToString(sum.Sum(nil)), Size: size}, nil
}

// Progress receives how many bytes of a file were sent, now and then, from another goroutine.
type Progress func(f model.File, sent int64)

// sentName returns a file's name for the form. It replaces invalid UTF-8 and control
// characters, which a name may hold.
func sentName(path string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return '_'
		}
		return r
	}, filepath.Base(path))
}

// upload uploads a file, and returns it with the hub's id. If ctx cancels it, the hub drops
// what it got.
func upload(ctx context.Context, c *client.Client, f model.File, told Progress) (model.File, error) {
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
		// The bytes sent must be those attached, even if the file changes meanwhile.
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
	id, err := c.Upload(ctx, m.FormDataContentType(), body)
	var changed *FileError
	if errors.As(err, &changed) {
		return f, changed
	}
	if err != nil {
		return f, err
	}
	f.Upload = id
	return f, nil
}

// counted reports how much of a file has been read.
type counted struct {
	io.Reader
	file model.File
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
// ids before the reply is posted.
func (o *Outbox) uploadAll(ctx context.Context, r model.Reply, told Progress) (model.Reply, error) {
	r.Files = slices.Clone(r.Files)
	for i, f := range r.Files {
		if f.Upload != "" {
			continue
		}
		up, err := upload(ctx, o.client, f, told)
		if err != nil {
			return r, err
		}
		r.Files[i] = up
		if err := o.kept.Put(r); err != nil {
			return r, err
		}
	}
	return r, nil
}

// notUploaded returns the files without the hub's ids.
func notUploaded(files []model.File) []model.File {
	files = slices.Clone(files)
	for i := range files {
		files[i].Upload = ""
	}
	return files
}

// isGone reports whether the hub no longer has a file of a reply.
func isGone(err error) bool {
	var problem *client.Problem
	return errors.As(err, &problem) && problem.Code == model.UploadGone
}
