package privacy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"parley/e2e/livehub"
	"parley/hub"
	"parley/hub/crm"
	"parley/model"
)

// secretCRM plays Pipedrive for the property: every record has who may see it, and by a
// user's own grant nothing else is told, as there.
type secretCRM struct {
	mu      sync.Mutex
	records map[model.RecordRef]*secretRecord
	// order is records as they came, for chance to choose from.
	order []model.RecordRef
	// admins are the admins by their ids in the CRM.
	admins map[int64]bool
	made   int
}

// secretRecord is a person, a lead or a deal.
type secretRecord struct {
	model.Record
	// page stands for the record in the ledger.
	page model.PageID
	// permitted are who may see it, by their ids in the CRM.
	permitted map[int64]bool
}

var (
	_ hub.CRM     = (*secretCRM)(nil)
	_ crm.Records = (*secretCRM)(nil)
)

// mostSecretUsers is how many users the company has. Who joins the hub is the next.
const mostSecretUsers = 400

const secretGrant = "grant-"

func newSecretCRM() *secretCRM {
	return &secretCRM{records: map[model.RecordRef]*secretRecord{}, admins: map[int64]bool{}}
}

// secretID is the id in the CRM of who has an address of [secretEmail].
func secretID(email string) int64 {
	digits, _, _ := strings.Cut(strings.TrimPrefix(email, "user"), "@")
	id, _ := strconv.ParseInt(digits, 10, 64)
	return id
}

func (c *secretCRM) setAdmin(email string, admin bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.admins[secretID(email)] = admin
}

// permits lets somebody see a record from now on.
func (c *secretCRM) permits(ref model.RecordRef, email string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.records[ref].permitted[secretID(email)] = true
}

// may tells whether somebody may see a record.
func (c *secretCRM) may(ref model.RecordRef, email string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.records[ref]
	return r != nil && r.permitted[secretID(email)]
}

// owns tells whether a record is somebody's.
func (c *secretCRM) owns(ref model.RecordRef, email string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.records[ref]
	return r != nil && r.OwnerID == secretID(email)
}

// of returns the records there are; gone ones are not among them.
func (c *secretCRM) of(types ...model.RecordType) (refs []model.RecordRef) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ref := range c.order {
		if c.records[ref] != nil && (len(types) == 0 || slices.Contains(types, ref.Type)) {
			refs = append(refs, ref)
		}
	}
	return refs
}

func (c *secretCRM) page(ref model.RecordRef) model.PageID {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.records[ref].page
}

// asked is by whose grant it is asked; 0: by the company token.
func asked(as *model.CRMGrant) int64 {
	if as == nil {
		return 0
	}
	id, _ := strconv.ParseInt(strings.TrimPrefix(as.Access, secretGrant), 10, 64)
	return id
}

// shown is a record as whoever asks may see it. mu is held.
func (c *secretCRM) shown(as *model.CRMGrant, ref model.RecordRef, whole bool) (model.Record, bool) {
	id := asked(as)
	sees := func(ref model.RecordRef) bool {
		r := c.records[ref]
		return r != nil && (id == 0 || r.permitted[id])
	}
	if !sees(ref) {
		return model.Record{}, false
	}
	r := c.records[ref].Record
	if r.Person != nil && !sees(*r.Person) {
		r.Person, r.PersonName = nil, ""
	}
	if whole && ref.Type == model.Person {
		for _, of := range c.order {
			if o := c.records[of]; o != nil && o.Person != nil && *o.Person == ref && sees(of) {
				open, _ := c.shown(as, of, false)
				r.Open = append(r.Open, open)
			}
		}
	}
	return r, true
}

func (c *secretCRM) user(id int64) model.CRMUser {
	return model.CRMUser{ID: id, Name: "User", Email: livehub.SecretEmail(id), Active: true, Admin: c.admins[id]}
}

func (*secretCRM) SignsIn() bool                      { return false }
func (*secretCRM) KnowsCompany() bool                 { return true }
func (*secretCRM) AuthorizeURL(string, string) string { return "" }
func (*secretCRM) AuthorizeOrigin() string            { return "" }

func (*secretCRM) Exchange(context.Context, string, string) (model.CRMGrant, error) {
	return model.CRMGrant{}, model.ErrCRMRefused
}

func (*secretCRM) Refresh(_ context.Context, g model.CRMGrant) (model.CRMGrant, error) { return g, nil }

func (c *secretCRM) Me(_ context.Context, g model.CRMGrant) (model.CRMUser, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.user(asked(&g))
	u.Company = model.CRMCompany{ID: 1, Name: "Company"}
	return u, nil
}

func (c *secretCRM) Company(ctx context.Context) (model.CRMUser, error) {
	return c.Me(ctx, model.CRMGrant{Access: secretGrant + "1"})
}

func (c *secretCRM) Colleagues(context.Context) ([]model.CRMUser, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []model.CRMUser
	for id := range int64(mostSecretUsers) {
		all = append(all, c.user(id+1))
	}
	return all, nil
}

func (c *secretCRM) Search(_ context.Context, as *model.CRMGrant, term string, types []model.RecordType, limit int) (found []model.Record, _ error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ref := range c.order {
		r, ok := c.shown(as, ref, false)
		if ok && len(found) < limit && strings.Contains(string(r.Title), term) && (len(types) == 0 || slices.Contains(types, ref.Type)) {
			found = append(found, r)
		}
	}
	return found, nil
}

func (*secretCRM) SearchField(context.Context, *model.CRMGrant, string, string) ([]model.Record, error) {
	return nil, nil
}

