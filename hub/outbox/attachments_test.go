package outbox_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/outbox"
	"parley/hub/store"
	"parley/hub/uploads"
	"parley/model"
)

const png = "\x89PNG\r\n\x1a\n"

// uploaded keeps a file of a user.
func uploaded(w *hubtest.World, u model.User, name, content string) string {
	w.Helper()
	f, err := w.Hub.Upload(w.Ctx, u, model.Untrusted(name), strings.NewReader(content))
	w.Must(err)
	return f.ID
}

func attaching(d outbox.Draft, uploads ...string) outbox.Draft {
	d.Attachments = uploads
	return d
}

// TestTextAndFilesAreMessagesOfTheirOwn, in their order, taken together.
func TestTextAndFilesAreMessagesOfTheirOwn(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		d := attaching(hubtest.Draft(hanako, "Here they are"), uploaded(w, w.Ann, "desk.png", png+"1"), uploaded(w, w.Ann, "/home/ann/Price list.pdf", "%PDF-1.4"))
		d.ReplyTo = w.ByMID("m_in_7001").ID
		first := w.Accept(w.Ann, d)
		w.Settle()
		if first.Text != "Here they are" || first.ClientID != d.ClientID {
			t.Errorf("answered %+v", first)
		}
		var got []string
		for _, o := range w.Graph.Sent() {
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
		if want := []string{"image desk.png " + png + "1", "file Price list.pdf %PDF-1.4"}; !slices.Equal(w.Graph.Taken(), want) {
			t.Errorf("Meta keeps %q", w.Graph.Taken())
		}
		again, err := w.Hub.Reply(w.Ctx, w.Ann, d)
		w.Must(err)
		if again.ID != first.ID {
			t.Error("the same again is another")
		}
		ms := w.Messages(hanako)
		if len(ms) != 4 || len(ms[2].Attachments) != 1 || ms[2].Attachments[0].Title != "desk.png" || ms[2].State != model.Sent {
			t.Errorf("the conversation holds %+v", ms)
		}
	})
}

// TestTheSameFileUploadedAgain under the same client id is the same reply.
func TestTheSameFileUploadedAgain(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		d := attaching(hubtest.Draft(hanako, ""), uploaded(w, w.Ann, "a.png", png))
		first := w.Accept(w.Ann, d)
		w.Settle()
		d.Attachments = []string{uploaded(w, w.Ann, "a.png", png)}
		if again := w.Accept(w.Ann, d); again.ID != first.ID {
			t.Error("it is another reply")
		}
		d.Attachments = []string{"0190b8a0-0000-7000-8000-000000000000"}
		if again := w.Accept(w.Ann, d); again.ID != first.ID {
			t.Error("with the file gone it is another reply")
		}
		d.Attachments = []string{uploaded(w, w.Ann, "a.png", png+"other")}
		_, err := w.Hub.Reply(w.Ctx, w.Ann, d)
		w.WantRefused(err, model.ClientIDReused)
		w.WantSent(1)
	})
}

// TestAFileThatMetaDoesNotTake at once is tried again, because a file alone reaches nobody;
// the reply leaves once.
func TestAFileThatMetaDoesNotTake(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.FilesLike(model.Outcome{Kind: model.OutcomeUncertain}, model.Outcome{Kind: model.OutcomeRateLimited, RetryAfter: time.Minute})
		m := w.Accept(w.Ann, attaching(hubtest.Draft(hanako, ""), uploaded(w, w.Ann, "a.png", png)))
		w.Pass(5 * time.Second)
		w.WantState(m.ID, model.Queued)
		w.Pass(2 * time.Minute)
		w.WantState(m.ID, model.Sent)
		w.WantSent(1)

		w.Graph.FilesLike(model.Outcome{Kind: model.OutcomeRefused, Code: model.AttachmentTooBig, Detail: "(#100/2018109) [trace]"})
		m = w.Accept(w.Ann, attaching(hubtest.Draft(hanako, ""), uploaded(w, w.Ann, "a.png", png)))
		w.Settle()
		w.WantError(m.ID, model.Failed, model.AttachmentTooBig)
		w.WantSent(1)

		for range 200 {
			w.Graph.FilesLike(model.Outcome{Kind: model.OutcomeUncertain})
		}
		m = w.Accept(w.Ann, attaching(hubtest.Draft(hanako, ""), uploaded(w, w.Ann, "a.png", png)))
		w.Pass(11 * time.Minute)
		w.WantError(m.ID, model.Ask, model.NotSent)
		if d := w.Message(m.ID).Error.Detail; d != "" {
			t.Errorf("where Facebook answered nothing it says %q", d)
		}
		w.WantSent(1)
	})
}

