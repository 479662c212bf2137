package look

import (
	"parley/model"
	"parley/model/safe"
	"parley/words"
)

// previewCells is as wide as a preview is ever drawn.
const previewCells = 160

// Preview returns the newest message of a conversation on one line, and who spoke where
// that was not the customer ("You: "). me is the user.
func (l Look) Preview(m *model.Summary, me model.UserID) (who, text string) {
	if m == nil {
		return "", ""
	}
	text = l.Cells.Shown(safe.LineN(m.Text, previewCells).String())
	switch {
	case text != "":
	case len(m.Attachments) > 0:
		text = "[" + l.Attachment(m.Attachments[0]) + "]"
	case m.Event != nil:
		text = l.Event(*m.Event)
	}
	if m.Direction == model.Out || m.Direction == model.Note {
		who = l.Author(m.Author, me)
		if m.Author.Kind == model.ByPage {
			who = l.Say(words.PreviewPage)
		}
		who = l.Say(words.PreviewSaid, "Who", who)
	}
	return who, text
}

// Attachment returns the word for a type of attachment.
func (l Look) Attachment(kind string) string {
	if id := words.Attachment(kind); l.Words.Has(id) {
		return l.Say(id)
	}
	return l.Say(words.Attachment("other"))
}

// Event returns what a notable event is, in words.
func (l Look) Event(n model.Notable) string {
	if e := n.Entry; e != nil && n.Kind == model.EventReferral {
		switch {
		case e.Source == model.SourceAds && e.Title != "":
			return l.Say(words.Event("referral_ad"), "Title", l.Line(e.Title))
		case e.Source == model.SourceAds:
			return l.Say(words.Event("referral_ad"), "Title", l.Ours(e.AdID))
		case e.Ref != "":
			return l.Say(words.Event("referral_link"), "Ref", l.Line(e.Ref))
		}
	}
	if id := words.Event(string(n.Kind)); l.Words.Has(id) {
		return l.Say(id)
	}
	return l.Say(words.Event(string(model.EventUnknown)))
}

// Author names who wrote a message for the Page.
func (l Look) Author(a model.Author, me model.UserID) string {
	switch {
	case a.Kind == model.ByPage:
		return l.Say(words.AuthorPage)
	case a.Kind == model.ByApp:
		return l.Say(words.AuthorApp)
	case a.Kind == model.ByUser && a.ID == string(me):
		return l.Say(words.You)
	}
	return l.Line(a.Name)
}
