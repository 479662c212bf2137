package uitest

import (
	"context"
	"io"
	"strings"
	"sync"
	"time"

	"parley/model"
	"parley/model/safe"
)

// FakeMedia is what attachments show, by their ids.
type FakeMedia map[string]string

// Media implements browse.Hub.
func (h *FakeHub) Media(_ context.Context, id string) (model.Download, error) {
	err := h.note("media " + id)
	content := h.Files[id]
	return model.Download{ReadCloser: io.NopCloser(strings.NewReader(content)), Size: int64(len(content))}, err
}

// MediaLink implements browse.Hub.
func (h *FakeHub) MediaLink(_ context.Context, id string) (model.MediaLink, error) {
	return model.MediaLink{URL: "https://hub.example/m/token", ExpiresAt: Noon.Add(5 * time.Minute)}, h.note("link " + id)
}

// FakeDownloads saves nothing.
type FakeDownloads struct {
	// Opens: what is saved is of a kind that is opened. Err is why nothing can be saved.
	Opens bool
	Err   error
	mu    sync.Mutex
	saved []string
	kept  []model.PageID
}

// Save implements browse.Downloads.
func (f *FakeDownloads) Save(_ model.PageID, d model.Download, told func(int64)) (model.SavedFile, error) {
	b, err := io.ReadAll(d)
	if err != nil {
		return model.SavedFile{}, err
	}
	if told != nil {
		told(int64(len(b)))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.saved = append(f.saved, safe.FileName(d.Name)+" "+string(b))
	return model.SavedFile{Path: "/cache/" + safe.FileName(d.Name), Opens: f.Opens}, f.Err
}

// Keep implements browse.Downloads.
func (f *FakeDownloads) Keep(pages []model.PageID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kept = pages
	return nil
}

// Kept returns the Pages of which what was saved is kept.
func (f *FakeDownloads) Kept() []model.PageID {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.kept
}

// Saved returns the names and contents that were saved.
func (f *FakeDownloads) Saved() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.saved
}