func (*secretCRM) PersonField(context.Context, string) (string, error) {
	return "", model.ErrCRMNotFound
}

func (*secretCRM) CreatePersonField(context.Context, string) (string, error) {
	return "", model.ErrCRMForbidden
}

func (*secretCRM) Budget() model.CRMBudget { return model.CRMBudget{} }

// OrganizationUsers: nothing is with an organisation here.
func (*secretCRM) OrganizationUsers(context.Context, int64) ([]int64, error) {
	return nil, model.ErrCRMNotFound
}

func (*secretCRM) SetPersonField(context.Context, *model.CRMGrant, string, string, string) error {
	return nil
}

func (c *secretCRM) Record(_ context.Context, as *model.CRMGrant, ref model.RecordRef) (model.Record, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.shown(as, ref, true)
	if !ok {
		return model.Record{}, model.ErrCRMNotFound
	}
	return r, nil
}

func (c *secretCRM) Brief(_ context.Context, ref model.RecordRef) (model.Record, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.shown(nil, ref, false)
	if !ok {
		return model.Record{}, model.ErrCRMNotFound
	}
	r.PersonName = ""
	return r, nil
}

func (*secretCRM) DealOfLead(context.Context, string, string) (model.RecordRef, error) {
	return model.RecordRef{}, model.ErrCRMNotFound
}

func (c *secretCRM) PermittedUsers(_ context.Context, ref model.RecordRef) ([]int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.records[ref]
	if r == nil {
		return nil, model.ErrCRMNotFound
	}
	return slices.Sorted(maps.Keys(r.permitted)), nil
}

// create makes a record that only its owner may see. Its place in the ledger stands in
// its title, before the first space.
func (c *secretCRM) create(as *model.CRMGrant, t model.RecordType, n model.NewRecord) (model.Record, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	owner := n.OwnerID
	if as != nil {
		owner = asked(as)
	}
	page, _, _ := strings.Cut(n.Title, " ")
	ref := c.next(t)
	r := &secretRecord{
		Record: model.Record{RecordRef: ref, Title: model.Untrusted(n.Title), OwnerID: owner}, page: model.PageID(page),
		permitted: map[int64]bool{owner: true},
	}
	if p := (model.RecordRef{Type: model.Person, ID: n.PersonID}); n.PersonID != "" {
		r.Person, r.PersonName = &p, c.records[p].Title
	}
	if t == model.Deal {
		r.Status, r.Stage = model.DealOpen, &model.Stage{ID: 1, Name: "First"}
	}
	c.records[ref] = r
	c.order = append(c.order, ref)
	out, _ := c.shown(as, ref, true)
	return out, nil
}

// next is the name of the next record: nothing else has such a number. mu is held.
func (c *secretCRM) next(t model.RecordType) model.RecordRef {
	c.made++
	if t == model.Lead {
		return model.RecordRef{Type: t, ID: fmt.Sprintf("adf2%04x-0000-4000-8000-%012x", c.made, c.made)}
	}
	return model.RecordRef{Type: t, ID: fmt.Sprintf("8866%013d", c.made)}
}

func (c *secretCRM) CreatePerson(_ context.Context, as *model.CRMGrant, n model.NewRecord) (model.Record, error) {
	return c.create(as, model.Person, n)
}

func (c *secretCRM) CreateLead(_ context.Context, as *model.CRMGrant, n model.NewRecord) (model.Record, error) {
	return c.create(as, model.Lead, n)
}

func (c *secretCRM) CreateDeal(_ context.Context, as *model.CRMGrant, n model.NewRecord) (model.Record, error) {
	return c.create(as, model.Deal, n)
}

func (*secretCRM) Stages(context.Context, *model.CRMGrant) ([]model.Stage, error) {
	return []model.Stage{{ID: 1, Name: "First"}, {ID: 2, Name: "Second"}}, nil
}

func (c *secretCRM) changes(as *model.CRMGrant, deal string, f func(*secretRecord)) (model.Record, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ref := model.RecordRef{Type: model.Deal, ID: deal}
	if _, ok := c.shown(as, ref, false); !ok {
		return model.Record{}, model.ErrCRMNotFound
	}
	f(c.records[ref])
	r, _ := c.shown(as, ref, true)
	return r, nil
}

func (c *secretCRM) SetStage(_ context.Context, as *model.CRMGrant, deal string, stage int64) (model.Record, error) {
	return c.changes(as, deal, func(r *secretRecord) { r.Stage = &model.Stage{ID: stage, Name: "Some"} })
}

func (c *secretCRM) SetStatus(_ context.Context, as *model.CRMGrant, deal string, to model.DealStatus, _ string) (model.Record, error) {
	return c.changes(as, deal, func(r *secretRecord) { r.Status = to })
}

// ConvertLead makes a deal of a lead, which who might see the lead may see.
func (c *secretCRM) ConvertLead(_ context.Context, as *model.CRMGrant, lead string) (model.RecordRef, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ref := model.RecordRef{Type: model.Lead, ID: lead}
	if _, ok := c.shown(as, ref, false); !ok {
		return model.RecordRef{}, model.ErrCRMNotFound
	}
	r := c.records[ref]
	deal := *r
	deal.RecordRef = c.next(model.Deal)
	deal.Status = model.DealOpen
	delete(c.records, ref)
	c.records[deal.RecordRef] = &deal
	c.order = append(c.order, deal.RecordRef)
	return deal.RecordRef, nil
}
