package media

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"

	"parley/hub/access"
	"parley/hub/store"
	"parley/model"
)

// Content is what an attachment shows, opened to be read. Whoever got it closes File.
type Content struct {
	File *os.File
	// Name is the file's name by whoever sent it; may be empty.
	Name model.Untrusted
	// Type is its media type, judged by its first bytes.
	Type string
	Size int64
	At   time.Time
}

// Media opens what an attachment shows, for a user who may see its message. What is not fetched
// yet is refused as [model.MediaNotYet], what the hub does not have any more as
// [model.MediaIsGone].
func (l *Library) Media(ctx context.Context, user model.User, id model.MediaID) (Content, error) {
	if !id.Fetched() {
		f, file, err := l.o.Sent(ctx, user, string(id))
		return Content{File: file, Name: f.Name, Type: f.Media, Size: f.Size, At: f.MetaAt}, err
	}
	if l.o.Folder == nil {
		return Content{}, store.ErrNotFound
	}
	var m store.Media
	var name model.Untrusted
	err := l.o.Store.Read(ctx, func(r store.Reader) (err error) {
		if _, err := access.Authorize(r, user.ID, id.Page()); err != nil {
			return err
		}
		if m, err = r.Media(id); err != nil {
			return err
		}
		if _, _, err := access.AuthorizeConversation(r, user.ID, m.Conversation); err != nil {
			return err
		}
		msg, err := r.Message(id.Message())
		i := slices.IndexFunc(msg.Attachments, func(a model.Attachment) bool { return a.ID == string(id) })
		if err == nil && (msg.Deleted || i < 0) {
			err = store.ErrNotFound
		}
		if err == nil {
			name = msg.Attachments[i].Title
		}
		return err
	})
	if err != nil {
		return Content{}, err
	}
	if m.Hash == "" {
		return Content{}, absent(m)
	}
	file, err := l.o.Folder.open(m.Hash)
	if errors.Is(err, fs.ErrNotExist) {
		return Content{}, absent(store.Media{Reason: model.MediaExpired})
	}
	return Content{File: file, Name: name, Type: m.Type, Size: m.Size, At: m.At}, err
}

// absent says why there is no content.
func absent(m store.Media) error {
	if m.Reason != "" {
		r := model.Refuse(model.MediaIsGone)
		r.Reason = model.Untrusted(m.Reason)
		return r
	}
	r := model.Refuse(model.MediaNotYet)
	r.Until = &m.WakeAt
	return r
}
