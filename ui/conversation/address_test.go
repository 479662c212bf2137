package conversation_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"parley/model"
	"parley/ui/app"
	"parley/ui/uitest"
)

// TestAddressesOfAMessage: o opens what stands in a text as well as what is attached, and
// asks which of several.
func TestAddressesOfAMessage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"see https://shop.example/a?b=1#c.":                       {"https://shop.example/a?b=1#c"},
		"(http://shop.example/x_(y)), ok?":                        {"http://shop.example/x_(y)"},
		"https://shop.exampleを見てください。":                            {"https://shop.example"},
		"「https://shop.example/a」とwww.shop.example/b！":            {"https://shop.example/a", "https://www.shop.example/b"},
		"HTTPS://SHOP.example twice HTTPS://SHOP.example":         {"https://SHOP.example"},
		"https://bank.example@evil.example/":                      {"https://bank.example@evil.example/"},
		"javascript:alert(1) file:///etc ftp://x.example http://": nil,
		"no address here, nor awww.x":                             nil,
	} {
		w := addressWorld(t, model.Message{Text: model.Untrusted(text)})
		var got []string
		w.Browse = func(u string) error { got = append(got, u); return nil }
		w.Keys("o")
		if len(want) > 1 { // it asks which
			w.Keys("1")
			for i := range want[1:] {
				w.Keys("o", strconv.Itoa(i+2))
			}
			w.Keys("o")
			w.Hides(strconv.Itoa(len(want)+1) + "  ")
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	var opened []string
	w := addressWorld(t, model.Message{
		Text: "a https://one.example/x b https://two.example/y", Attachments: []model.Attachment{{Type: "file", URL: "https://cdn.example/z"}},
	})
	w.Browse = func(u string) error { opened = append(opened, u); return nil }
	w.Keys("o")
	w.Shows("https://one.example/x", "https://two.example/y", "https://cdn.example/z")
	w.Keys("2")
	w.Shows("Opened in the browser: two.example.")
	if !slices.Equal(opened, []string{"https://two.example/y"}) {
		t.Errorf("opened %q", opened)
	}
	w = addressWorld(t, model.Message{Text: "https://one.example/x"})
	w.Browse = nil
	w.Keys("o")
	w.Shows("The address at one.example is copied.")
}

// addressWorld is a screen with that message open and selected.
func addressWorld(t *testing.T, what model.Message) *uitest.World {
	t.Helper()
	w := uitest.NewWorld(t, uitest.Some(1))
	ms := uitest.Incoming(1)
	ms[0].Text, ms[0].Attachments = what.Text, what.Attachments
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Keys("enter")
	return w
}

// mediaWorld is a screen with a message of those attachments open and selected.
func mediaWorld(t *testing.T, to *uitest.FakeDownloads, all ...model.Attachment) *uitest.World {
	t.Helper()
	w := uitest.NewWorld(t, uitest.Some(1), func(o *app.Options) { o.Downloads = to })
	w.Hub.Files = uitest.FakeMedia{"100_m.1": "the picture"}
	ms := uitest.Incoming(1)
	ms[0].Text, ms[0].Attachments = "", all
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Keys("enter")
	return w
}

// photo is an attachment that the hub has.
func photo(state model.MediaState, reason model.Code) model.Attachment {
	return model.Attachment{
		ID: "100_m.1", Type: model.ImageFile, Title: "desk.jpg", Size: 1_200_000, URL: "https://scontent.xx.fbcdn.net/1.jpg",
		Media: &model.Media{State: state, Type: "image/jpeg", Reason: reason},
	}
}

// TestAnAttachmentIsOpened: it is saved under the user's cache, and its program started; what is
// of no kind that is opened has its path copied; over SSH a link is.
func TestAnAttachmentIsOpened(t *testing.T) {
	t.Parallel()
	to := &uitest.FakeDownloads{Opens: true}
	w := mediaWorld(t, to, photo(model.MediaStored, ""))
	w.Shows("[image] desk.jpg · 1.2 MB · o open")
	var opened []string
	w.Browse = func(path string) error { opened = append(opened, path); return nil }
	w.Keys("o")
	w.Shows("Opened: desk.jpg.")
	if !slices.Equal(opened, []string{"/cache/desk.jpg"}) || !slices.Equal(to.Saved(), []string{"desk.jpg the picture"}) {
		t.Errorf("opened %q, saved %q", opened, to.Saved())
	}
	w.Browse = func(string) error { return errors.ErrUnsupported }
	w.Keys("o")
	w.Shows("No program here opens this file.", "/cache/desk.jpg")

	to.Opens, opened = false, nil
	w.Browse = func(path string) error { opened = append(opened, path); return nil }
	w.Keys("o")
	w.Shows("Saved, not opened: desk.jpg", "/cache/desk.jpg")
	if opened != nil {
		t.Errorf("opened %q", opened)
	}
	to.Err = errors.ErrUnsupported
	w.Keys("o")
	w.Shows("desk.jpg could not be saved")

	w.Browse = nil
	w.Keys("o")
	w.Shows("opens desk.jpg once, within 5", "https://hub.example/m/token")
}

// TestAnAttachmentThatIsNotThere: the line and the key say why.
func TestAnAttachmentThatIsNotThere(t *testing.T) {
	t.Parallel()
	for reason, want := range map[model.Code][2]string{
		model.MediaRefused: {"not available", "Facebook did not hand this file out"},
		model.MediaExpired: {"no longer kept", "The hub no longer keeps this file"},
	} {
		w := mediaWorld(t, &uitest.FakeDownloads{}, photo(model.MediaGone, reason))
		w.Browse = func(string) error { t.Error("opened"); return nil }
		w.Shows(want[0])
		w.Keys("o")
		w.Shows(want[1])
	}
	var opened []string
	w := mediaWorld(t, &uitest.FakeDownloads{}, photo(model.MediaGone, model.MediaTooBig))
	w.Browse = func(u string) error { opened = append(opened, u); return nil }
	w.Keys("o")
	if len(opened) != 1 { // Facebook may still hand it out
		t.Errorf("opened %q", opened)
	}
	w = mediaWorld(t, &uitest.FakeDownloads{}, photo(model.MediaPending, ""))
	w.Shows("on its way")
}

// TestAVoiceMessage is named by its kind and how long it plays.
func TestAVoiceMessage(t *testing.T) {
	t.Parallel()
	w := mediaWorld(t, &uitest.FakeDownloads{}, model.Attachment{
		ID: "100_m.1", Type: model.AudioFile, Size: 90_000, Media: &model.Media{State: model.MediaStored, Type: "audio/mp4", Seconds: 13.6},
	})
	w.Shows("[voice] 0:14 · 90 kB")
}

// TestWhatWasSavedGoesWithAccess: once the user may not see a Page any more, its files go, too.
func TestWhatWasSavedGoesWithAccess(t *testing.T) {
	t.Parallel()
	to := &uitest.FakeDownloads{Opens: true}
	w := mediaWorld(t, to, photo(model.MediaStored, ""))
	w.PageNow(2, func(*model.Page) {})
	if kept := to.Kept(); !slices.Equal(kept, []model.PageID{uitest.Page}) {
		t.Errorf("files are kept of %q", kept)
	}
	w.Hidden()
	if kept := to.Kept(); len(kept) != 0 {
		t.Errorf("files are kept of %q", kept)
	}
}
