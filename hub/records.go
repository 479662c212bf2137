package hub

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/hub/store"
	"parley/model"
)

// Records is what the hub needs of the CRM's persons, leads and deals. as is by whose
// grant it is asked, nil by the company token. Its errors are those of [CRM], and
// [model.ErrCRMNotFound], [model.ErrCRMForbidden], [model.ErrCRMInvalid] and
// [*model.CRMLimit].
type Records interface {
	// Search returns at most limit records in which term stands, the best match first.
	Search(ctx context.Context, as *model.CRMGrant, term string, types []model.RecordType, limit int) ([]model.Record, error)
	// SearchField returns the persons whose custom field of that code holds the value.
	SearchField(ctx context.Context, as *model.CRMGrant, field, value string) ([]model.Record, error)
	// PersonField returns the code of the persons' custom field of that name;
	// [model.ErrCRMNotFound]: there is none. CreatePersonField makes one, SetPersonField
	// writes one.
	PersonField(ctx context.Context, name string) (string, error)
	CreatePersonField(ctx context.Context, name string) (string, error)
	SetPersonField(ctx context.Context, as *model.CRMGrant, person, field, value string) error
	// Record returns a record; of a person also what of theirs is open.
	Record(ctx context.Context, as *model.CRMGrant, ref model.RecordRef) (model.Record, error)
	// PermittedUsers returns who of the company may see a record, by their ids in the CRM.
	PermittedUsers(ctx context.Context, ref model.RecordRef) ([]int64, error)
	// OrganizationUsers returns who may see an organisation.
	OrganizationUsers(ctx context.Context, organization int64) ([]int64, error)
	CreatePerson(ctx context.Context, as *model.CRMGrant, p model.NewRecord) (model.Record, error)
	CreateLead(ctx context.Context, as *model.CRMGrant, l model.NewRecord) (model.Record, error)
	CreateDeal(ctx context.Context, as *model.CRMGrant, d model.NewRecord) (model.Record, error)
	Stages(ctx context.Context, as *model.CRMGrant) ([]model.Stage, error)
	SetStage(ctx context.Context, as *model.CRMGrant, deal string, stage int64) (model.Record, error)
	SetStatus(ctx context.Context, as *model.CRMGrant, deal string, status model.DealStatus, reason string) (model.Record, error)
	// Brief returns a record alone, by the company token: without names, of its stage and
	// its person the ids.
	Brief(ctx context.Context, ref model.RecordRef) (model.Record, error)
	// DealOfLead returns which of a person's deals a lead became, by the company token;
	// [model.ErrCRMNotFound]: none.
	DealOfLead(ctx context.Context, lead, person string) (model.RecordRef, error)
	// ConvertLead makes a deal of a lead.
	ConvertLead(ctx context.Context, as *model.CRMGrant, lead string) (model.RecordRef, error)
	// Budget returns what was told last of the company's budget of the day.
	Budget() model.CRMBudget
}

// sightFor is how long it holds who may see a record (design §6).
const sightFor = 10 * time.Minute

// eyes are by whom the CRM is asked for a user.
type eyes struct {
	h    *Hub
	user model.User
	// grant is the user's own. Nil: the company token is used, and every record is checked
	// for self, who the user is in the CRM.
	grant *model.CRMGrant
	self  model.CRMUser
}

// withEyes calls f by the user's own grant where they signed in through the CRM, else by
// the company token with the eyes of whom the CRM knows by their e-mail address. f is
// called again where an access token was refused.
func (h *Hub) withEyes(ctx context.Context, user model.User, f func(eyes) error) error {
	if h.records == nil {
		return model.Refuse(model.NoCRM)
	}
	for refused := ""; ; {
		g, err := h.grantOf(ctx, user.ID, refused)
		if errors.Is(err, errNoGrant) {
			break
		}
		if err != nil {
			return crmError(err)
		}
		err = f(eyes{h: h, user: user, grant: &g})
		if !errors.Is(err, model.ErrCRMRefused) {
			return crmError(err)
		}
		if refused != "" { // by a token that was new, too
			break
		}
		refused = g.Access
	}
	if !h.crm.KnowsCompany() {
		return model.Refuse(model.NoCRMUser)
	}
	self, err := h.staff.find(ctx, h, user.Email)
	if err != nil {
		return crmError(err)
	}
	return crmError(f(eyes{h: h, user: user, self: self}))
}