// TestWhatFacebookSaidOfAFile that it does not take for now (codes 1 and 2) is told with
// the reply that was not sent for it, the last of it, though no answer came after that.
func TestWhatFacebookSaidOfAFile(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.FilesLike(model.Outcome{Kind: model.OutcomeUncertain, Detail: "(#1) first"}, model.Outcome{Kind: model.OutcomeUncertain, Detail: "(#2) Service unavailable [trace]"})
		for range 200 {
			w.Graph.FilesLike(model.Outcome{Kind: model.OutcomeUncertain})
		}
		m := w.Accept(w.Ann, attaching(hubtest.Draft(hanako, ""), uploaded(w, w.Ann, "a.png", png)))
		w.Pass(11 * time.Minute)
		w.WantError(m.ID, model.Ask, model.NotSent)
		if d := w.Message(m.ID).Error.Detail; d != "(#2) Service unavailable [trace]" {
			t.Errorf("it says %q", d)
		}
		w.WantSent(0)
	})
}

// TestAReplyThatIsGivenUpLeavesNoFile: what was dropped before it left is on no disk, so
// that nobody fills it by that; what may have arrived is shown.
func TestAReplyThatIsGivenUpLeavesNoFile(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		kept := func(u string) bool {
			_, err := w.Files.Get(u)
			return err == nil
		}
		drop := func(m model.Message) {
			_, err := w.Hub.Drop(w.Ctx, w.Ann, m.ID, m.ConversationID, nil)
			w.Must(err)
			w.Pass(time.Hour) // found is found again until then
		}
		for range 200 {
			w.Graph.FilesLike(model.Outcome{Kind: model.OutcomeUncertain})
		}
		u := uploaded(w, w.Ann, "a.png", png)
		other := uploaded(w, w.Ann, "a.png", png)
		m := w.Accept(w.Ann, attaching(hubtest.Draft(hanako, ""), u, other))
		w.Settle()
		drop(m)
		if kept(u) || !kept(other) {
			t.Errorf("dropped before it left: %v; the one after it: %v", kept(u), kept(other))
		}
	})
}

// TestAnAttachmentOfUnknownOutcome asks: nothing that the inbox or an echo shows tells one
// file from another.
func TestAnAttachmentOfUnknownOutcome(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.ByDefault = hubtest.StaysSilent()
		m := w.Accept(w.Ann, attaching(hubtest.Draft(hanako, ""), uploaded(w, w.Ann, "a.png", png)))
		w.Settle()
		w.Graph.Shows(model.SentMessage{MID: "m_sticker", FromPage: true, CreatedAt: hubtest.Now()})
		w.Pass(3 * time.Minute)
		w.WantError(m.ID, model.Ask, model.OutcomeUnknown)
		w.Receive(hubtest.EchoOf(w.Graph.Last(), "m_out_x"))
		w.WantState(m.ID, model.Sent)
	})
}

func TestAttachmentsThatAreRefused(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		for name, tt := range map[string]struct {
			file, content string
			want          model.Code
		}{
			"empty":          {"a.txt", "", model.AttachmentEmpty},
			"too big":        {"a.bin", strings.Repeat("x", model.MaxAttachment+1), model.AttachmentTooBig},
			"no picture":     {"a.png", "#!/bin/sh", model.AttachmentType},
			"another's type": {"a.mp4", png, model.AttachmentType},
		} {
			_, err := w.Hub.Upload(w.Ctx, w.Ann, model.Untrusted(tt.file), strings.NewReader(tt.content))
			var r *model.Refusal
			if !errors.As(err, &r) || r.Code != tt.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := w.Hub.Upload(w.Ctx, w.Ann, "a.bin", io.MultiReader(strings.NewReader("half"), brokenReader{}))
		if err == nil {
			t.Error("half a file is kept")
		}
		// Somebody else's, one that is not there, one that waited for too long.
		mine := uploaded(w, w.Ann, "a.png", png)
		_, err = w.Hub.Reply(w.Ctx, w.Cat, attaching(hubtest.Draft(hanako, "x"), mine))
		w.WantRefused(err, model.UploadGone)
		_, err = w.Hub.Reply(w.Ctx, w.Ann, attaching(hubtest.Draft(hanako, "x"), "../../etc/passwd"))
		w.WantRefused(err, model.UploadGone)
		var invalid *model.InvalidError
		d := attaching(hubtest.Draft(hanako, "x"), mine)
		d.Note = true
		if _, err = w.Hub.Reply(w.Ctx, w.Ann, d); !asInvalid(err, &invalid) {
			t.Errorf("in a note: %v", err)
		}
		for i := range 40 {
			if _, err = w.Hub.Upload(w.Ctx, w.Ann, "a.txt", strings.NewReader(fmt.Sprint(i))); err != nil {
				break
			}
		}
		w.WantRefused(err, model.UploadQuota)
		if _, err := w.Hub.Upload(w.Ctx, w.Cat, "a.txt", strings.NewReader("x")); err != nil {
			t.Errorf("another's quota: %v", err)
		}
		w.Skip(day + time.Second)
		w.CustomerWrites(ken)
		_, err = w.Hub.Reply(w.Ctx, w.Ann, attaching(hubtest.Draft(ken, "x"), mine))
		w.WantRefused(err, model.UploadGone)
		w.WantSent(0)
	})
}

