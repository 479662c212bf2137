package hub_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/outbox"
	"parley/hub/uploads"
	"parley/model"
)

const png = "\x89PNG\r\n\x1a\n"

// uploads keeps a file of a user.
func (w *world) uploads(u model.User, name, content string) string {
	w.Helper()
	f, err := w.hub.Upload(w.ctx, u, model.Untrusted(name), strings.NewReader(content))
	w.must(err)
	return f.ID
}

func attaching(d outbox.Draft, uploads ...string) outbox.Draft {
	d.Attachments = uploads
	return d
}

// TestTextAndFilesAreMessagesOfTheirOwn, in their order, taken together.
func TestTextAndFilesAreMessagesOfTheirOwn(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		d := attaching(draft(hanako, "Here they are"), w.uploads(w.ann, "desk.png", png+"1"), w.uploads(w.ann, "/home/ann/Price list.pdf", "%PDF-1.4"))
		d.ReplyTo = w.byMID("m_in_7001").ID
		first := w.accept(w.ann, d)
		w.settle()
		if first.Text != "Here they are" || first.ClientID != d.ClientID {
			t.Errorf("answered %+v", first)
		}
		var got []string
		for _, o := range w.graph.sent() {
			said := string(o.Text)
			if o.Attachment != nil {
				said += o.Attachment.Kind + " " + o.Attachment.ID
			}
			if o.ReplyTo != "" {
				said += " quoting"
			}
			got = append(got, said)
		}
		if want := []string{"Here they are quoting", "image a_1", "file a_2"}; !slices.Equal(got, want) {
			t.Fatalf("left %q, want %q", got, want)
		}
		if want := []string{"image desk.png " + png + "1", "file Price list.pdf %PDF-1.4"}; !slices.Equal(w.graph.Taken(), want) {
			t.Errorf("Meta keeps %q", w.graph.Taken())
		}
		again, err := w.hub.Reply(w.ctx, w.ann, d)
		w.must(err)
		if again.ID != first.ID {
			t.Error("the same again is another")
		}
		ms := w.messages(hanako)
		if len(ms) != 4 || len(ms[2].Attachments) != 1 || ms[2].Attachments[0].Title != "desk.png" || ms[2].State != model.Sent {
			t.Errorf("the conversation holds %+v", ms)
		}
	})
}

// TestTheSameFileUploadedAgain under the same client id is the same reply.
func TestTheSameFileUploadedAgain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		d := attaching(draft(hanako, ""), w.uploads(w.ann, "a.png", png))
		first := w.accept(w.ann, d)
		w.settle()
		d.Attachments = []string{w.uploads(w.ann, "a.png", png)}
		if again := w.accept(w.ann, d); again.ID != first.ID {
			t.Error("it is another reply")
		}
		d.Attachments = []string{"0190b8a0-0000-7000-8000-000000000000"}
		if again := w.accept(w.ann, d); again.ID != first.ID {
			t.Error("with the file gone it is another reply")
		}
		d.Attachments = []string{w.uploads(w.ann, "a.png", png+"other")}
		_, err := w.hub.Reply(w.ctx, w.ann, d)
		w.refused(err, model.ClientIDReused)
		w.wantSent(1)
	})
}

// TestAFileThatMetaDoesNotTake at once is tried again, because a file alone reaches nobody;
// the reply leaves once.
func TestAFileThatMetaDoesNotTake(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.FilesLike(model.Outcome{Kind: model.OutcomeUncertain}, model.Outcome{Kind: model.OutcomeRateLimited, RetryAfter: time.Minute})
		m := w.accept(w.ann, attaching(draft(hanako, ""), w.uploads(w.ann, "a.png", png)))
		w.pass(5 * time.Second)
		w.wantState(m.ID, model.Queued)
		w.pass(2 * time.Minute)
		w.wantState(m.ID, model.Sent)
		w.wantSent(1)

		w.graph.FilesLike(model.Outcome{Kind: model.OutcomeRefused, Code: model.AttachmentTooBig, Detail: "(#100/2018109) [trace]"})
		m = w.accept(w.ann, attaching(draft(hanako, ""), w.uploads(w.ann, "a.png", png)))
		w.settle()
		w.wantError(m.ID, model.Failed, model.AttachmentTooBig)
		w.wantSent(1)

		for range 200 {
			w.graph.FilesLike(model.Outcome{Kind: model.OutcomeUncertain})
		}
		m = w.accept(w.ann, attaching(draft(hanako, ""), w.uploads(w.ann, "a.png", png)))
		w.pass(11 * time.Minute)
		w.wantError(m.ID, model.Ask, model.NotSent)
		if d := w.message(m.ID).Error.Detail; d != "" {
			t.Errorf("where Facebook answered nothing it says %q", d)
		}
		w.wantSent(1)
	})
}

