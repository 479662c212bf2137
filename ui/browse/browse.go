// Package browse opens what messages link to or carry: addresses in the browser, attachments by the
// system's program for them. Where the program runs on another machine, it copies an address.
package browse

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/link"
	"parley/ui/overlay"
	"parley/ui/screen"
	"parley/ui/term"
	"parley/ui/thread"
)

// Hub is what opening attachments needs of a client.
type Hub interface {
	// Media reads what an attachment shows; the caller closes it. Only ctx limits the time.
	Media(ctx context.Context, id string) (model.Download, error)
	// MediaLink returns a link by which a browser reads it once.
	MediaLink(ctx context.Context, id string) (model.MediaLink, error)
}

// Downloads saves files on the user's machine. Its methods are called in commands.
type Downloads interface {
	// Save saves a content of a Page, and closes it; told receives how many bytes have come.
	Save(page model.PageID, d model.Download, told func(bytes int64)) (model.SavedFile, error)
	// Keep removes what was saved of all Pages but these.
	Keep(pages []model.PageID) error
}

// downloadTimeout is how long a file may take to come.
const downloadTimeout = 10 * time.Minute

// progressAfter is after how long without an answer progress is shown, and how often.
const progressAfter = 500 * time.Millisecond

// Model opens what the selected message of a conversation links to or carries.
type Model struct {
	*screen.Screen
	hub       Hub
	downloads Downloads
	thread    *thread.Pane
	// coming is the file that is being downloaded; nil: none.
	coming *download
}

// New returns a Model for the messages of a pane; downloads is nil if the user's machine is another.
func New(s *screen.Screen, hub Hub, downloads Downloads, pane *thread.Pane) *Model {
	return &Model{Screen: s, hub: hub, downloads: downloads, thread: pane}
}

// download is a file that comes.
type download struct {
	name string
	size int64
	got  atomic.Int64
}

// target is something to open: an address, or else an attachment.
type target struct {
	address    *url.URL
	attachment model.Attachment
}

// targets returns what can be opened of the selected message: the addresses in its text, then
// its attachments, without duplicates.
func (o *Model) targets() []target {
	msg, ok := o.thread.Selected()
	if !ok || o.Shown == "" {
		return nil
	}
	var all []target
	add := func(u *url.URL, a model.Attachment) {
		if !slices.ContainsFunc(all, func(t target) bool { return t.address != nil && t.address.String() == u.String() }) {
			all = append(all, target{u, a})
		}
	}
	for _, at := range link.Find(safe.BodyAll(msg.Text).String()) {
		add(at.URL, model.Attachment{})
	}
	for _, a := range msg.Attachments {
		if a.Media != nil && a.Media.Reason != model.MediaForeign && a.Media.Reason != model.MediaTooBig {
			all = append(all, target{attachment: a})
		} else if line := safe.Line(a.URL); !line.Cut() {
			if u, ok := link.Parse(line.String()); ok {
				add(u, a)
			}
		}
	}
	return all
}

// Needs says why nothing can be opened; empty: something can.
func (o *Model) Needs() string {
	if len(o.targets()) == 0 {
		return o.Say(i18n.WhyNoAddress)
	}
	return ""
}

// addressCells is how much of an address is shown in a choice; the host comes first.
const addressCells = 50

// Open opens what the selected message links to or carries; if there are several, it asks which.
func (o *Model) Open() tea.Cmd {
	all := o.targets()
	if len(all) == 1 {
		return o.open(all[0])
	}
	const most = 9 // with a key of their own
	var options []overlay.Option
	for i, t := range all {
		option := overlay.Option{ID: strconv.Itoa(i), Title: o.Look.Cut(o.title(t), addressCells)}
		if i < most {
			option.Key = strconv.Itoa(i + 1)
		}
		options = append(options, option)
	}
	o.Lay(overlay.NewChoice(o.Say(i18n.AddressesTitle), options), func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		if !ok {
			return nil
		}
		i, err := strconv.Atoi(chosen.ID)
		if err != nil {
			return nil
		}
		return o.open(all[i])
	})
	return nil
}

// title names something to open in a choice.
func (o *Model) title(t target) string {
	if t.address != nil {
		return o.Look.Ours(t.address.String())
	}
	name := "[" + o.Look.Words.AttachmentWord(t.attachment) + "]"
	if title := o.Look.Line(t.attachment.Title); title != "" {
		name += " " + title
	}
	if t.attachment.Size > 0 {
		name += " " + o.Look.Theme.Bullet + " " + thread.Size(t.attachment.Size)
	}
	return name
}

// nameOf names an attachment in a sentence.
func (o *Model) nameOf(a model.Attachment) string {
	if title := o.Look.Line(a.Title); title != "" {
		return title
	}
	return o.Look.Words.AttachmentWord(a)
}

func (o *Model) open(t target) tea.Cmd {
	if t.address != nil {
		return o.BrowseTo(t.address)
	}
	a := t.attachment
	switch {
	case a.Media.State == model.MediaGone:
		o.Notify(o.gone(a.Media.Reason))
		return nil
	case o.Browse == nil || o.downloads == nil:
		return o.link(a)
	}
	return o.download(a)
}