// crmError makes refusals of what keeps the CRM from doing something.
func crmError(err error) error {
	var limit *model.CRMLimit
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limit):
		r := model.Refuse(model.CRMLimited)
		r.Until = &limit.Until
		return r
	case errors.Is(err, model.ErrCRMNotFound):
		return model.Refuse(model.RecordNotFound)
	case errors.Is(err, model.ErrCRMForbidden):
		return model.Refuse(model.CRMForbidden)
	case errors.Is(err, model.ErrCRMInvalid):
		return model.Refuse(model.CRMInvalid)
	case errors.Is(err, model.ErrCRMRefused):
		return companyTokenError(err)
	}
	return err
}

// look reads a record afresh, keeps what it is called and who may see it, and tells who
// that is, where that can be known: by their ids in the CRM. A record that the user may
// not see is [model.ErrCRMNotFound].
func (e eyes) look(ctx context.Context, ref model.RecordRef) (model.Record, []int64, error) {
	asked := e.h.utc()
	permitted, err := e.permitted(ctx, ref)
	var r model.Record
	if err == nil {
		r, err = e.h.records.Record(ctx, e.grant, ref)
	}
	if errors.Is(err, model.ErrCRMNotFound) || errors.Is(err, model.ErrCRMForbidden) {
		return model.Record{}, nil, errors.Join(model.ErrCRMNotFound, e.h.forgetSight(ctx, ref, e.user.ID))
	}
	if err != nil {
		return model.Record{}, nil, err
	}
	if r, err = e.shown(ctx, r); err != nil {
		return model.Record{}, nil, err
	}
	return r, permitted, e.h.keepRecord(ctx, r, e.user, asked, byCRM())
}

// permitted asks who may see a record, and keeps it for everybody. By the user's own
// grant nobody is needed who tells it, and without a company token nobody can.
func (e eyes) permitted(ctx context.Context, ref model.RecordRef) ([]int64, error) {
	if !e.h.crm.KnowsCompany() {
		return nil, nil
	}
	asked := e.h.utc()
	ids, err := e.h.records.PermittedUsers(ctx, ref)
	switch {
	case err == nil:
		e.h.permits.put(ref, ids, e.h.utc(), e.h.utc().Add(sightFor))
	case e.grant != nil && !errors.Is(err, model.ErrCRMNotFound):
		return nil, nil // their own grant decides
	default:
		return nil, err
	}
	if err := e.h.keepSights(ctx, ref, ids, asked); err != nil {
		return nil, err
	}
	if e.grant == nil && !slices.Contains(ids, e.self.ID) {
		return nil, model.ErrCRMNotFound
	}
	return ids, nil
}

// may tells whether the user may see a record that the CRM showed. Their own grant shows
// no other.
func (e eyes) may(ctx context.Context, ref model.RecordRef) (bool, error) {
	if e.grant != nil {
		return true, nil
	}
	ids, known := e.h.permits.get(ref, e.h.utc())
	if !known {
		var err error
		ids, err = e.h.records.PermittedUsers(ctx, ref)
		if err != nil && !errors.Is(err, model.ErrCRMNotFound) {
			return false, err
		}
		e.h.permits.put(ref, ids, e.h.utc(), e.h.utc().Add(sightFor))
	}
	return slices.Contains(ids, e.self.ID), nil
}

