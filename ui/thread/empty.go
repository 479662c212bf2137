package thread

import (
	"cmp"

	"parley/i18n"
)

// named returns the keys with defaults filled in.
func (k Keys) named() Keys {
	return Keys{
		Resend: cmp.Or(k.Resend, "R"), Drop: cmp.Or(k.Drop, "D"), Attachment: cmp.Or(k.Attachment, "o"),
		Open: cmp.Or(k.Open, "enter"), Reply: cmp.Or(k.Reply, "r"), Share: cmp.Or(k.Share, "m"),
	}
}

// empty draws the text for no messages.
func (p *Pane) empty(out []string) []string {
	said, width := p.nothing(), max(0, p.w-2)
	for range (p.h - len(said)) / 2 {
		out = append(out, p.draw(&line{}))
	}
	for n, s := range said {
		if len(out) == p.h {
			break
		}
		i := text
		if n > 0 || len(said) == 1 {
			i = muted
		}
		s = p.look.Cut(p.look.Cells.Apart(s), width)
		// Centred in the pane, not in the column: there is nothing else.
		l := line{indent: (width - p.look.Cells.Width(s)) / 2, left: [3]span{{text: s, ink: i}}}
		out = append(out, p.drawIn(width, &l, &p.look.Theme.Ink))
	}
	return out
}

// nothing says what this place is for, and the key to start.
func (p *Pane) nothing() []string {
	k := p.c.Keys.named()
	c := &p.c.Conversation
	switch {
	case c.ID == "":
		return []string{p.look.Say(i18n.ThreadNone), p.look.Say(i18n.ThreadNoneKey, "Key", k.Open)}
	case !p.c.Thread.Loaded:
		return []string{p.look.Say(i18n.ThreadReading)}
	}
	first := p.look.Say(i18n.ThreadEmpty, "Name", p.look.Name(c.Customer))
	if c.Reply.Allowed {
		return []string{first, p.look.Say(i18n.ThreadEmptyReply, "Key", k.Reply)}
	}
	return []string{first, p.look.Say(i18n.ThreadEmptyShare, "Key", k.Share)}
}
