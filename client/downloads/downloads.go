// Package downloads saves what others sent on the user's machine, to be opened there. Names and
// contents are anybody's: a name has no part in where a file goes, and what a file is called at
// its end follows from how it begins.
package downloads

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"parley/client/disk"
	"parley/model"
	"parley/model/safe"
)

const (
	dirMode  fs.FileMode = 0o700
	fileMode fs.FileMode = 0o600
	// kept is how long a file stays that was saved to be opened.
	kept = 24 * time.Hour
	// longestName is how many bytes of a name are used, mostNames how many files of the same
	// name there may be.
	longestName = 80
	mostNames   = 1000
)

// ErrFolder means that the folder is not the user's alone.
var ErrFolder = errors.New("folder is open to others")

// Folder is where files are saved to be opened, those of each Page apart. Files of earlier days are
// removed from it.
type Folder struct{ dir string }

// NewFolder returns a folder, which is created when needed.
func NewFolder(dir string) Folder { return Folder{dir} }

// Save saves a content of a Page under a name of its own. told receives how many bytes have come;
// it may be nil. The content is closed.
func (f Folder) Save(page model.PageID, d model.Download, told func(bytes int64)) (saved model.SavedFile, err error) {
	defer func() { _ = d.Close() }()
	if err := f.prepare(); err != nil {
		return saved, err
	}
	dir := filepath.Join(f.dir, folderOf(page))
	if err := own(dir); err != nil {
		return saved, err
	}
	begin, err := beginning(d)
	if err != nil {
		return saved, err
	}
	name, opens := NameOf(d.Name, begin)
	file, err := create(dir, name)
	if err != nil {
		return saved, fmt.Errorf("save file: %w", err)
	}
	if err := write(file, begin, d, told); err != nil {
		_ = os.Remove(file.Name())
		return saved, err
	}
	return model.SavedFile{Path: file.Name(), Opens: opens}, nil
}

// Keep removes the files of all Pages but these: the user may not see the others any more.
func (f Folder) Keep(pages []model.PageID) error {
	names := make([]string, 0, len(pages))
	for _, p := range pages {
		names = append(names, folderOf(p))
	}
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	var failed []error
	for _, e := range entries {
		if !e.IsDir() || !slices.Contains(names, e.Name()) {
			failed = append(failed, os.RemoveAll(filepath.Join(f.dir, e.Name())))
		}
	}
	return errors.Join(failed...)
}

// Forget removes all files.
func (f Folder) Forget() error { return os.RemoveAll(f.dir) }

// folderOf is the name of the folder of a Page's files.
func folderOf(page model.PageID) string {
	sum := sha256.Sum256([]byte(page))
	return hex.EncodeToString(sum[:8])
}

// prepare makes the folder, checks that it is the user's, and removes what is old.
func (f Folder) prepare() error {
	if err := own(f.dir); err != nil {
		return err
	}
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	defer func() { _ = root.Close() }()
	err = fs.WalkDir(root.FS(), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > kept {
			_ = root.Remove(path) // if it is in use, it goes next time
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	return nil
}

// own makes a folder that is the user's alone, or checks that it is.
func own(dir string) error {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if !info.IsDir() || filepath.Separator == '/' && info.Mode().Perm()&0o077 != 0 {
		return ErrFolder
	}
	return nil
}

// beginning reads as much of a content as is needed to tell what it is.
func beginning(r io.Reader) ([]byte, error) {
	b := make([]byte, model.SniffLen)
	n, err := io.ReadFull(r, b)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("read file: %w", err)
	}
	return b[:n], nil
}

// create creates a file of that name, or with a number behind it where there is one.
func create(dir, name string) (*os.File, error) {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for n := 1; ; n++ {
		if n > 1 {
			name = stem + "-" + strconv.Itoa(n) + ext
		}
		file, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
		if err == nil || !errors.Is(err, fs.ErrExist) || n == mostNames {
			return file, err
		}
	}
}

// write writes a content and closes its file.
func write(file *os.File, begin []byte, rest io.Reader, told func(int64)) error {
	_, err := file.Write(begin)
	if err == nil {
		_, err = io.Copy(file, &counted{Reader: rest, n: int64(len(begin)), told: told})
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("save file: %w", err)
	}
	return nil
}

// counted tells how much was read.
type counted struct {
	io.Reader
	n    int64
	told func(int64)
}

// Read implements [io.Reader].
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += int64(n)
	if c.told != nil && n > 0 {
		c.told(c.n)
	}
	return n, err
}

// SaveAs saves a content at a path where there is no file yet, and closes it. A file that did not
// come whole is removed.
func SaveAs(path string, d model.Download, told func(bytes int64)) error {
	defer func() { _ = d.Close() }()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	if err := write(file, nil, d, told); err != nil {
		_ = os.Remove(path)
		return err
	}
	return disk.Settle(filepath.Dir(path))
}

// extensions are the ends of names by media type, of what is opened: pictures, sound, films,
// documents and plain text. The programs that open others may do what a file says.
var extensions = map[string]string{
	"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "image/bmp": ".bmp", "image/tiff": ".tiff",
	"image/heic": ".heic", "image/heif": ".heif", "image/avif": ".avif",
	"video/mp4": ".mp4", "video/quicktime": ".mov", "video/webm": ".webm", "video/avi": ".avi", "video/3gpp": ".3gp",
	"audio/mp4": ".m4a", "audio/aac": ".aac", "audio/wav": ".wav", "audio/mpeg": ".mp3", "audio/ogg": ".ogg", "audio/amr": ".amr",
	"audio/flac": ".flac", "application/pdf": ".pdf", "text/plain": ".txt",
}

// NameOf returns the name to save a file by, and whether it is of a kind that is opened: the name
// that its sender gave it, without folders and whatever a system could take for something else,
// with the end that its content has.
func NameOf(name model.Untrusted, begin []byte) (saved string, opens bool) {
	_, media := model.SniffAttachment(begin)
	ext, opens := extensions[media]
	stem := safe.FileName(name)
	if own := filepath.Ext(stem); own != "" {
		stem = strings.TrimSuffix(stem, own)
		if !opens {
			ext = own
		}
	}
	if !opens && ext == "" {
		ext = mimetype.Detect(begin).Extension()
	}
	if len(ext) > 10 {
		ext = ext[:10]
	}
	for len(stem) > longestName-len(ext) {
		_, n := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-n]
	}
	if stem = strings.TrimRight(stem, " ."); stem == "" || reserved[strings.ToUpper(stem)] {
		stem = "file"
	}
	return stem + ext, opens
}

// reserved are names that Windows takes for devices.
var reserved = map[string]bool{
	"CON": true, "PRN": true, "AUX": true, "NUL": true, "COM1": true, "COM2": true, "COM3": true, "COM4": true, "COM5": true, "COM6": true,
	"COM7": true, "COM8": true, "COM9": true, "LPT1": true, "LPT2": true, "LPT3": true, "LPT4": true, "LPT5": true, "LPT6": true,
	"LPT7": true, "LPT8": true, "LPT9": true,
}