// TestWhatFacebookSaidOfAFile that it does not take for now (codes 1 and 2) is told with
// the reply that was not sent for it, the last of it, though no answer came after that.
func TestWhatFacebookSaidOfAFile(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.FilesLike(model.Outcome{Kind: model.OutcomeUncertain, Detail: "(#1) first"}, model.Outcome{Kind: model.OutcomeUncertain, Detail: "(#2) Service unavailable [trace]"})
		for range 200 {
			w.graph.FilesLike(model.Outcome{Kind: model.OutcomeUncertain})
		}
		m := w.accept(w.ann, attaching(draft(hanako, ""), w.uploads(w.ann, "a.png", png)))
		w.pass(11 * time.Minute)
		w.wantError(m.ID, model.Ask, model.NotSent)
		if d := w.message(m.ID).Error.Detail; d != "(#2) Service unavailable [trace]" {
			t.Errorf("it says %q", d)
		}
		w.wantSent(0)
	})
}

// TestAReplyThatIsGivenUpLeavesNoFile: what was dropped before it left is on no disk, so
// that nobody fills it by that; what may have arrived is shown.
func TestAReplyThatIsGivenUpLeavesNoFile(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		kept := func(u string) bool {
			_, err := w.files.Get(u)
			return err == nil
		}
		drop := func(m model.Message) {
			_, err := w.hub.Drop(w.ctx, w.ann, m.ID, m.ConversationID, nil)
			w.must(err)
			w.pass(time.Hour) // found is found again until then
		}
		for range 200 {
			w.graph.FilesLike(model.Outcome{Kind: model.OutcomeUncertain})
		}
		u := w.uploads(w.ann, "a.png", png)
		other := w.uploads(w.ann, "a.png", png)
		m := w.accept(w.ann, attaching(draft(hanako, ""), u, other))
		w.settle()
		drop(m)
		if kept(u) || !kept(other) {
			t.Errorf("dropped before it left: %v; the one after it: %v", kept(u), kept(other))
		}
	})
}

// TestAnAttachmentOfUnknownOutcome asks: nothing that the inbox or an echo shows tells one
// file from another.
func TestAnAttachmentOfUnknownOutcome(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.byDefault = staysSilent()
		m := w.accept(w.ann, attaching(draft(hanako, ""), w.uploads(w.ann, "a.png", png)))
		w.settle()
		w.graph.shows(model.SentMessage{MID: "m_sticker", FromPage: true, CreatedAt: now()})
		w.pass(3 * time.Minute)
		w.wantError(m.ID, model.Ask, model.OutcomeUnknown)
		w.receive(echoOf(w.graph.last(), "m_out_x"))
		w.wantState(m.ID, model.Sent)
	})
}

func TestAttachmentsThatAreRefused(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		for name, tt := range map[string]struct {
			file, content string
			want          model.Code
		}{
			"empty":          {"a.txt", "", model.AttachmentEmpty},
			"too big":        {"a.bin", strings.Repeat("x", model.MaxAttachment+1), model.AttachmentTooBig},
			"no picture":     {"a.png", "#!/bin/sh", model.AttachmentType},
			"another's type": {"a.mp4", png, model.AttachmentType},
		} {
			_, err := w.hub.Upload(w.ctx, w.ann, model.Untrusted(tt.file), strings.NewReader(tt.content))
			var r *model.Refusal
			if !errors.As(err, &r) || r.Code != tt.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := w.hub.Upload(w.ctx, w.ann, "a.bin", io.MultiReader(strings.NewReader("half"), brokenReader{}))
		if err == nil {
			t.Error("half a file is kept")
		}
		// Somebody else's, one that is not there, one that waited for too long.
		mine := w.uploads(w.ann, "a.png", png)
		_, err = w.hub.Reply(w.ctx, w.cat, attaching(draft(hanako, "x"), mine))
		w.refused(err, model.UploadGone)
		_, err = w.hub.Reply(w.ctx, w.ann, attaching(draft(hanako, "x"), "../../etc/passwd"))
		w.refused(err, model.UploadGone)
		var invalid *model.InvalidError
		d := attaching(draft(hanako, "x"), mine)
		d.Note = true
		if _, err = w.hub.Reply(w.ctx, w.ann, d); !asInvalid(err, &invalid) {
			t.Errorf("in a note: %v", err)
		}
		for i := range 40 {
			if _, err = w.hub.Upload(w.ctx, w.ann, "a.txt", strings.NewReader(fmt.Sprint(i))); err != nil {
				break
			}
		}
		w.refused(err, model.UploadQuota)
		if _, err := w.hub.Upload(w.ctx, w.cat, "a.txt", strings.NewReader("x")); err != nil {
			t.Errorf("another's quota: %v", err)
		}
		w.pass(24*time.Hour + time.Second)
		w.customerWrites(ken)
		_, err = w.hub.Reply(w.ctx, w.ann, attaching(draft(ken, "x"), mine))
		w.refused(err, model.UploadGone)
		w.wantSent(0)
	})
}

