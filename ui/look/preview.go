package look

import (
	"strings"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// previewCells is the widest that a preview is drawn.
const previewCells = 160

// Preview returns the newest message of a conversation on one line, and who wrote it if that
// was not the customer ("You: "). me is the user.
func (l Look) Preview(m *model.Summary, me model.UserID) (who, text string) {
	if m == nil {
		return "", ""
	}
	text = l.Cells.Shown(safe.LineN(m.Text, previewCells).String())
	switch {
	case text != "":
	case len(m.Attachments) > 0:
		text = "[" + l.Words.AttachmentWord(model.Attachment{Type: m.Attachments[0]}) + "]"
	case m.Event != nil:
		text = l.Event(*m.Event)
	}
	if m.Direction == model.Out || m.Direction == model.Note {
		who = l.author(m.Author, me)
		if m.Author.Kind == model.ByPage {
			who = l.Say(i18n.PreviewPage)
		}
		who = l.Say(i18n.PreviewSaid, "Who", who)
	}
	return who, text
}

// Event words a notable event on one line.
func (l Look) Event(n model.Notable) string {
	return strings.Join(l.Words.Happened(n, l.Line), " "+l.Theme.Bullet+" ")
}

// author names the author of a message of the Page.
func (l Look) author(a model.Author, me model.UserID) string {
	switch {
	case a.Kind == model.ByPage:
		return l.Say(i18n.AuthorPage)
	case a.Kind == model.ByApp:
		return l.Say(i18n.AuthorApp)
	case a.Kind == model.ByUser && a.ID == string(me):
		return l.Say(i18n.You)
	}
	return l.Line(a.Name)
}
