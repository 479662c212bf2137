package crm

import (
	"context"
	"errors"
	"math"
	"net"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/text/unicode/norm"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/safe"
	"parley/ui/overlay"
	"parley/ui/screen"
)

func formatID(n int64) string { return strconv.FormatInt(n, 10) }

// form is a record that is being typed.
type form struct {
	box *overlay.Form
	of  model.ConversationID
	t   model.RecordType
	// with is the linked person of a lead or deal; nil: one is created with it.
	with *model.RecordRef
}

// OpenForm opens the form of a new record, filled in from the chat. Nothing is created until
// the user confirms it.
func (m *Model) OpenForm(t model.RecordType) tea.Cmd {
	r, ok := m.Current()
	typed := ""
	if p := m.picker; p != nil {
		r, ok = m.Inbox.Conversation(p.of)
		typed = p.box.Text()
	}
	if !ok {
		return nil
	}
	f := &form{of: r.ID, t: t}
	name := safe.Line(r.Customer.Name).String()
	var fields []overlay.Field
	said := ""
	if t == model.Person {
		fields = m.personFields(r, nameFrom(typed, name))
	} else {
		f.with = m.personOf(r)
		title := i18n.TitleOfDeal
		if t == model.Lead {
			title = i18n.TitleOfLead
		}
		fields = []overlay.Field{
			{Label: m.Say(i18n.FormTitle), Text: nameFrom(typed, m.Say(title, "Name", name))},
			{Label: m.Say(i18n.FormValue)},
			{Label: m.Say(i18n.FormCurrency), Text: m.currency(r)},
		}
		if f.with == nil {
			said = m.Say(i18n.FormNewPerson)
			fields = append(fields, m.personFields(r, name)...)
		} else if with := m.personName(r); with != "" {
			said = m.Say(i18n.FormFor, "Name", with)
		}
	}
	f.box = overlay.NewForm(m.Say(i18n.CreateRecord(string(t))), fields)
	f.box.Say(said)
	m.layForm(f)
	return nil
}

func (m *Model) layForm(f *form) {
	m.lay(f.of, f.box, func(a overlay.Action) tea.Cmd {
		switch a := a.(type) {
		case overlay.Filled:
			return m.create(f, a.Texts)
		case overlay.Closed:
			if m.picker != nil {
				m.layPicker()
			}
		}
		return nil
	})
}

// nameFrom returns what was typed into the picker if it looks like a name, else other.
func nameFrom(typed, other string) string {
	typed = strings.TrimSpace(typed)
	if _, err := model.ParseRecordRef(typed); err == nil || strings.ContainsAny(typed, "@/") || !strings.ContainsFunc(typed, unicode.IsLetter) {
		return other
	}
	return typed
}

func (m *prose) personFields(r inbox.Row, name string) []overlay.Field {
	phone, email := m.addressesIn(r)
	return []overlay.Field{
		{Label: m.Say(i18n.FormName), Text: name}, {Label: m.Say(i18n.FormPhone), Text: phone}, {Label: m.Say(i18n.FormEmail), Text: email},
	}
}

// personName returns the name of the linked person.
func (m *panel) personName(r inbox.Row) string {
	if l, ok := slotOf(r.Links, model.Person); ok {
		return m.Look.Line(l.Title)
	}
	for _, l := range r.Links {
		if held := m.records.held[l.Ref()]; held != nil && held.read {
			return m.Look.Line(held.PersonName)
		}
	}
	return ""
}

// currency returns the currency of the customer's other deals; without any, yen if the user
// reads Japanese.
func (m *panel) currency(r inbox.Row) string {
	if with := m.personOf(r); with != nil {
		if held := m.records.held[*with]; held != nil {
			for _, o := range held.Open {
				if o.Value != nil && o.Value.Currency != "" {
					return o.Value.Currency
				}
			}
		}
	}
	if m.Look.Words.Japanese() {
		return "JPY"
	}
	return ""
}

var (
	mailForm  = regexp.MustCompile(`[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})*\.\p{L}{2,24}`)
	phoneForm = regexp.MustCompile(`(?:^|[^\p{N}+])(\+?\d[\d ()-]{7,17}\d)(?:$|[^\p{N}])`)
)

// Digits of a phone number: with fewer it is a price or a date, and no number has more (ITU-T
// E.164).
const leastDigits, mostDigits = 9, 15

// addressesIn returns the last phone number and e-mail address that the customer wrote, in the
// messages held.
func (m *prose) addressesIn(r inbox.Row) (phone, email string) {
	t, _ := m.Inbox.Thread(r.ID)
	for i := len(t.Messages) - 1; i >= 0 && (phone == "" || email == ""); i-- {
		msg := t.Messages[i]
		if msg.Direction != model.In {
			continue
		}
		text := norm.NFKC.String(safe.Body(msg.Text).String())
		if email == "" {
			email = mailForm.FindString(text)
		}
		if phone == "" {
			phone = phoneIn(text)
		}
	}
	return phone, email
}