// TestARefusedReplyLeavesItsFiles: what is refused, for whatever reason, leaves its files as
// they were: they count, stay for a day, and can be attached to the next.
func TestARefusedReplyLeavesItsFiles(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		refusals := map[string]func(upload string) outbox.Draft{
			"no such conversation": func(u string) outbox.Draft { return attaching(draft("9999", "x"), u) },
			"no such Page": func(u string) outbox.Draft {
				d := attaching(draft(hanako, "x"), u)
				d.Conversation = "424242_1"
				return d
			},
			"too long": func(u string) outbox.Draft { return attaching(draft(hanako, strings.Repeat("x", 3000)), u) },
			"quotes nothing": func(u string) outbox.Draft {
				d := attaching(draft(hanako, "x"), u)
				d.ReplyTo = "424242_m"
				return d
			},
			"a file is gone": func(u string) outbox.Draft {
				return attaching(draft(hanako, "x"), u, "0190b8a0-0000-7000-8000-000000000000")
			},
			"no UUID": func(u string) outbox.Draft {
				d := attaching(draft(hanako, "x"), u)
				d.ClientID = "x"
				return d
			},
		}
		kept := map[string]string{}
		for name, of := range refusals {
			kept[name] = w.uploads(w.ann, "a.png", png)
			if _, err := w.hub.Reply(w.ctx, w.ann, of(kept[name])); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		// The window closes, and nobody may answer; the quota holds all the same.
		w.pass(23 * time.Hour)
		for name, u := range kept {
			if _, err := w.files.Get(u); err != nil {
				t.Errorf("%s: after 23 hours: %v", name, err)
			}
		}
		var refused error
		for n := 0; refused == nil; n++ {
			if n > 40 {
				t.Fatal("no bound")
			}
			var u uploads.Upload
			if u, refused = w.hub.Upload(w.ctx, w.ann, "a.txt", strings.NewReader("x")); refused == nil {
				_, err := w.hub.Reply(w.ctx, w.ann, attaching(draft("9999", "x"), u.ID))
				if !errors.Is(err, hub.ErrNotFound) {
					t.Fatalf("to nobody: %v", err)
				}
			}
		}
		w.refused(refused, model.UploadQuota)
		for name, u := range kept {
			if _, err := w.hub.Reply(w.ctx, w.ann, attaching(draft(hanako, ""), u)); err != nil {
				t.Errorf("%s: sent after all: %v", name, err)
			}
		}
		w.settle()
		w.wantSent(len(kept))
		w.pass(3 * 24 * time.Hour)
		for name, u := range kept {
			if _, err := w.files.Get(u); err != nil {
				t.Errorf("%s: sent, and gone after three days: %v", name, err)
			}
		}
		if _, err := w.hub.Upload(w.ctx, w.ann, "a.txt", strings.NewReader("x")); err != nil {
			t.Errorf("what was sent counts, or what waited for too long: %v", err)
		}
	})
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("the line broke") }

// TestWhoSeesAFile: who sees its conversation; and it goes with it.
func TestWhoSeesAFile(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		upload := w.uploads(w.cat, "a.png", png)
		m := w.accept(w.cat, attaching(draft(hanako, ""), upload))
		w.settle()
		read := func(u model.User) error {
			_, f, err := w.hub.Media(w.ctx, u, m.Attachments[0].ID)
			if f != nil {
				_ = f.Close()
			}
			return err
		}
		w.must(read(w.ann))
		w.must(read(w.cat))
		if _, err := w.hub.SetVisibility(w.ctx, w.ann, page, model.Private); err != nil {
			t.Fatal(err)
		}
		w.hidden(read(w.cat))
		w.pass(72 * time.Hour)
		w.must(read(w.ann))
		w.must(w.hub.DeleteConversation(w.ctx, w.ann, conversationWith(hanako)))
		w.hidden(read(w.ann))
		w.settle()
		if _, err := w.files.Get(upload); err == nil {
			t.Error("the file is still there")
		}
	})
}
