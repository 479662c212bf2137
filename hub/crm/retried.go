package crm

import (
	"context"
	"errors"
	"time"

	"parley/hub/wake"
	"parley/model"
)

// mostWait is the longest wait for the CRM's short-term budget to recover, mostWaits how often
// a call waits.
const (
	mostWait  = 3 * time.Second
	mostWaits = 4
)

// retried repeats calls that the CRM refused because its short-term budget was used up: such a
// call was not carried out. Converting a lead takes several calls and is not repeated.
type retried struct {
	Records
	now func() time.Time
}

// waited repeats ask while it is refused for want of budget, if the wait is short.
func waited[T any](ctx context.Context, now func() time.Time, ask func() (T, error)) (T, error) {
	for n := 0; ; n++ {
		v, err := ask()
		var limit *model.CRMLimit
		if !errors.As(err, &limit) || limit.Daily || n == mostWaits {
			return v, err
		}
		wait := limit.Until.Sub(now())
		if wait > mostWait || !wake.Pause(ctx, max(wait, time.Millisecond)) {
			return v, err
		}
	}
}

// Search implements [Records].
func (p retried) Search(ctx context.Context, as *model.CRMGrant, term string, types []model.RecordType, limit int) ([]model.Record, error) {
	return waited(ctx, p.now, func() ([]model.Record, error) { return p.Records.Search(ctx, as, term, types, limit) })
}

// SearchField implements [Records].
func (p retried) SearchField(ctx context.Context, as *model.CRMGrant, field, value string) ([]model.Record, error) {
	return waited(ctx, p.now, func() ([]model.Record, error) { return p.Records.SearchField(ctx, as, field, value) })
}

// PersonField implements [Records].
func (p retried) PersonField(ctx context.Context, name string) (string, error) {
	return waited(ctx, p.now, func() (string, error) { return p.Records.PersonField(ctx, name) })
}

// Record implements [Records].
func (p retried) Record(ctx context.Context, as *model.CRMGrant, ref model.RecordRef) (model.Record, error) {
	return waited(ctx, p.now, func() (model.Record, error) { return p.Records.Record(ctx, as, ref) })
}

// PermittedUsers implements [Records].
func (p retried) PermittedUsers(ctx context.Context, ref model.RecordRef) ([]int64, error) {
	return waited(ctx, p.now, func() ([]int64, error) { return p.Records.PermittedUsers(ctx, ref) })
}

// OrganizationUsers implements [Records].
func (p retried) OrganizationUsers(ctx context.Context, organization int64) ([]int64, error) {
	return waited(ctx, p.now, func() ([]int64, error) { return p.Records.OrganizationUsers(ctx, organization) })
}

// Stages implements [Records].
func (p retried) Stages(ctx context.Context, as *model.CRMGrant) ([]model.Stage, error) {
	return waited(ctx, p.now, func() ([]model.Stage, error) { return p.Records.Stages(ctx, as) })
}

// CreatePerson implements [Records].
func (p retried) CreatePerson(ctx context.Context, as *model.CRMGrant, n model.NewRecord) (model.Record, error) {
	return waited(ctx, p.now, func() (model.Record, error) { return p.Records.CreatePerson(ctx, as, n) })
}

// CreateLead implements [Records].
func (p retried) CreateLead(ctx context.Context, as *model.CRMGrant, n model.NewRecord) (model.Record, error) {
	return waited(ctx, p.now, func() (model.Record, error) { return p.Records.CreateLead(ctx, as, n) })
}

// CreateDeal implements [Records].
func (p retried) CreateDeal(ctx context.Context, as *model.CRMGrant, n model.NewRecord) (model.Record, error) {
	return waited(ctx, p.now, func() (model.Record, error) { return p.Records.CreateDeal(ctx, as, n) })
}

// SetStage implements [Records].
func (p retried) SetStage(ctx context.Context, as *model.CRMGrant, deal string, stage int64) (model.Record, error) {
	return waited(ctx, p.now, func() (model.Record, error) { return p.Records.SetStage(ctx, as, deal, stage) })
}

// SetStatus implements [Records].
func (p retried) SetStatus(ctx context.Context, as *model.CRMGrant, deal string, to model.DealStatus, reason string) (model.Record, error) {
	return waited(ctx, p.now, func() (model.Record, error) { return p.Records.SetStatus(ctx, as, deal, to, reason) })
}

// Brief implements [Records].
func (p retried) Brief(ctx context.Context, ref model.RecordRef) (model.Record, error) {
	return waited(ctx, p.now, func() (model.Record, error) { return p.Records.Brief(ctx, ref) })
}

// DealOfLead implements [Records].
func (p retried) DealOfLead(ctx context.Context, lead, person string) (model.RecordRef, error) {
	return waited(ctx, p.now, func() (model.RecordRef, error) { return p.Records.DealOfLead(ctx, lead, person) })
}
