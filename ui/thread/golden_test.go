package thread_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"parley/model"
	"parley/ui/cells"
	"parley/ui/theme"
	"parley/ui/thread"
)

// everyKind is a conversation with one of everything.
func everyKind() thread.Content {
	yesterday := ago(26 * time.Hour)
	was := model.Untrusted("机を2台お願いします。")
	ad := customer("ad", ago(50*24*time.Hour), "")
	ad.Direction = model.System
	ad.Event = &model.Notable{Kind: model.EventReferral, Entry: &model.Entry{Source: model.SourceAds, Title: "Office chairs, autumn"}}
	link := ad
	link.ID, link.Event = "link", &model.Notable{Kind: model.EventReferral, Entry: &model.Entry{Source: model.SourceShortlink, Ref: "shop-window"}}
	pressed := customer("pressed", ad.SentAt.Add(time.Minute), "Get started")
	pressed.Event = &model.Notable{Kind: model.EventPostback}
	quick := customer("quick", ad.SentAt.Add(2*time.Minute), "Chairs")
	quick.Event = &model.Notable{Kind: model.EventQuickReply}
	order := customer("order", ad.SentAt.Add(20*time.Minute), "")
	order.Event = &model.Notable{Kind: model.EventOrder}
	optin := ad
	optin.ID, optin.SentAt, optin.Event = "optin", yesterday, &model.Notable{Kind: model.EventOptin}
	control := optin
	control.ID, control.Event = "control", &model.Notable{Kind: model.EventThreadControl}
	strange := optin
	strange.ID, strange.Event = "strange", &model.Notable{Kind: "made_up"}

	edited := customer("edited", yesterday.Add(time.Minute), "机を3台お願いします。")
	edited.Edited, edited.Was = true, &was
	files := customer("files", yesterday.Add(2*time.Minute), "")
	files.Attachments = []model.Attachment{
		{Type: "image", URL: "https://cdn.example/1", Title: "desk.jpg", Size: 1_234_567},
		{Type: "file", URL: "https://cdn.example/2", Title: "A very long name of a file that nobody would give a file, but somebody did.pdf", Size: 640},
		{Type: "fallback", URL: "https://shop.example/a/b?c=d", Title: "Our catalogue"},
		{Type: "hologram", Size: 98_765},
	}
	files.Reactions = []model.Reaction{{By: model.ByPage, Kind: "love"}, {By: model.ByCustomer, Kind: "smile", Emoji: "😀"}}
	hidden := customer("hidden", yesterday.Add(10*time.Minute), "pay\u202e here")
	empty := customer("empty", yesterday.Add(11*time.Minute), "")
	unsent := customer("unsent", yesterday.Add(12*time.Minute), "")
	unsent.Deleted = true

	first := mine("first", ago(3*time.Hour), "The desk is in stock. It can be with you on Friday, or, if that is too early, on any day of next week that suits you better.", model.Read)
	first.ReplyTo = "edited"
	first.Reactions = []model.Reaction{{By: model.ByCustomer, Emoji: "👍"}}
	second := mine("second", ago(3*time.Hour-time.Minute), "はい、本日中にお送りします。", model.Delivered)
	second.Feedback = "good"
	third := mine("third", ago(3*time.Hour-2*time.Minute), "Anything else?", model.Delivered)
	third.ReplyToMID, third.Probably, third.DeliveredTwice = "m_elsewhere", true, true
	note := mine("note", ago(2*time.Hour), "She is the one from the fair.", "")
	note.Direction = model.Note
	colleague := mine("colleague", ago(100*time.Minute), "The invoice follows.", model.Sent)
	colleague.Author = model.Author{Kind: model.ByUser, Name: "Marta Ruiz", ID: "marta"}
	page := mine("page", ago(90*time.Minute), "We are open until 18:00.", model.Sent)
	page.Author = model.Author{Kind: model.ByPage}
	app := mine("app", ago(80*time.Minute), "Your parcel left.", "")
	app.Author = model.Author{Kind: model.ByApp, ID: "7"}
	failed := mine("failed", ago(40*time.Minute), "Here it is.", model.Failed)
	failed.Error = &model.MessageError{Code: model.WindowClosed, Detail: "(#10) This message is sent outside of allowed window. code 10, subcode 2018278"}
	dropped := mine("dropped", ago(39*time.Minute), "Never mind.", model.Dropped)
	asks := mine("asks", ago(20*time.Minute), "Your invoice is attached.", model.Ask)
	asks.Error = &model.MessageError{Code: model.OutcomeUnknown}
	waits := mine("waits", ago(19*time.Minute), "Did it arrive?", model.Queued)
	waits.WaitsFor = "asks"
	unknown := mine("unknown", ago(10*time.Minute), "One moment.", model.Unknown)
	answered := mine("answered", ago(9*time.Minute), "And the desk.", model.Ask)
	answered.Error = &model.MessageError{Code: model.OutcomeUnknown, Detail: "(#2) Service temporarily \x1b[31munavailable [AbC9]"}
	unheard := mine("unheard", ago(8*time.Minute), "And the lamp.", model.Ask)
	unheard.Error = &model.MessageError{Code: model.OutcomeUnknown, Unchecked: true, Detail: "(HTTP 502)"}

	c := content(ad, link, pressed, quick, order, optin, control, strange, edited, files, hidden, empty, unsent,
		first, second, third, note, colleague, page, app, failed, dropped, asks, waits, unknown, answered, unheard)
	c.FirstUnread = "hidden"
	c.Pending = []thread.Pending{
		{ClientID: "c1", Text: "On its way.", At: ago(time.Minute)},
		{ClientID: "c2", Text: "Not taken.", At: now, Failed: "The hub can't be reached."},
	}
	return c
}

// whole returns a pane's content from its beginning to its end.
func whole(p *thread.Pane, w int) string {
	p.SetSize(w, 400)
	p.Top()
	return strings.Trim(strings.Join(plain(p.Lines(true)), "\n"), "\n") + "\n"
}

func TestEveryKind(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "ja"} {
		for _, w := range []int{40, 54, 80, 116} {
			t.Run(fmt.Sprintf("%s/%d", language, w), func(t *testing.T) {
				t.Parallel()
				c := everyKind()
				p := thread.New()
				p.Set(lookIn(language, cells.Measure{}), c)
				p.Expand("edited")
				golden.RequireEqual(t, whole(p, w))
			})
		}
	}
}

func TestNothingHere(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "ja"} {
		l := lookIn(language, cells.Measure{})
		open, closed, unread := content(), content(), content()
		closed.Conversation.Reply.Allowed = false
		unread.Thread.Loaded = false
		var out []string
		for _, c := range []thread.Content{{Now: now}, open, closed, unread} {
			p := thread.New()
			p.SetSize(60, 6)
			p.Set(l, c)
			out = append(out, plain(p.Lines(true))...)
		}
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			golden.RequireEqual(t, strings.Join(out, "\n")+"\n")
		})
	}
}

// TestWithoutColour: glyphs and words alone tell what is whose and how far it came.
func TestWithoutColour(t *testing.T) {
	t.Parallel()
	l := lookIn("en", cells.Measure{})
	l.Theme = theme.New(theme.Options{Profile: colorprofile.ASCII, ASCII: true})
	p := thread.New()
	p.Set(l, everyKind())
	golden.RequireEqual(t, whole(p, 60))
}
