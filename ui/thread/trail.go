package thread

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/link"
)

// longest is how many cells of a sentence from outside are shown.
const longest = 300

// attachments adds a line for each: what it is, its name, its size, the key for it.
func (s *setting) attachments() {
	if len(s.m.Attachments) == 0 {
		return
	}
	hint := s.l.Say(i18n.ThreadOpen, "Key", s.p.c.Keys.named().Attachment)
	for i := range s.m.Attachments {
		a := &s.m.Attachments[i]
		s.attachment(a, hint)
		s.picture(a)
		if opens(a) {
			hint = "" // once is enough
		}
	}
}

func (s *setting) attachment(a *model.Attachment, hint string) {
	dot := " " + s.l.Theme.Bullet + " "
	label := "[" + s.l.Words.AttachmentWord(*a) + "]"
	name, tail := s.nameOf(a), ""
	if m := a.Media; m != nil && m.Seconds > 0 {
		if tail = dot + Length(m.Seconds); name == "" {
			name, tail = Length(m.Seconds), ""
		}
	}
	if a.Size > 0 {
		tail += dot + Size(a.Size)
	}
	if said := s.mediaState(a); said != "" {
		tail += dot + said
	}
	if opens(a) && hint != "" {
		tail += dot + hint
	}
	if h := s.host(a); h != "" && name != "" {
		tail = dot + h + tail
	} else if h != "" {
		name = h
	}
	// The name is cut first, then what comes after it.
	if room := s.width() - s.l.Cells.Width(label) - 1 - s.l.Cells.Width(tail); name != "" && room >= leastName {
		name = " " + s.l.Cut(name, room)
	} else if name != "" {
		name = " " + name
	}
	rest := s.l.Cut(name+tail, s.width()-s.l.Cells.Width(label))
	s.add(span{s.l.Cut(label, s.width()), accent, s.target(a)}, span{rest, muted, nil})
}

// target returns where an attachment leads: a link of a customer's. Files are opened by a key,
// with what the hub kept of them.
func (s *setting) target(a *model.Attachment) *url.URL {
	if s.host(a) == "" {
		return nil
	}
	address := safe.LineN(a.URL, addressCells)
	if address.Cut() || address.Hidden() || strings.ContainsFunc(address.String(), func(r rune) bool { return r >= 0x80 }) {
		return nil // it would be another than was sent
	}
	u, _ := link.Parse(address.String())
	return u
}

// opens reports whether an attachment can be opened.
func opens(a *model.Attachment) bool {
	return a.URL != "" && (a.Media == nil || a.Media.State != model.MediaGone) || a.Kept()
}

// mediaState says that what an attachment shows is not here: not yet, or not any more.
func (s *setting) mediaState(a *model.Attachment) string {
	switch {
	case a.Media == nil, a.Media.State == model.MediaStored:
		return ""
	case a.Media.State == model.MediaPending:
		return s.l.Say(i18n.MediaIsComing)
	case a.Media.Reason == model.MediaExpired:
		return s.l.Say(i18n.MediaNotKept)
	case a.Media.Reason == model.MediaTooBig:
		return s.l.Say(i18n.MediaLarge)
	}
	return s.l.Say(i18n.MediaNotGot)
}

// Length formats how long a sound or film plays: 0:14, 1:02:03.
func Length(seconds float64) string {
	const minute, hour = 60, 60 * 60
	n := max(1, int(seconds+0.5))
	if n >= hour {
		return fmt.Sprintf("%d:%02d:%02d", n/hour, n%hour/minute, n%minute)
	}
	return fmt.Sprintf("%d:%02d", n/minute, n%minute)
}

// nameOf returns an attachment's name: its title, the time of an appointment, or that it has
// none.
func (s *setting) nameOf(a *model.Attachment) string {
	if a.Booking != nil {
		return s.booking(a.Booking)
	}
	name := s.l.Cells.Shown(safe.LineN(a.Title, mostText).String())
	if name == "" && a.URL == "" && a.Size == 0 && a.Media == nil && !a.Like() {
		return s.l.Say(i18n.AttachmentNothing)
	}
	return name
}

// booking words an appointment: its status, and its time by the user's clock.
func (s *setting) booking(b *model.Booking) string {
	var parts []string
	if id := i18n.Booking(b.Status); b.Status != "" && s.l.Words.Has(id) {
		parts = append(parts, s.l.Say(id))
	} else if b.Status != "" {
		parts = append(parts, s.l.Ours(b.Status))
	}
	switch {
	case b.Start != nil && b.End != nil:
		parts = append(parts, s.l.Say(i18n.BookingSpan, "From", s.l.Moment(s.p.c.Now, *b.Start), "Dash", "-", "To", s.l.Clock(*b.End)))
	case b.Start != nil:
		parts = append(parts, s.l.Moment(s.p.c.Now, *b.Start))
	}
	return strings.Join(parts, " "+s.l.Theme.Bullet+" ")
}

// leastName is the fewest cells in which a cut name is useful.
const leastName = 6

// addressCells is how much of an address is searched for its host.
const addressCells = 2000

// host returns the host of a link; "" for the files of a message, which are all Facebook's.
func (s *setting) host(a *model.Attachment) string {
	switch a.Type {
	case "image", "video", "audio", "file", "sticker":
		return ""
	}
	u, ok := link.Parse(safe.LineN(a.URL, addressCells).String())
	if !ok {
		return ""
	}
	return s.l.Line(model.Untrusted(strings.TrimPrefix(u.Hostname(), "www.")))
}

