package outbox

import (
	"context"
	"io"
	"time"

	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// metaIDLifetime is how long we reuse Meta's id of a file, which expires after 90 days.
//
// Source: Messenger Platform, "Saving assets".
const metaIDLifetime = 80 * 24 * time.Hour

// atMeta reports whether Meta still has the file.
func atMeta(f *store.File, now time.Time) bool {
	return f.MetaID != "" && now.Sub(f.MetaAt) < metaIDLifetime
}

// uploadFile has Meta keep the file of a reply that is about to leave. That does not send the
// reply itself, which stays queued whatever becomes of the upload.
func (o *Outbox) uploadFile(ctx context.Context, r store.Reply, f model.OutgoingFile) error {
	id := r.File.Upload
	f.Open = func() (io.ReadCloser, error) { return o.files.folder.Read(id) }
	out := model.Outcome{Kind: model.OutcomeRefused, Code: model.UploadGone}
	if _, err := o.files.folder.Get(id); err == nil {
		call, cancel := context.WithTimeout(ctx, o.timing.Upload)
		out = o.graph.UploadFile(call, f)
		cancel()
	}
	err := o.change(context.WithoutCancel(ctx), r.MessageID, func(b *tx, c *txn.Conversation, now store.Reply) error {
		if now.State != model.Queued || now.File == nil || now.File.Upload != id {
			b.applyRefusal(c, out) // given up meanwhile, but what Meta said about the Page still counts
			return nil
		}
		return b.fileUploaded(c, now, out)
	})
	if err != nil || out.Kind != model.OutcomeAccepted {
		return err
	}
	return o.post(ctx, r)
}

// fileUploaded stores the outcome of uploading a file to Meta.
func (b *tx) fileUploaded(c *txn.Conversation, r store.Reply, out model.Outcome) error {
	b.applyRefusal(c, out)
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
