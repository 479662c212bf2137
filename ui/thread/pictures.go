package thread

import "parley/model"

// pictured returns how many pictures of a message are here.
func pictured(p *Pane, m *model.Message) int {
	n := 0
	for i := range m.Attachments {
		if p.c.Pictures != nil && p.c.Pictures.Here(m.ConversationID, &m.Attachments[i], p.column()-textIndent) {
			n++
		}
	}
	return n
}

// picture adds the lines of an attachment's picture.
func (s *setting) picture(a *model.Attachment) {
	if s.p.c.Pictures == nil {
		return
	}
	lines, wide := s.p.c.Pictures.Lines(s.m.ConversationID, a, s.p.column()-textIndent)
	for _, drawn := range lines {
		s.lines = append(s.lines, line{mark: s.mark, indent: textIndent, picture: drawn, wide: wide})
	}
}
