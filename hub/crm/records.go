package crm

import (
	"context"
	"errors"
	"strings"

	"parley/hub/logkey"
	"parley/hub/store"
	"parley/model"
)

func (l *Links) linksTo(ctx context.Context, ref model.RecordRef) (links []store.Link, err error) {
	err = l.store.Read(ctx, func(r store.Reader) error {
		links, err = r.LinksTo(ref)
		return err
	})
	return links, err
}

// RecordQuery says what to return about a record besides the record itself.
type RecordQuery struct {
	// About is a conversation, which the user must see. With it, the number of others who may
	// see the record is returned, and no transcripts.
	About model.ConversationID
	// NoTranscripts leaves out transcripts; otherwise those after Cursor are returned.
	NoTranscripts bool
	Cursor        string
}

// Record returns a record as a user may see it in the CRM, with a page of its transcripts:
// whoever may see the record may read them.
func (rq *Requests) Record(ctx context.Context, user model.User, ref model.RecordRef, q RecordQuery) (model.RecordView, error) {
	var v model.RecordView
	about := q.About
	if about != "" {
		if _, err := rq.conversation(ctx, user, about); err != nil {
			return v, err
		}
	}
	err := rq.onRecord(ctx, user, ref, func(_ viewer, r model.Record, permitted []int64) error {
		v.Record = r
		if about != "" && permitted != nil {
			others := max(len(permitted)-1, 0) // the user is one of them
			v.Others = &others
		}
		if about != "" || q.NoTranscripts {
			return nil
		}
		return rq.fillTranscripts(ctx, &v, ref, q.Cursor)
	})
	return v, err
}

// transcriptsAtOnce is how many notes a page of transcripts has.
const transcriptsAtOnce = 10

func (rq *Requests) fillTranscripts(ctx context.Context, v *model.RecordView, ref model.RecordRef, cursor string) error {
	return rq.store.Read(ctx, func(r store.Reader) error {
		parts, next, err := r.TranscriptsOn(ref, cursor, transcriptsAtOnce)
		v.Transcripts, v.Cursor = nil, next
		for _, p := range parts {
			v.Transcripts = append(v.Transcripts, p.Shown())
		}
		return err
	})
}

// onRecord calls f with a record that the user may see.
func (rq *Requests) onRecord(ctx context.Context, user model.User, ref model.RecordRef, f func(e viewer, r model.Record, permitted []int64) error) error {
	if rq.records == nil {
		return model.Refuse(model.NoCRM)
	}
	if !ref.Valid() {
		return model.Refuse(model.BadRecord)
	}
	return rq.asViewer(ctx, user, func(e viewer) error {
		r, permitted, err := e.readRecord(ctx, ref)
		if err != nil {
			return err
		}
		return f(e, r, permitted)
	})
}

// CreateRecord creates a person, lead or deal owned by the user. The user must be able to see
// the person and organisation that it is for.
func (rq *Requests) CreateRecord(ctx context.Context, user model.User, t model.RecordType, n model.NewRecord) (out model.Record, err error) {
	if n.Title = strings.TrimSpace(n.Title); n.Title == "" {
		return out, &model.InvalidError{Field: "title", Reason: "must not be empty."}
	}
	person := model.RecordRef{Type: model.Person, ID: n.PersonID}
	if n.PersonID != "" && (t == model.Person || !person.Valid()) {
		return out, model.Refuse(model.BadRecord)
	}
	asked := rq.now()
	err = rq.asViewer(ctx, user, func(e viewer) (err error) {
		if n.PersonID != "" {
			if _, _, err := e.readRecord(ctx, person); err != nil {
				return err
			}
		}
		if err := e.checkOrganization(ctx, n.OrganizationID); err != nil {
			return err
		}
		if e.grant == nil {
			n.OwnerID = e.self.ID
		}
		create, known := map[model.RecordType]func(context.Context, *model.CRMGrant, model.NewRecord) (model.Record, error){
			model.Person: rq.records.CreatePerson, model.Lead: rq.records.CreateLead, model.Deal: rq.records.CreateDeal,
		}[t]
		if !known {
			return model.Refuse(model.BadRecord)
		}
		if out, err = create(ctx, e.grant, n); err != nil {
			return err
		}
		out, err = e.shown(ctx, out)
		return errors.Join(err, rq.storeSeen(ctx, out, user, asked, byUser(user)))
	})
	return out, err
}

// Stages returns the stages of all pipelines.
func (rq *Requests) Stages(ctx context.Context, user model.User) (out []model.Stage, err error) {
	err = rq.asViewer(ctx, user, func(e viewer) (err error) {
		out, err = rq.records.Stages(ctx, e.grant)
		return err
	})
	return out, err
}

// DealChange moves a deal to a stage or gives it a status.
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

// ChangeDeal moves, closes or reopens a deal that the user may change.
func (rq *Requests) ChangeDeal(ctx context.Context, user model.User, ref model.RecordRef, to DealChange) (out model.Record, err error) {
	if err := to.check(); err != nil {
		return out, err
	}
	unlock, err := rq.recordLocks.Lock(ctx, ref)
	if err != nil {
		return out, err
	}
	defer unlock() // webhooks about it are handled after this
	err = rq.onRecord(ctx, user, ref, func(e viewer, now model.Record, _ []int64) (err error) {
		if now.Locked {
			return model.Refuse(model.CRMEditUnknown)
		}
		if to.Stage != 0 {
			out, err = rq.records.SetStage(ctx, e.grant, ref.ID, to.Stage)
		} else {
			out, err = rq.records.SetStatus(ctx, e.grant, ref.ID, to.Status, to.LostReason)
		}
		if err != nil {
			return err
		}
		if err := rq.observe(ctx, out, byUser(user)); err != nil {
			return err
		}
		out, err = e.shown(ctx, out)
		return err
	})
	return out, err
}

// ConvertLead turns a lead that the user may change into a deal, and moves its links to the
// deal.
func (rq *Requests) ConvertLead(ctx context.Context, user model.User, ref model.RecordRef) (deal model.RecordRef, err error) {
	unlock, err := rq.recordLocks.Lock(ctx, ref)
	if err != nil {
		return deal, err
	}
	defer unlock()
	err = rq.onRecord(ctx, user, ref, func(e viewer, now model.Record, _ []int64) (err error) {
		if now.Locked {
			return model.Refuse(model.CRMEditUnknown)
		}
		if deal, err = rq.records.ConvertLead(ctx, e.grant, ref.ID); err != nil {
			return err
		}
		if _, _, err := e.readRecord(ctx, deal); err != nil {
			rq.log.Warn("read the deal that a lead became", logkey.Error, err)
		}
		return rq.repoint(ctx, byUser(user), ref, deal, model.ActionConverted)
	})
	return deal, err
}