// mayOrganization tells whether the user may see an organisation that the company token
// showed with a record.
func (e eyes) mayOrganization(ctx context.Context, organization int64) (bool, error) {
	if organization == 0 {
		return false, nil // nobody can tell
	}
	ids, known := e.h.orgPermits.get(organization, e.h.utc())
	if !known {
		var err error
		ids, err = e.h.records.OrganizationUsers(ctx, organization)
		if err != nil && !errors.Is(err, model.ErrCRMNotFound) && !errors.Is(err, model.ErrCRMForbidden) {
			return false, err
		}
		e.h.orgPermits.put(organization, ids, e.h.utc(), e.h.utc().Add(sightFor))
	}
	return slices.Contains(ids, e.self.ID), nil
}

// looksOrganization refuses an organisation that the user may not see, as if it were not
// there; empty is none. Their own grant takes no other.
func (e eyes) looksOrganization(ctx context.Context, id string) error {
	if id == "" || e.grant != nil {
		return nil
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return model.ErrCRMInvalid
	}
	sees, err := e.mayOrganization(ctx, n)
	if err == nil && !sees {
		err = model.ErrCRMNotFound
	}
	return err
}

// checksAtOnce is how many records are checked beside each other.
const checksAtOnce = 4

// filter returns those records that the user may see, as far as they may see them.
func (e eyes) filter(ctx context.Context, found []model.Record) ([]model.Record, error) {
	keep := make([]bool, len(found))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(checksAtOnce)
	for i := range found {
		g.Go(func() (err error) {
			if keep[i], err = e.may(ctx, found[i].RecordRef); err != nil || !keep[i] {
				return err
			}
			found[i], err = e.shown(ctx, found[i])
			return err
		})
	}
	err := g.Wait()
	out := make([]model.Record, 0, len(found))
	for i, r := range found {
		if keep[i] {
			out = append(out, r)
		}
	}
	return out, err
}

// shown is a record without what of others stands in it that the user may not see: the
// person whom a lead or deal is with, with their addresses, the organisation, what is open.
func (e eyes) shown(ctx context.Context, r model.Record) (model.Record, error) {
	if e.grant != nil {
		return r, nil
	}
	r.Mine = r.OwnerID != 0 && r.OwnerID == e.self.ID
	if r.Person != nil {
		sees, err := e.may(ctx, *r.Person)
		if err != nil {
			return model.Record{}, err
		}
		if !sees {
			r.Person, r.PersonName = nil, ""
		}
	}
	if r.Type != model.Person && r.Person == nil {
		r.PersonName, r.Emails, r.Phones = "", nil, nil // they are the person's
	}
	if r.Organization != "" {
		sees, err := e.mayOrganization(ctx, r.OrganizationID)
		if err != nil {
			return model.Record{}, err
		}
		if !sees {
			r.Organization, r.OrganizationID = "", 0
		}
	}
	open, err := e.filter(ctx, r.Open)
	if len(open) == 0 {
		open = nil
	}
	r.Open = open
	return r, err
}

// keepSights keeps who of the hub's users may see a record, by ids of the CRM, as it was
// when it was asked. An event from after that knows better.
func (h *Hub) keepSights(ctx context.Context, ref model.RecordRef, ids []int64, asked time.Time) error {
	users, err := h.staff.users(ctx, h, ids)
	if err != nil {
		return err
	}
	return h.store.Accounts(ctx, func(tx store.AccountTx) error {
		s, err := tx.RecordState(ref)
		if err != nil {
			return err
		}
		if s.EventAt.After(asked) {
			h.permits.drop(func(r model.RecordRef) bool { return r == ref })
			return withdraw(tx, ref, users)
		}
		s.AskedAt = asked
		return errors.Join(tx.SetRecordState(ref, s), tx.SetSights(ref, users, h.utc().Add(sightFor)))
	})
}