func phoneIn(text string) string {
	for _, found := range phoneForm.FindAllStringSubmatch(text, -1) {
		digits := 0
		for _, r := range found[1] {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		if digits >= leastDigits && digits <= mostDigits {
			return found[1]
		}
	}
	return ""
}

// amountIn parses a typed amount: 480,000, ¥480,000, 1200.50.
func amountIn(text string) (float64, bool) {
	s := strings.TrimSpace(norm.NFKC.String(text))
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.Is(unicode.Sc, r) || unicode.IsSpace(r) })
	s = strings.TrimSuffix(s, "円")
	s = strings.NewReplacer(",", "", " ", "", "'", "").Replace(s)
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && n >= 0 && n < 1e15 && !math.IsNaN(n)
}

var currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)

// record parses the form, or returns what is wrong with it.
func (f *form) record(texts []string) (of model.NewRecord, person *model.NewRecord, wrong i18n.ID) {
	clean := make([]string, len(texts))
	for i, s := range texts {
		clean[i] = strings.TrimSpace(s)
	}
	if f.t == model.Person {
		of = model.NewRecord{Title: clean[0], Phone: clean[1], Email: clean[2]}
		if of.Title == "" {
			return of, nil, i18n.FormNoName
		}
		return of, nil, ""
	}
	of.Title = clean[0]
	if of.Title == "" {
		return of, nil, i18n.FormNoTitle
	}
	if clean[1] != "" {
		n, ok := amountIn(clean[1])
		currency := strings.ToUpper(norm.NFKC.String(clean[2]))
		switch {
		case !ok:
			return of, nil, i18n.FormBadValue
		case !currencyForm.MatchString(currency):
			return of, nil, i18n.FormNoCurrency
		}
		of.Value = &model.Money{Amount: n, Currency: currency}
	}
	if f.with != nil {
		of.PersonID = f.with.ID
		return of, nil, ""
	}
	person = &model.NewRecord{Title: clean[3], Phone: clean[4], Email: clean[5]}
	if person.Title == "" {
		return of, nil, i18n.FormNoName
	}
	return of, person, ""
}

// made is the result of creating records.
type made struct {
	form *form
	// person and record are what was created so far; linked is the conversation after that.
	person, record *model.Record
	linked         *model.Conversation
	err            error
}

// create creates the record of the form, and links the conversation to it.
func (m *Model) create(f *form, texts []string) tea.Cmd {
	r, known := m.Inbox.Conversation(f.of)
	if !known {
		return nil
	}
	of, person, wrong := f.record(texts)
	if wrong != "" {
		f.box.SetError(m.Say(wrong))
		m.layForm(f)
		return nil
	}
	return m.askCreate(r, f, func() tea.Cmd {
		m.busy = true
		m.Notify(m.Say(i18n.SaidAsksCRM))
		hub := m.hub
		return screen.Call(func(ctx context.Context) tea.Msg {
			a := made{form: f}
			a.make(ctx, hub, of, person)
			return a
		})
	})
}

// askCreate asks first if linking to the new record lets others read a private conversation,
// or replaces another link.
func (m *Model) askCreate(r inbox.Row, f *form, then func() tea.Cmd) tea.Cmd {
	title := m.Look.Ours(f.box.Texts()[0])
	what := m.linkMeans(r, f.t, title, nil)
	if what == "" {
		return then()
	}
	m.warn(r, title, what, then, func() { m.layForm(f) })
	return nil
}

// make creates the person first, if there is none, then the record.
func (a *made) make(ctx context.Context, hub Hub, of model.NewRecord, person *model.NewRecord) {
	linkTo := func(t model.RecordType, r model.NewRecord) *model.Record {
		var rec model.Record
		if rec, a.err = hub.CreateRecord(ctx, t, r); a.err != nil {
			return nil
		}
		var c model.Conversation
		if c, a.err = hub.Link(ctx, a.form.of, rec.RecordRef); a.err == nil {
			a.linked = &c
		}
		return &rec
	}
	if person != nil {
		if a.person = linkTo(model.Person, *person); a.err != nil {
			return
		}
		of.PersonID = a.person.ID
	}
	a.record = linkTo(a.form.t, of)
}

// made says what was created. The form comes back if nothing was; not if that is unknown, so
// that one more key does not create it twice.
func (m *Model) made(a made) {
	m.busy = false
	if m.Lost(a.form.of) {
		return
	}
	if a.linked != nil {
		m.conversations.PutLinked(*a.linked)
	}
	switch {
	case a.err == nil:
		m.announce(a.form.of, m.Say(i18n.SaidMade, "Title", m.Look.Line(a.record.Title)))
	case a.record != nil:
		m.announce(a.form.of, m.Say(i18n.SaidHalfMade, "Title", m.Look.Line(a.record.Title), "Reason", m.Explain(a.err)))
	case a.person != nil:
		m.announce(a.form.of, m.Say(i18n.SaidHalfMade, "Title", m.Look.Line(a.person.Title), "Reason", m.Explain(a.err)))
	case unanswered(a.err):
		m.Notify(m.Say(i18n.SaidPerhapsMade, "Key", m.KeyOf("link"), "Reason", m.Explain(a.err)))
	case m.Overlaid() == nil && !m.Composing():
		a.form.box.SetError(m.Explain(a.err))
		m.layForm(a.form)
	default:
		m.Notify(m.Explain(a.err))
	}
}

// unanswered reports whether a call got no answer, so that nobody knows whether it took
// effect.
func unanswered(err error) bool {
	var network net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network)
}