// gone says why an attachment can't be opened.
func (o *Model) gone(reason model.Code) string {
	if id := i18n.Code(string(reason)); o.Look.Words.Has(id) {
		return o.Say(id)
	}
	return o.Say(i18n.Code(string(model.MediaIsGone)))
}

// linked is the answer with a link to an attachment.
type linked struct {
	name string
	link model.MediaLink
	err  error
}

func (o *Model) link(a model.Attachment) tea.Cmd {
	hub, name := o.hub, o.nameOf(a)
	return screen.Call(func(ctx context.Context) tea.Msg {
		l, err := hub.MediaLink(ctx, a.ID)
		return linked{name, l, err}
	})
}

// linked copies a link, and shows it.
func (o *Model) linked(l linked) tea.Cmd {
	if l.err != nil {
		o.Notify(o.Explain(l.err))
		return nil
	}
	address := o.Look.Ours(l.link.URL)
	o.NotifyLonger(o.Say(i18n.SaidMediaLink, "Name", l.name, "URL", address))
	return term.Copy(l.link.URL)
}

// downloaded is that a file came, or why it did not.
type downloaded struct {
	of   *download
	file model.SavedFile
	// unsaved: it came, and could not be saved.
	unsaved bool
	err     error
}

func (o *Model) download(a model.Attachment) tea.Cmd {
	d := &download{name: o.nameOf(a), size: a.Size}
	o.coming = d
	hub, to, page := o.hub, o.downloads, o.Shown.Page()
	return tea.Batch(o.Clock.After(progressAfter, comes{d}), func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), downloadTimeout)
		defer cancel()
		content, err := hub.Media(ctx, a.ID)
		if err != nil {
			return downloaded{of: d, err: err}
		}
		if content.Name == "" {
			content.Name = model.Untrusted(d.name)
		}
		file, err := to.Save(page, content, func(n int64) { d.got.Store(n) })
		return downloaded{of: d, file: file, unsaved: err != nil, err: err}
	})
}

// FollowSights removes what was saved of Pages that the user may not see any more.
func (o *Model) FollowSights() tea.Cmd {
	if o.downloads == nil || !o.Live() {
		return nil
	}
	var seen []model.PageID
	for _, p := range o.SeenPages() {
		seen = append(seen, p.ID)
	}
	to := o.downloads
	return func() tea.Msg {
		_ = to.Keep(seen) // what is in use goes next time
		return nil
	}
}

// comes shows how much of a file has come.
type comes struct{ of *download }

func (o *Model) comes(c comes) tea.Cmd {
	if o.coming != c.of {
		return nil
	}
	if got := c.of.got.Load(); c.of.size > 0 {
		o.Notify(o.Say(i18n.MediaComes, "Name", c.of.name, "Percent", min(100, 100*got/c.of.size), "All", thread.Size(c.of.size)))
	} else {
		o.Notify(o.Say(i18n.MediaComesSome, "Name", c.of.name, "Got", thread.Size(got)))
	}
	return o.Clock.After(progressAfter, c)
}

// downloaded opens a file that came. What is neither picture, sound, film nor document is not:
// its path is copied.
func (o *Model) downloaded(d downloaded) tea.Cmd {
	if o.coming == d.of {
		o.coming = nil
	}
	switch {
	case d.unsaved:
		o.Notify(o.Say(i18n.MediaUnsaved, "Name", d.of.name))
		return nil
	case d.err != nil:
		o.Notify(o.Explain(d.err))
		return nil
	case !d.file.Opens:
		o.NotifyLonger(o.Say(i18n.SaidMediaSaved, "Name", d.of.name, "Path", o.Look.Ours(d.file.Path)))
		return term.Copy(d.file.Path)
	}
	o.Notify(o.Say(i18n.SaidMediaOpened, "Name", d.of.name))
	browse, path := o.Browse, d.file.Path
	return func() tea.Msg { return fileOpened{path, browse(path)} }
}

// fileOpened is the result of starting the program for a file.
type fileOpened struct {
	path string
	err  error
}

func (o *Model) fileOpened(f fileOpened) tea.Cmd {
	if f.err == nil {
		return nil
	}
	o.NotifyLonger(o.Say(i18n.WhyNoOpener, "Path", o.Look.Ours(f.path)))
	return term.Copy(f.path)
}

// Msg is a message for Model.
type Msg interface{ aboutOpening() }

func (linked) aboutOpening()     {}
func (comes) aboutOpening()      {}
func (downloaded) aboutOpening() {}
func (fileOpened) aboutOpening() {}

// Update handles a message.
func (o *Model) Update(msg Msg) tea.Cmd {
	switch msg := msg.(type) {
	case linked:
		return o.linked(msg)
	case comes:
		return o.comes(msg)
	case downloaded:
		return o.downloaded(msg)
	case fileOpened:
		return o.fileOpened(msg)
	}
	return nil
}
