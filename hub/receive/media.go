package receive

import (
	"slices"
	"strconv"

	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// Media fetches what attachments show, beside: nothing here waits for it.
type Media interface {
	// Wants reports whether what an attachment shows is to be fetched.
	Wants(a model.Attachment) bool
	// Due notes that something is to be fetched, or was dropped.
	Due()
}

// MediaDue notes that something is to be fetched, or was dropped.
func (r *Receiver) MediaDue() {
	if r.media != nil {
		r.media.Due()
	}
}

// Add stores a new message and updates its conversation, and notes what is to be fetched of it.
func (b *Tx) Add(c *txn.Conversation, m *store.Message) error {
	b.NewID(m)
	wanted := b.want(m, m.Attachments)
	if err := b.Tx.Add(c, m); err != nil {
		return err
	}
	return b.putMedia(*m, wanted)
}

// want gives a message its attachments, and returns those whose content is to be fetched.
func (b *Tx) want(m *store.Message, attachments []model.Attachment) (wanted []store.Media) {
	m.Attachments = slices.Clone(attachments)
	if b.r.media == nil {
		return nil
	}
	for i := range m.Attachments {
		a := &m.Attachments[i]
		if !b.r.media.Wants(*a) {
			continue
		}
		media := store.Media{
			ID: model.NewMediaID(m.ID, i+1), Kind: a.Type, URL: a.URL, At: m.SentAt, Since: b.Now, WakeAt: b.Now, Later: b.Past,
		}
		if a.Type == "sticker" && a.ID != strconv.Itoa(i+1) {
			a.Sticker = a.ID
		}
		a.ID, a.Media = string(media.ID), media.Shown()
		wanted = append(wanted, media)
	}
	return wanted
}

// putMedia notes what is to be fetched of a message, once that is stored.
func (b *Tx) putMedia(m store.Message, wanted []store.Media) error {
	if m.Deleted { // it was taken back before it came
		return nil
	}
	for _, media := range wanted {
		media.Conversation = m.ConversationID
		if err := b.Store.PutMedia(media); err != nil {
			return err
		}
		b.MediaMoved = true
	}
	return nil
}

// replaceAttachments gives a stored message the attachments that its webhook tells of, unless
// what they show was fetched already. The caller stores the message, then calls the function
// returned.
func (b *Tx) replaceAttachments(m *store.Message, told []model.Attachment) (then func() error) {
	if slices.EqualFunc(m.Attachments, told, func(a, b model.Attachment) bool { return a.Kept() && a.Type == b.Type }) {
		return func() error { return nil }
	}
	wanted := b.want(m, told)
	return func() error { return b.putMedia(*m, wanted) }
}