// forgetSight keeps that a user does not see a record; of one that is gone, who saw it
// last stays.
func (h *Hub) forgetSight(ctx context.Context, ref model.RecordRef, user model.UserID) error {
	return h.store.Accounts(ctx, func(tx store.AccountTx) error {
		s, err := tx.RecordState(ref)
		if err != nil || s.Gone {
			return err
		}
		return tx.SetSight(ref, user, time.Time{})
	})
}

// keepRecord keeps that a user saw a record when it was asked for, and how it stands.
func (h *Hub) keepRecord(ctx context.Context, r model.Record, user model.User, asked time.Time, by model.Author) error {
	err := h.store.Accounts(ctx, func(tx store.AccountTx) error {
		s, err := tx.RecordState(r.RecordRef)
		if err != nil || s.EventAt.After(asked) {
			return err
		}
		return tx.SetSight(r.RecordRef, user.ID, h.utc().Add(sightFor))
	})
	return errors.Join(err, h.observe(ctx, r, by))
}

func (h *Hub) linksTo(ctx context.Context, ref model.RecordRef) (links []store.Link, err error) {
	err = h.store.Read(ctx, func(r store.Reader) error {
		links, err = r.LinksTo(ref)
		return err
	})
	return links, err
}

// RecordQuery is what is to be told of a record besides itself.
type RecordQuery struct {
	// About is a conversation, which the user must see: how many others may see the record
	// is told, and no transcript.
	About model.ConversationID
	// NoTranscripts leaves these out; else those after Cursor are told.
	NoTranscripts bool
	Cursor        string
}

// Record returns a record as a user may see it in the CRM, with a page of the transcripts
// that stand on it: whoever may see the record may read them.
func (h *Hub) Record(ctx context.Context, user model.User, ref model.RecordRef, q RecordQuery) (model.RecordView, error) {
	var v model.RecordView
	about := q.About
	if about != "" {
		if _, err := h.Conversation(ctx, user, about); err != nil {
			return v, err
		}
	}
	err := h.onRecord(ctx, user, ref, func(_ eyes, r model.Record, permitted []int64) error {
		v.Record = r
		if about != "" && permitted != nil {
			others := max(len(permitted)-1, 0) // the user is one of them
			v.Others = &others
		}
		if about != "" || q.NoTranscripts {
			return nil
		}
		return h.fillTranscripts(ctx, &v, ref, q.Cursor)
	})
	return v, err
}

// transcriptsAtOnce is how many notes a page of a record's transcripts has.
const transcriptsAtOnce = 10

func (h *Hub) fillTranscripts(ctx context.Context, v *model.RecordView, ref model.RecordRef, cursor string) error {
	return h.store.Read(ctx, func(r store.Reader) error {
		parts, next, err := r.TranscriptsOn(ref, cursor, transcriptsAtOnce)
		v.Transcripts, v.Cursor = nil, next
		for _, p := range parts {
			v.Transcripts = append(v.Transcripts, p.Shown())
		}
		return err
	})
}

// onRecord calls f with a record that the user may see.
func (h *Hub) onRecord(ctx context.Context, user model.User, ref model.RecordRef, f func(e eyes, r model.Record, permitted []int64) error) error {
	if h.records == nil {
		return model.Refuse(model.NoCRM)
	}
	if !ref.Valid() {
		return model.Refuse(model.BadRecord)
	}
	return h.withEyes(ctx, user, func(e eyes) error {
		r, permitted, err := e.look(ctx, ref)
		if err != nil {
			return err
		}
		return f(e, r, permitted)
	})
}

