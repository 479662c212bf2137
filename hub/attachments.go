package hub

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"parley/hub/access"
	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/uploads"
	"parley/model"
)

// Upload keeps a file that a user is about to send, for a day. Only they can attach it.
func (h *Hub) Upload(_ context.Context, user model.User, name model.Untrusted, r io.Reader) (uploads.Upload, error) {
	if h.files == nil {
		return uploads.Upload{}, ErrUnavailable
	}
	return h.files.Put(user.ID, name, r, h.utc())
}

// Media returns a file that was sent from here, to who may see its conversation. The
// caller closes it.
func (h *Hub) Media(ctx context.Context, user model.User, id string) (store.File, *os.File, error) {
	message := model.MessageID(id)
	if message.Page() == "" || h.files == nil {
		return store.File{}, nil, ErrNotFound
	}
	var file store.File
	err := h.store.Read(ctx, func(r store.Reader) error {
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
			return ErrNotFound
		}
		file = *reply.File
		return nil
	})
	if err != nil {
		return file, nil, err
	}
	f, err := h.files.Read(file.Upload)
	if err != nil {
		return file, nil, ErrNotFound
	}
	return file, f, nil
}

// checkShape refuses a draft that makes no sense, whoever's it is.
func (d Draft) checkShape() error {
	switch {
	case len(d.Attachments) > model.MaxAttachments:
		return &model.InvalidError{Field: "attachments", Reason: "must be at most " + strconv.Itoa(model.MaxAttachments)}
	case d.Note && len(d.Attachments) > 0:
		return &model.InvalidError{Field: "attachments", Reason: "must be empty in a note"}
	}
	return nil
}

// findUploads finds what a draft attaches. Nothing of it is marked: what is refused, for
// whatever reason, can be attached again.
func (h *Hub) findUploads(user model.UserID, d *Draft) error {
	for _, id := range d.Attachments {
		if h.files == nil {
			return model.Refuse(model.UploadGone)
		}
		u, err := h.files.Find(user, id, h.utc())
		if err != nil {
			return model.Refuse(model.UploadGone)
		}
		d.files = append(d.files, u)
	}
	return nil
}

// useUploads marks what a draft attaches as used, as far as a stored reply carries it: from
// then on the store says how long it is kept.
func (h *Hub) useUploads(ctx context.Context, d Draft) {
	if len(d.files) == 0 {
		return
	}
	err := h.store.Read(ctx, func(r store.Reader) error {
		var errs []error
		for _, u := range d.files {
			used, err := r.UploadInUse(u.ID)
			if err == nil && used {
				err = h.files.Use(u.ID, h.utc())
			}
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
	if err != nil {
		h.log.Error("uploads of a reply not marked as used", logkey.Error, err)
	}
}

// part is what of a draft becomes one message.
type part struct {
	client  model.ClientID
	text    model.Untrusted
	replyTo model.MessageID
	file    *store.File
}

// parts are the messages that a draft becomes, in the order in which they leave.
func (d Draft) parts() []part {
	var out []part
	if strings.TrimSpace(string(d.Text)) != "" || len(d.files) == 0 {
		out = append(out, part{text: d.Text})
	}
	for _, u := range d.files {
		out = append(out, part{file: &store.File{Upload: u.ID, Name: u.Name, Kind: u.Kind, Media: u.Media, Size: u.Size}})
	}
	out[0].replyTo = d.ReplyTo
	for i := range out {
		out[i].client = d.ClientID
		if i > 0 {
			out[i].client += model.ClientID("/" + strconv.Itoa(i+1))
		}
	}
	return out
}

// metaKeeps is how long Meta's id of a file is used: it expires after 90 days.
//
// Source: Messenger Platform, "Saving assets".
const metaKeeps = 80 * 24 * time.Hour

// handed tells whether Meta has the file.
func handed(f *store.File, now time.Time) bool {
	return f.MetaID != "" && now.Sub(f.MetaAt) < metaKeeps
}

// handFile has Meta keep the file of a reply that is about to leave. The reply itself has
// not left by that, whatever becomes of it: it stays queued.
func (h *Hub) handFile(ctx context.Context, r store.Reply, o model.OutgoingFile) error {
	id := r.File.Upload
	o.Open = func() (io.ReadCloser, error) { return h.files.Read(id) }
	out := model.Outcome{Kind: model.OutcomeRefused, Code: model.UploadGone}
	if _, err := h.files.Get(id); err == nil {
		call, cancel := context.WithTimeout(ctx, h.timing.Upload)
		out = h.graph.UploadFile(call, o)
		cancel()
	}
	err := h.change(context.WithoutCancel(ctx), r.MessageID, func(b *outboxTx, c *txn.Conversation, now store.Reply) error {
		if now.State != model.Queued || now.File == nil || now.File.Upload != id {
			b.learn(c, out) // given up meanwhile; what Meta said of the Page stands
			return nil
		}
		return b.fileHanded(c, now, out)
	})
	if err != nil || out.Kind != model.OutcomeAccepted {
		return err
	}
	return h.post(ctx, r)
}

// fileHanded stores what became of handing a file to Meta.
func (b *outboxTx) fileHanded(c *txn.Conversation, r store.Reply, out model.Outcome) error {
	b.learn(c, out)
	f := *r.File
	r.File = &f
	switch out.Kind {
	case model.OutcomeAccepted:
		f.MetaID, f.MetaAt, f.Tries, f.Said = out.AttachmentID, b.Now, 0, ""
		r.WakeAt = b.Now
		return b.Store.PutReply(r)
	case model.OutcomeRefused:
		return b.Settle(c, r, model.Failed, &model.MessageError{Code: out.Code, Detail: out.Detail})
	case model.OutcomeRateLimited:
		return b.requeue(c, r, *b.Page.RateLimitedUntil)
	case model.OutcomeUncertain, model.OutcomeNothingWritten:
	}
	f.Tries++
	if out.Detail != "" {
		f.Said = out.Detail
	}
	return b.requeue(c, r, b.Now.Add(b.backOff(f.Tries)))
}

// runSweeping removes files that nobody needs, until ctx ends.
func (h *Hub) runSweeping(ctx context.Context) error {
	if h.files == nil {
		return nil
	}
	for {
		err := h.files.Sweep(h.utc(), h.uploadInUse(ctx))
		if err != nil && ctx.Err() == nil {
			h.log.Error("sweep uploads", logkey.Error, err)
		}
		if !h.deleted.Wait(ctx, pruneEvery) {
			return nil
		}
	}
}

// uploadInUse tells whether a reply carries an upload.
func (h *Hub) uploadInUse(ctx context.Context) func(id string) (bool, error) {
	return func(id string) (used bool, err error) {
		err = h.store.Read(ctx, func(r store.Reader) error {
			used, err = r.UploadInUse(id)
			return err
		})
		return used, err
	}
}

// dropUploads removes files that replies carried which are gone.
func (h *Hub) dropUploads(ctx context.Context, ids []string) error {
	if h.files == nil {
		return nil
	}
	var errs []error
	for _, id := range ids {
		errs = append(errs, h.files.Drop(id, h.uploadInUse(ctx)))
	}
	return errors.Join(errs...)
}
