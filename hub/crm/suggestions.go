package crm

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"parley/hub/access"
	"parley/hub/company"
	"parley/hub/logkey"
	"parley/hub/phone"
	"parley/hub/store"
	"parley/model"
)

const (
	// readForSuggestions is how many messages of a conversation are read.
	readForSuggestions = 200
	// mostContacts is how many addresses, and how many numbers, of a chat are searched for in
	// the CRM: a search costs 20 of the company's budget.
	mostContacts = 2
	// suggestedFor is how long suggestions are cached.
	suggestedFor = 2 * time.Minute
	// psidField is the custom field of persons that holds a customer's PSID.
	psidField = model.PSIDField
)

// suggestionKey is the cache key of suggestions. It includes the newest message, which may
// change them.
type suggestionKey struct {
	user         model.UserID
	conversation model.ConversationID
	newest       model.MessageID
}

// clues are what a conversation tells about who the customer is.
type clues struct {
	key    suggestionKey
	name   string
	psid   model.PSID
	emails []string
	phones []phone.Number
	// regions are those of numbers without a country code, in the chat and in the CRM.
	regions []string
	// linked are the records that this customer's other conversations are linked to, person the
	// person that this one is linked to.
	linked []model.RecordRef
	person *model.RecordRef
}

// Suggestions returns the records that a conversation may be about, the most certain first. It
// tries the ways to find them, the most certain first, until one finds something.
func (rq *Requests) Suggestions(ctx context.Context, user model.User, id model.ConversationID) ([]model.Candidate, error) {
	c, err := rq.clues(ctx, user, id)
	if err != nil {
		return nil, err
	}
	if kept, ok := rq.suggested.Get(c.key, rq.now()); ok {
		return kept, nil
	}
	var found []model.Candidate
	dropped := rq.suggested.Drops()
	err = rq.asViewer(ctx, user, func(e viewer) (err error) {
		found, err = e.suggest(ctx, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	rq.suggested.PutUnlessDropped(dropped, c.key, found, rq.now(), rq.now().Add(suggestedFor))
	return found, nil
}

// forgetSuggestions drops the cached suggestions for a customer.
func (l *Links) forgetSuggestions(id model.ConversationID) {
	l.suggested.DropKeys(func(k suggestionKey) bool { return k.conversation.Customer() == id.Customer() })
}

func (rq *Requests) clues(ctx context.Context, user model.User, id model.ConversationID) (clues, error) {
	c := clues{key: suggestionKey{user: user.ID, conversation: id}, psid: id.Customer()}
	var page store.Page
	var customer model.Customer
	var texts []string
	err := rq.read(ctx, user, id.Page(), func(r store.Reader, pages []store.Page) error {
		conversation, err := r.Conversation(id)
		if err != nil {
			return err
		}
		page, customer = pages[0], conversation.Customer
		c.name = strings.TrimSpace(string(customer.Name))
		by := store.Viewer{User: user.ID, Now: rq.now()}
		said, _, err := r.Messages(id, "", readForSuggestions, by)
		if err != nil {
			return err
		}
		for _, m := range slices.Backward(said) {
			if m.Direction == model.In && !m.Deleted {
				texts = append(texts, string(m.Text))
				if c.key.newest == "" {
					c.key.newest = m.ID
				}
			}
		}
		links, err := r.SeenLinks(id.Page(), by)
		for _, l := range links {
			if ref := l.Ref(); l.Conversation == id && ref.Type == model.Person {
				c.person = &ref
			}
		}
		return err
	})
	if err != nil {
		return c, err
	}
	if len(texts) > 0 {
		c.regions = rq.regions(ctx, page, customer, user, texts)
	}
	c.emails, c.phones = contacts(texts, c.regions)
	c.linked, err = rq.linkedElsewhere(ctx, user, id)
	return c, err
}

// read waits for the user's turn and runs f on a snapshot of the Pages that they may see: all
// of them, or the one in only.
func (rq *Requests) read(ctx context.Context, user model.User, only model.PageID, f func(store.Reader, []store.Page) error) error {
	leave, err := rq.turn(ctx, user.ID)
	if err != nil {
		return err
	}
	defer leave()
	return rq.store.Read(ctx, func(r store.Reader) error {
		pages, err := access.Authorized(r, user.ID, only)
		if err != nil {
			return err
		}
		return f(r, pages)
	})
}

// linkedElsewhere returns the records that this customer's conversations with other
// installations of the Page are linked to, where the user sees the installation. Whether they
// see the record is checked later.
func (rq *Requests) linkedElsewhere(ctx context.Context, user model.User, id model.ConversationID) (refs []model.RecordRef, err error) {
	err = rq.read(ctx, user, "", func(r store.Reader, pages []store.Page) error {
		for _, p := range pages {
			if p.PageID != id.Page().Meta() || p.ID == id.Page() {
				continue
			}
			links, err := r.Links(model.NewConversationID(p.ID, id.Customer()))
			if err != nil {
				return err
			}
			for _, l := range links {
				refs = append(refs, l.Record)
			}
		}
		return nil
	})
	return refs, err
}

// suggest tries the ways to find a record, the most certain first.
func (e viewer) suggest(ctx context.Context, c clues) ([]model.Candidate, error) {
	if c.person != nil {
		return e.ofPerson(ctx, *c.person)
	}
	for _, way := range []func(context.Context, clues) ([]model.Candidate, error){e.byLink, e.byPSID, e.byContacts, e.byName} {
		found, err := way(ctx, c)
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return []model.Candidate{}, nil
}

// ofPerson suggests the open leads and deals of the linked person.
func (e viewer) ofPerson(ctx context.Context, person model.RecordRef) ([]model.Candidate, error) {
	r, _, err := e.readRecord(ctx, person)
	found := []model.Candidate{}
	for _, open := range r.Open {
		found = append(found, model.Candidate{Record: open, Match: model.MatchOfPerson})
	}
	if errors.Is(err, model.ErrCRMNotFound) {
		err = nil
	}
	return found, err
}

func (e viewer) byLink(ctx context.Context, c clues) (found []model.Candidate, err error) {
	for _, ref := range c.linked {
		r, _, err := e.readRecord(ctx, ref)
		switch {
		case err == nil:
			found = append(found, model.Candidate{Record: r, Match: model.MatchLink})
		case !errors.Is(err, model.ErrCRMNotFound):
			return nil, err
		}
	}
	return found, nil
}

func (e viewer) byPSID(ctx context.Context, c clues) ([]model.Candidate, error) {
	field, err := e.rq.personField(ctx)
	if err != nil || field == "" {
		return nil, err
	}
	records, err := e.rq.records.SearchField(ctx, e.grant, field, string(c.psid))
	if err != nil {
		return nil, err
	}
	if records, err = e.filter(ctx, records); err != nil {
		return nil, err
	}
	return candidates(records, model.MatchPSID, ""), nil
}

// personField returns the code of the company's field for PSIDs; empty if there is none or
// nobody can tell.
func (rq *Requests) personField(ctx context.Context) (string, error) {
	now := rq.now()
	if code, ok := rq.fields.Get(psidField, now); ok {
		return code, nil
	}
	code, err := rq.records.PersonField(ctx, psidField)
	if err != nil && !errors.Is(err, model.ErrCRMNotFound) && !errors.Is(err, model.ErrCRMForbidden) && !errors.Is(err, model.ErrCRMRefused) {
		return "", err
	}
	rq.fields.Put(psidField, code, now, now.Add(permissionTTL))
	return code, nil
}

// MakePSIDField creates the company's custom field for PSIDs in the CRM, for an admin; made is
// false if there was one. From then on, linking stores the customer's PSID with the person, who
// is then suggested by it.
func (rq *Requests) MakePSIDField(ctx context.Context, user model.User) (made bool, err error) {
	if user, err = rq.company.FreshRole(ctx, user.ID); err != nil {
		return false, err
	}
	switch {
	case !user.Admin:
		return false, model.Refuse(model.NotAdmin)
	case rq.records == nil:
		return false, model.Refuse(model.NoCRM)
	}
	rq.making.Lock() // otherwise two callers at once would both find none
	defer rq.making.Unlock()
	code, err := rq.records.PersonField(ctx, psidField)
	if errors.Is(err, model.ErrCRMNotFound) {
		code, err = rq.records.CreatePersonField(ctx, psidField)
		made = err == nil
	}
	if err != nil {
		return false, Refusal(err)
	}
	rq.fields.Put(psidField, code, rq.now(), rq.now().Add(permissionTTL))
	rq.suggested.DropKeys(func(suggestionKey) bool { return true })
	if made {
		rq.log.Info("field for PSIDs made in the CRM", logkey.User, string(user.ID))
	}
	return made, nil
}

func (e viewer) byContacts(ctx context.Context, c clues) (found []model.Candidate, err error) {
	for _, email := range c.emails {
		records, err := e.search(ctx, email, []model.RecordType{model.Person})
		if err != nil {
			return nil, err
		}
		records = slices.DeleteFunc(slices.Clone(records), func(r model.Record) bool {
			return !slices.ContainsFunc(r.Emails, func(one model.Untrusted) bool { return company.SameEmail(string(one), email) })
		})
		found = merged(found, candidates(records, model.MatchEmail, email))
	}
	for _, number := range c.phones {
		records, err := e.search(ctx, number.Term, []model.RecordType{model.Person})
		if err != nil {
			return nil, err
		}
		records = slices.DeleteFunc(slices.Clone(records), func(r model.Record) bool {
			return !slices.ContainsFunc(r.Phones, func(one model.Untrusted) bool {
				theirs, ok := phone.Parse(string(one), c.regions...)
				return ok && theirs.Same(number)
			})
		})
		found = merged(found, candidates(records, model.MatchPhone, number.Written))
	}
	return found, nil
}

func (e viewer) byName(ctx context.Context, c clues) ([]model.Candidate, error) {
	if len([]rune(c.name)) < shortestSearch {
		return nil, nil
	}
	records, err := e.search(ctx, c.name, []model.RecordType{model.Person})
	var exact, near []model.Record
	for _, r := range records {
		if sameName(string(r.Title), c.name) {
			exact = append(exact, r)
		} else {
			near = append(near, r)
		}
	}
	return merged(candidates(exact, model.MatchName, c.name), candidates(near, model.MatchNearName, c.name)), err
}

func candidates(records []model.Record, match model.Match, found string) (all []model.Candidate) {
	for _, r := range records {
		all = append(all, model.Candidate{Record: r, Match: match, Found: model.Untrusted(found)})
	}
	return all
}

// merged appends what is not in the list yet.
func merged(all, more []model.Candidate) []model.Candidate {
	for _, c := range more {
		if !slices.ContainsFunc(all, func(had model.Candidate) bool { return had.RecordRef == c.RecordRef }) {
			all = append(all, c)
		}
	}
	return all
}

var emailIn = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)

// contacts returns the first e-mail addresses and telephone numbers in texts, including those
// in full-width characters.
func contacts(texts, regions []string) (emails []string, phones []phone.Number) {
	finder := phone.NewFinder(regions...)
	for _, text := range texts {
		for _, found := range emailIn.FindAllString(norm.NFKC.String(text), -1) {
			if found = strings.ToLower(found); len(emails) < mostContacts && !slices.Contains(emails, found) {
				emails = append(emails, found)
			}
		}
		if len(phones) >= mostContacts {
			continue
		}
		for _, found := range finder.Find(text) {
			if len(phones) < mostContacts && !slices.ContainsFunc(phones, found.Same) {
				phones = append(phones, found)
			}
		}
	}
	return emails, phones
}

// sameName compares names ignoring case, width and spacing.
func sameName(a, b string) bool {
	fold := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(s)), " ")) }
	return fold(a) == fold(b)
}

// notePSID writes the customer's PSID to the linked person, if the company has the field for
// it. It is a help for later; failures are only logged.
func (rq *Requests) notePSID(ctx context.Context, e viewer, id model.ConversationID, ref model.RecordRef) {
	if ref.Type != model.Person {
		return
	}
	field, err := rq.personField(ctx)
	if err == nil && field != "" {
		err = rq.records.SetPersonField(ctx, e.grant, ref.ID, field, string(id.Customer()))
	}
	if err != nil {
		rq.log.Warn("the CRM does not take a customer's PSID", logkey.Conversation, string(id), logkey.Error, err)
	}
}

// refusedAs reports whether an error is a refusal with that code.
func refusedAs(err error, code model.Code) bool {
	var r *model.Refusal
	return errors.As(err, &r) && r.Code == code
}
