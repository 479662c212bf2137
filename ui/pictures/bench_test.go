package pictures_test

import (
	"context"
	"io"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"parley/model"
	"parley/ui/app"
	"parley/ui/picture"
	"parley/ui/pictures"
	"parley/ui/term"
	"parley/ui/uitest"
)

// BenchmarkFrame is a key press in a conversation full of large pictures, until its frame is on
// its way to the terminal (budget: 16 ms).
func BenchmarkFrame(b *testing.B) {
	w := uitest.NewWorld(b, uitest.Some(2), func(o *app.Options) { o.Decoder, o.Pictures = noisy{}, pictures.Large })
	photo(w)
	id := uitest.Talk(0, 0).ID
	one := w.Hub.Threads[id][0]
	for i := range 20 {
		m := one
		m.ID, m.Seq = model.NewMessageID(uitest.Page, string(rune('b'+i))), int64(2+i)
		m.SentAt = one.SentAt.Add(time.Duration(i) * time.Minute)
		m.Attachments = []model.Attachment{one.Attachments[0]}
		m.Attachments[0].ID = string(m.ID)
		w.Hub.Threads[id] = append(w.Hub.Threads[id], m)
	}
	w.Sends(tea.WindowSizeMsg{Width: 160, Height: 45})
	w.Keys("enter")
	written := make(chan int, 1)
	p := term.NewPainter(counted(written), term.PainterOptions{Every: time.Microsecond, Profile: colorprofile.TrueColor})
	p.Resize(160, 45)
	p.Enter()
	defer p.Leave(time.Second)
	<-written
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		by := "k"
		if i/15%2 == 1 {
			by = "j"
		}
		w.Keys(by)
		p.Show(w.View(), true)
		<-written
	}
}

// noisy decodes everything to a picture in which no two pixels are alike.
type noisy struct{}

func (noisy) Decode(_ context.Context, _ io.Reader, w, h int) (picture.Image, error) {
	m := picture.Image{W: w, H: h, Pix: make([]byte, 3*w*h)}
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7)
	}
	return m, nil
}

// counted tells of each write.
type counted chan int

func (c counted) Write(b []byte) (int, error) {
	select {
	case c <- len(b):
	default:
	}
	return io.Discard.Write(b) //nolint:wrapcheck // it has no errors
}