// TestARefusedReplyLeavesItsFiles: what is refused, for whatever reason, leaves its files as
// they were: they count, stay for a day, and can be attached to the next.
func TestARefusedReplyLeavesItsFiles(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		refusals := map[string]func(upload string) outbox.Draft{
			"no such conversation": func(u string) outbox.Draft { return attaching(hubtest.Draft("9999", "x"), u) },
			"no such Page": func(u string) outbox.Draft {
				d := attaching(hubtest.Draft(hanako, "x"), u)
				d.Conversation = "424242_1"
				return d
			},
			"too long": func(u string) outbox.Draft { return attaching(hubtest.Draft(hanako, strings.Repeat("x", 3000)), u) },
			"quotes nothing": func(u string) outbox.Draft {
				d := attaching(hubtest.Draft(hanako, "x"), u)
				d.ReplyTo = "424242_m"
				return d
			},
			"a file is gone": func(u string) outbox.Draft {
				return attaching(hubtest.Draft(hanako, "x"), u, "0190b8a0-0000-7000-8000-000000000000")
			},
			"no UUID": func(u string) outbox.Draft {
				d := attaching(hubtest.Draft(hanako, "x"), u)
				d.ClientID = "x"
				return d
			},
		}
		kept := map[string]string{}
		for name, of := range refusals {
			kept[name] = uploaded(w, w.Ann, "a.png", png)
			if _, err := w.Hub.Reply(w.Ctx, w.Ann, of(kept[name])); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		// The window closes, and nobody may answer; the quota holds all the same.
		w.Skip(23 * time.Hour)
		for name, u := range kept {
			if _, err := w.Files.Get(u); err != nil {
				t.Errorf("%s: after 23 hours: %v", name, err)
			}
		}
		var refused error
		for n := 0; refused == nil; n++ {
			if n > 40 {
				t.Fatal("no bound")
			}
			var u uploads.Upload
			if u, refused = w.Hub.Upload(w.Ctx, w.Ann, "a.txt", strings.NewReader("x")); refused == nil {
				_, err := w.Hub.Reply(w.Ctx, w.Ann, attaching(hubtest.Draft("9999", "x"), u.ID))
				if !errors.Is(err, store.ErrNotFound) {
					t.Fatalf("to nobody: %v", err)
				}
			}
		}
		w.WantRefused(refused, model.UploadQuota)
		for name, u := range kept {
			if _, err := w.Hub.Reply(w.Ctx, w.Ann, attaching(hubtest.Draft(hanako, ""), u)); err != nil {
				t.Errorf("%s: sent after all: %v", name, err)
			}
		}
		w.Settle()
		w.WantSent(len(kept))
		w.Skip(3 * day)
		for name, u := range kept {
			if _, err := w.Files.Get(u); err != nil {
				t.Errorf("%s: sent, and gone after three days: %v", name, err)
			}
		}
		if _, err := w.Hub.Upload(w.Ctx, w.Ann, "a.txt", strings.NewReader("x")); err != nil {
			t.Errorf("what was sent counts, or what waited for too long: %v", err)
		}
	})
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("the line broke") }

// TestWhoSeesAFile: who sees its conversation; and it goes with it.
func TestWhoSeesAFile(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		upload := uploaded(w, w.Cat, "a.png", png)
		m := w.Accept(w.Cat, attaching(hubtest.Draft(hanako, ""), upload))
		w.Settle()
		read := func(u model.User) error {
			c, err := w.Hub.Media(w.Ctx, u, model.MediaID(m.Attachments[0].ID))
			if c.File != nil {
				_ = c.File.Close()
			}
			return err
		}
		w.Must(read(w.Ann))
		w.Must(read(w.Cat))
		if _, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Private); err != nil {
			t.Fatal(err)
		}
		w.WantHidden(read(w.Cat))
		w.Skip(3 * day)
		w.Must(read(w.Ann))
		w.Must(w.Hub.DeleteConversation(w.Ctx, w.Ann, hubtest.ConversationWith(hanako)))
		w.WantHidden(read(w.Ann))
		w.Settle()
		if _, err := w.Files.Get(upload); err == nil {
			t.Error("the file is still there")
		}
	})
}
