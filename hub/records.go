package hub

import (
	"context"
	"errors"
	"strings"

	"parley/hub/logkey"
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
		return out, &model.InvalidError{Field: "title", Reason: "must not be empty."}
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
		return &model.InvalidError{Field: "stage", Reason: "name a stage or a status, one of them."}
	case d.LostReason != "" && d.Status != model.DealLost:
		return &model.InvalidError{Field: "lost_reason", Reason: "goes with the status lost."}
	}
	return nil
}

// ChangeDeal moves a deal that the user may change, or opens or closes it.
func (h *Hub) ChangeDeal(ctx context.Context, user model.User, ref model.RecordRef, to DealChange) (out model.Record, err error) {
	if err := to.check(); err != nil {
		return out, err
	}
	give, err := h.recordLocks.Lock(ctx, ref)
	if err != nil {
		return out, err
	}
	defer give() // what the CRM tells of it comes after
	err = h.onRecord(ctx, user, ref, func(e eyes, now model.Record, _ []int64) (err error) {
		if now.Locked {
			return model.Refuse(model.CRMEditUnknown)
		}
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

// ConvertLead makes a deal of a lead that the user may change; what was linked to the lead is
// linked to the deal.
func (h *Hub) ConvertLead(ctx context.Context, user model.User, ref model.RecordRef) (deal model.RecordRef, err error) {
	give, err := h.recordLocks.Lock(ctx, ref)
	if err != nil {
		return deal, err
	}
	defer give()
	err = h.onRecord(ctx, user, ref, func(e eyes, now model.Record, _ []int64) (err error) {
		if now.Locked {
			return model.Refuse(model.CRMEditUnknown)
		}
		if deal, err = h.records.ConvertLead(ctx, e.grant, ref.ID); err != nil {
			return err
		}
		if _, _, err := e.look(ctx, deal); err != nil {
			h.log.Warn("read the deal that a lead became", logkey.Error, err)
		}
		return h.repoint(ctx, byUser(user), ref, deal, model.ActionConverted)
	})
	return deal, err
}
