package outbox

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"time"

	"parley/hub/access"
	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/uploads"
	"parley/hub/wake"
	"parley/model"
)

// Upload keeps a file that a user is about to send, for a day. Only that user can attach it.
func (f *Files) Upload(_ context.Context, user model.User, name model.Untrusted, r io.Reader) (uploads.Upload, error) {
	if f.folder == nil {
		return uploads.Upload{}, store.ErrUnavailable
	}
	return f.folder.Put(user.ID, name, r, f.now())
}

// SentFile returns a file sent from this hub to a user who may see its conversation. The caller
// closes it.
func (f *Files) SentFile(ctx context.Context, user model.User, id string) (store.File, *os.File, error) {
	message := model.MessageID(id)
	if message.Page() == "" || f.folder == nil {
		return store.File{}, nil, store.ErrNotFound
	}
	var file store.File
	err := f.store.Read(ctx, func(r store.Reader) error {
		reply, err := r.Reply(message)
		if err != nil {
			return err
		}
		if _, _, err := access.AuthorizeConversation(r, user.ID, reply.ConversationID); err != nil {
			return err
		}
		m, err := r.Message(message)
		if err != nil {
			return err
		}
		if reply.File == nil || m.Deleted {
			return store.ErrNotFound
		}
		file = *reply.File
		return nil
	})
	if err != nil {
		return file, nil, err
	}
	content, err := f.folder.Read(file.Upload)
	if err != nil {
		return file, nil, store.ErrNotFound
	}
	return file, content, nil
}

// find looks up the uploads that a draft attaches. It marks nothing as used, so that the
// uploads of a refused draft can be attached again.
func (f *Files) find(user model.UserID, d *Draft) error {
	for _, id := range d.Attachments {
		if f.folder == nil {
			return model.Refuse(model.UploadGone)
		}
		u, err := f.folder.Find(user, id, f.now())
		if err != nil {
			return model.Refuse(model.UploadGone)
		}
		d.files = append(d.files, u)
	}
	return nil
}

// use marks a draft's uploads as used if a stored reply carries them: from then on the store
// decides how long they are kept.
func (f *Files) use(ctx context.Context, d Draft) {
	if len(d.files) == 0 {
		return
	}
	err := f.store.Read(ctx, func(r store.Reader) error {
		var errs []error
		for _, u := range d.files {
			used, err := r.UploadInUse(u.ID)
			if err == nil && used {
				err = f.folder.Use(u.ID, f.now())
			}
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
	if err != nil {
		f.log.Error("uploads of a reply not marked as used", logkey.Error, err)
	}
}

// Run removes files that nothing needs any more, until ctx ends.
func (f *Files) Run(ctx context.Context) error {
	if f.folder == nil {
		return nil
	}
	for {
		err := f.folder.Sweep(f.now(), f.inUse(ctx))
		if err != nil && ctx.Err() == nil {
			f.log.Error("sweep uploads", logkey.Error, err)
		}
		if !f.Gone.Wait(ctx, sweepEvery) {
			return nil
		}
	}
}

// inUse returns a function that reports whether a reply carries an upload.
func (f *Files) inUse(ctx context.Context) func(id string) (bool, error) {
	return func(id string) (used bool, err error) {
		err = f.store.Read(ctx, func(r store.Reader) error {
			used, err = r.UploadInUse(id)
			return err
		})
		return used, err
	}
}

// Remove removes the files of deleted replies.
func (f *Files) Remove(ctx context.Context, ids []string) error {
	if f.folder == nil {
		return nil
	}
	var errs []error
	for _, id := range ids {
		errs = append(errs, f.folder.Drop(id, f.inUse(ctx)))
	}
	return errors.Join(errs...)
}

// sweepEvery is how often unneeded files are looked for.
const sweepEvery = time.Hour

// Files keeps what users send besides text: from the upload for as long as a reply carries it.
type Files struct {
	// Gone is notified when replies that may have carried files are gone.
	Gone wake.Signal

	store *txn.Store
	// folder is nil if no files can be sent.
	folder *uploads.Folder
	now    func() time.Time
	log    *slog.Logger
}

// NewFiles returns the files of a folder; with a nil folder none can be sent.
func NewFiles(s *txn.Store, folder *uploads.Folder, now func() time.Time, log *slog.Logger) *Files {
	return &Files{Gone: wake.NewSignal(), store: s, folder: folder, now: now, log: log}
}
