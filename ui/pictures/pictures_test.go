package pictures_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi/kitty"
	"go.uber.org/goleak"

	"parley/model"
	"parley/ui/app"
	"parley/ui/picture"
	"parley/ui/pictures"
	"parley/ui/term/graphics"
	"parley/ui/uitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plain decodes everything to a grey square.
type plain struct {
	calls int
	err   error
}

func (p *plain) Decode(_ context.Context, r io.Reader, w, h int) (picture.Image, error) {
	p.calls++
	_, _ = io.Copy(io.Discard, r)
	n := min(w, h)
	return picture.Image{W: n, H: n, Pix: bytes.Repeat([]byte{0x80}, 3*n*n)}, p.err
}

// withPhoto opens a conversation in which a customer sent a photo.
func withPhoto(t *testing.T, d *plain, size pictures.Size) *uitest.World {
	t.Helper()
	w := uitest.NewWorld(t, uitest.Some(2), func(o *app.Options) { o.Decoder, o.Pictures = d, size })
	photo(w)
	w.Keys("enter")
	return w
}

// photo has the first customer send a photo.
func photo(w *uitest.World) {
	id := uitest.Talk(0, 0).ID
	w.Hub.Threads[id] = []model.Message{{
		ID: "100_m1", ConversationID: id, Seq: 1, Direction: model.In, Author: model.Author{Kind: model.ByCustomer}, SentAt: uitest.Noon,
		Attachments: []model.Attachment{{ID: "media1", Type: "image", Size: 1000, Media: &model.Media{State: model.MediaStored, Type: "image/jpeg"}}},
	}}
}

const row = "▀▀▀▀▀▀▀▀▀▀▀▀"

// TestPhotoIsShown: small, large or not at all; read once, however often it is drawn.
func TestPhotoIsShown(t *testing.T) {
	t.Parallel()
	d := &plain{}
	w := withPhoto(t, d, pictures.Small)
	w.Shows("[image]")
	if n := strings.Count(w.Text(), row); n != 6 {
		t.Fatalf("%d lines of the picture:\n%s", n, w.Text())
	}
	w.Keys("j", "k", "esc", "enter")
	if d.calls != 1 {
		t.Errorf("decoded %d times", d.calls)
	}
	w.Palette("pictures in the conversation")
	w.Shows("Pictures: large.", row+row)
	w.Palette("pictures in the conversation")
	w.Shows("Pictures: off.", "[image]")
	w.Hides(row)
}

// TestUnreadablePhoto: the line that names it stays, and nothing else is said.
func TestUnreadablePhoto(t *testing.T) {
	t.Parallel()
	d := &plain{err: errors.New("no picture")}
	w := withPhoto(t, d, pictures.Small)
	w.Shows("[image]")
	w.Hides(row)
	w.Keys("esc", "enter")
	if d.calls != 1 {
		t.Errorf("decoded %d times", d.calls)
	}
}

// TestHiddenPhoto: with the Page that is hidden its pictures go, from memory, too.
func TestHiddenPhoto(t *testing.T) {
	t.Parallel()
	d := &plain{}
	w := withPhoto(t, d, pictures.Small)
	w.Shows(row)
	w.PageNow(5, func(p *model.Page) { p.Installer, p.Visibility = uitest.Ken, model.Private })
	w.Hidden()
	w.Hides(row)
	if n := w.Holds("pictures", "kept"); n != 0 {
		t.Errorf("%d pictures are kept", n)
	}
}

// TestNarrowPhoto: on a terminal of any size the picture fits, or is not drawn.
func TestNarrowPhoto(t *testing.T) {
	t.Parallel()
	w := withPhoto(t, &plain{}, pictures.Large)
	for _, size := range []tea.WindowSizeMsg{{Width: 40, Height: 12}, {Width: 20, Height: 6}, {Width: 8, Height: 3}, {Width: 160, Height: 45}} {
		w.Sends(size)
		w.Whole(size.Width, size.Height)
	}
}

// TestHeldPhoto: a terminal that can hold pictures gets it once, draws it where its placeholders
// stand, and forgets it with what is hidden.
func TestHeldPhoto(t *testing.T) {
	t.Parallel()
	var held graphics.Held
	w := uitest.NewWorld(t, uitest.Some(2), func(o *app.Options) { o.Decoder, o.Pictures, o.Held = &plain{}, pictures.Small, &held })
	var sent []string
	w.Catch = func(msg tea.Msg) bool {
		raw, ok := msg.(tea.RawMsg)
		if ok {
			sent = append(sent, fmt.Sprint(raw.Msg))
		}
		return ok
	}
	w.Sends(uv.KittyGraphicsEvent{Options: kitty.Options{ID: 31}, Payload: []byte("OK")})
	photo(w)
	w.Keys("enter")
	if n := strings.Count(w.Text(), string(kitty.Placeholder)); n != 12*6 {
		t.Fatalf("%d placeholders:\n%s", n, w.Text())
	}
	w.Keys("j", "k", "esc", "enter")
	if len(sent) != 1 || !strings.HasPrefix(sent[0], "\x1b_Ga=T,U=1,q=2,f=100,i=") || !strings.Contains(sent[0], "c=12,r=6") {
		t.Fatalf("sent %d: %.80q", len(sent), sent)
	}
	for _, size := range []tea.WindowSizeMsg{{Width: 40, Height: 12}, {Width: 12, Height: 8}, {Width: 160, Height: 45}} {
		w.Sends(size)
		w.Whole(size.Width, size.Height)
	}
	if last := held.DropAll(); !strings.HasPrefix(last, "\x1b_Ga=d,d=I") {
		t.Errorf("when the terminal is given to another program it is told %q", last)
	}
	again := len(sent)
	w.Sends(tea.ResumeMsg{})
	if len(sent) != again+1 || !strings.HasPrefix(sent[again], "\x1b_Ga=T") {
		t.Errorf("back from it, sent %.80q", sent[again:])
	}
	w.Palette("pictures in the conversation")
	w.Shows("Pictures: large.")
	w.Palette("pictures in the conversation")
	w.Shows("Pictures: off.")
	if last := held.DropAll(); last != "" {
		t.Errorf("with pictures off the terminal still holds some: %q", last)
	}
	w.Palette("pictures in the conversation")
	before := len(sent)
	w.PageNow(5, func(p *model.Page) { p.Installer, p.Visibility = uitest.Ken, model.Private })
	w.Hidden()
	w.Hides(string(kitty.Placeholder))
	if len(sent) == before || !strings.HasPrefix(sent[len(sent)-1], "\x1b_Ga=d,d=I") {
		t.Errorf("sent %q", sent[before:])
	}
}