// CreateRecord makes a person, a lead or a deal of the user's. Whom it is with, person or
// organisation, they must be able to see.
func (h *Hub) CreateRecord(ctx context.Context, user model.User, t model.RecordType, n model.NewRecord) (out model.Record, err error) {
	if n.Title = strings.TrimSpace(n.Title); n.Title == "" {
		return out, &InvalidError{Field: "title", Reason: "must not be empty."}
	}
	person := model.RecordRef{Type: model.Person, ID: n.PersonID}
	if n.PersonID != "" && (t == model.Person || !person.Valid()) {
		return out, model.Refuse(model.BadRecord)
	}
	asked := h.utc()
	err = h.withEyes(ctx, user, func(e eyes) (err error) {
		if n.PersonID != "" {
			if _, _, err := e.look(ctx, person); err != nil {
				return err
			}
		}
		if err := e.looksOrganization(ctx, n.OrganizationID); err != nil {
			return err
		}
		if e.grant == nil {
			n.OwnerID = e.self.ID
		}
		create, known := map[model.RecordType]func(context.Context, *model.CRMGrant, model.NewRecord) (model.Record, error){
			model.Person: h.records.CreatePerson, model.Lead: h.records.CreateLead, model.Deal: h.records.CreateDeal,
		}[t]
		if !known {
			return model.Refuse(model.BadRecord)
		}
		if out, err = create(ctx, e.grant, n); err != nil {
			return err
		}
		out, err = e.shown(ctx, out)
		return errors.Join(err, h.keepRecord(ctx, out, user, asked, byUser(user)))
	})
	return out, err
}

// Stages returns the stages of all pipelines.
func (h *Hub) Stages(ctx context.Context, user model.User) (out []model.Stage, err error) {
	err = h.withEyes(ctx, user, func(e eyes) (err error) {
		out, err = h.records.Stages(ctx, e.grant)
		return err
	})
	return out, err
}

// DealChange is what is to become of a deal: a stage, or a status.
type DealChange struct {
	Stage  int64
	Status model.DealStatus
	// LostReason may be given with the status lost.
	LostReason string
}

func (d DealChange) check() error {
	switch {
	case (d.Stage != 0) == (d.Status != ""):
		return &InvalidError{Field: "stage", Reason: "name a stage or a status, one of them."}
	case d.LostReason != "" && d.Status != model.DealLost:
		return &InvalidError{Field: "lost_reason", Reason: "goes with the status lost."}
	}
	return nil
}

// ChangeDeal moves a deal that the user may see, or opens or closes it.
func (h *Hub) ChangeDeal(ctx context.Context, user model.User, ref model.RecordRef, to DealChange) (out model.Record, err error) {
	if err := to.check(); err != nil {
		return out, err
	}
	give, err := h.recordLocks.take(ctx, ref)
	if err != nil {
		return out, err
	}
	defer give() // what the CRM tells of it comes after
	err = h.onRecord(ctx, user, ref, func(e eyes, _ model.Record, _ []int64) (err error) {
		if to.Stage != 0 {
			out, err = h.records.SetStage(ctx, e.grant, ref.ID, to.Stage)
		} else {
			out, err = h.records.SetStatus(ctx, e.grant, ref.ID, to.Status, to.LostReason)
		}
		if err != nil {
			return err
		}
		if err := h.observe(ctx, out, byUser(user)); err != nil {
			return err
		}
		out, err = e.shown(ctx, out)
		return err
	})
	return out, err
}

// ConvertLead makes a deal of a lead that the user may see; what was linked to the lead is
// linked to the deal.
func (h *Hub) ConvertLead(ctx context.Context, user model.User, ref model.RecordRef) (deal model.RecordRef, err error) {
	give, err := h.recordLocks.take(ctx, ref)
	if err != nil {
		return deal, err
	}
	defer give()
	err = h.onRecord(ctx, user, ref, func(e eyes, _ model.Record, _ []int64) (err error) {
		if deal, err = h.records.ConvertLead(ctx, e.grant, ref.ID); err != nil {
			return err
		}
		if _, _, err := e.look(ctx, deal); err != nil {
			h.log.Warn("read the deal that a lead became", keyError, err)
		}
		return h.repoint(ctx, byUser(user), ref, deal, model.ActionConverted)
	})
	return deal, err
}