// Size formats a number of bytes: 640 B, 1.2 MB.
func Size(n int64) string {
	const step = 1000
	if n < step {
		return strconv.FormatInt(n, 10) + " B"
	}
	v, i := float64(n)/step, 0
	units := []string{"kB", "MB", "GB", "TB", "PB", "EB"}
	for v >= step-0.5 && i < len(units)-1 {
		v /= step
		i++
	}
	digits := 0
	if v < 9.95 {
		digits = 1
	}
	return strconv.FormatFloat(v, 'f', digits, 64) + " " + units[i]
}

// trailers adds what happened to a message: reactions, feedback, why it failed.
func (s *setting) trailers() {
	for _, r := range s.m.Reactions {
		s.reactionLine(r)
	}
	if s.m.Feedback != "" {
		s.wrapped(s.l.Words.FeedbackOn(s.m.Feedback, s.l.Line), muted)
	}
	s.trouble()
	if s.m.WaitsFor != "" {
		s.wrapped(s.l.Say(i18n.WaitsForEarlier), muted)
	}
	if s.m.Probably {
		s.wrapped(s.l.Say(i18n.ProbablySent), muted)
	}
	if len(s.m.Unseen) > 0 {
		names := make([]string, len(s.m.Unseen))
		for i, u := range s.m.Unseen {
			names[i] = s.l.Ours(u.Name)
		}
		s.wrapped(s.l.Say(i18n.MentionUntold, "Names", strings.Join(names, ", ")), warn)
	}
	if s.m.DeliveredTwice {
		s.wrapped(s.l.Say(i18n.DeliveredTwice), warn)
	}
}

// reactionLine says who reacted, and whether Facebook has confirmed it.
func (s *setting) reactionLine(r model.Reaction) {
	switch said := s.l.Say(i18n.ReactedBy, "Emoji", s.reaction(r), "Name", s.reacted(r)); {
	case r.Error != nil && r.Emoji == "":
		s.wrapped(s.l.Say(i18n.ReactionKept, "Why", s.whyCode(r.Error)), danger)
	case r.Error != nil:
		s.wrapped(s.l.Say(i18n.ReactionFailed, "Emoji", s.reaction(r), "Why", s.whyCode(r.Error)), danger)
	case r.Pending:
		s.wrapped(said, muted)
		s.append(s.aside(i18n.ReactionPending))
	default:
		s.wrapped(said, muted)
	}
}

// whyCode words a reason.
func (s *setting) whyCode(e *model.MessageError) string {
	detail := s.l.Line(e.Detail)
	id := i18n.Trouble(*e)
	if !s.l.Words.Has(id) {
		return detail
	}
	said := s.l.Say(id, "Detail", detail)
	if detail != "" && s.key.flags&expanded != 0 {
		said += " " + s.l.Say(i18n.DetailFromFacebook, "Detail", detail)
	}
	return said
}

func (s *setting) reaction(r model.Reaction) string {
	if e := s.l.Line(r.Emoji); e != "" {
		return e
	}
	if r.Kind == "love" || r.Kind == "" {
		return s.l.Theme.Heart
	}
	return s.l.Ours(r.Kind)
}

func (s *setting) reacted(r model.Reaction) string {
	if r.By == model.ByCustomer {
		return s.customer()
	}
	switch {
	case r.User != nil && r.User.ID == s.p.c.Me:
		return s.l.Say(i18n.ThreadYou)
	case r.User != nil:
		return s.l.Ours(r.User.Name)
	}
	return s.l.Say(i18n.ThreadPage)
}

// trouble says why a reply failed, asks or still waits, and what can be done.
func (s *setting) trouble() {
	if s.m.State == model.Scheduled && s.m.SendAt != nil {
		k := s.p.c.Keys.named()
		s.wrapped(s.l.Say(i18n.ThreadScheduled, "Time", s.l.Moment(s.p.c.Now, *s.m.SendAt)), warn)
		s.append(s.l.Say(i18n.ThreadSendTake, "Resend", k.Resend, "Drop", k.Drop, "Dot", s.l.Theme.Bullet))
		return
	}
	asks := needsHand(s.m)
	if s.m.Error == nil && !asks {
		if s.key.reason != "" { // it is on its way
			s.wrapped(s.why(), muted)
		}
		return
	}
	i := danger
	if !asks {
		i = muted
	}
	s.wrapped(s.why(), i)
	if asks {
		k := s.p.c.Keys.named()
		s.append(s.l.Say(decideKeys(s.m), "Resend", k.Resend, "Drop", k.Drop, "Dot", s.l.Theme.Bullet))
	}
	// Facebook's own words, with its codes, are for who asks for them.
	if e := s.m.Error; e != nil && e.Detail != "" && s.key.flags&expanded != 0 {
		detail := s.l.Cells.Shown(safe.LineN(e.Detail, longest).String())
		s.wrapped(s.l.Say(i18n.DetailFromFacebook, "Detail", detail), muted)
	}
}

// decideKeys names what can be done about a reply: one that was scheduled was never sent.
func decideKeys(m *model.Message) i18n.ID {
	if m.SendAt != nil && m.Attempt == 0 {
		return i18n.ThreadSendTake
	}
	return i18n.ThreadResendDrop
}

// why words what went wrong with a reply.
func (s *setting) why() string {
	if s.key.reason != "" {
		return s.l.Cells.Shown(safe.LineN(model.Untrusted(s.key.reason), longest).String())
	}
	e := s.m.Error
	if e == nil {
		return s.l.Say(i18n.ThreadNotSent)
	}
	if id := i18n.Trouble(*e); s.l.Words.Has(id) {
		return s.l.Say(id, "Detail", s.l.Line(e.Detail))
	}
	return s.l.Say(i18n.ThreadNotSent)
}
