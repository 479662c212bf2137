package sandbox

import (
	"slices"
	"strings"
	"time"
)

// Who may see something of Pipedrive's besides its owner and admins.
//
// Source: Pipedrive's OpenAPI, visible_to on the plans Premium and Ultimate.
const (
	crmOwnerOnly   = 1
	crmOwnersGroup = 3
	crmGroupBelow  = 5
	crmEverybody   = 7
)

// crmOwned is what every record has.
type crmOwned struct {
	id             int
	owner          *crmUser
	visible        int
	added, updated time.Time
}

// seenBy tells whether a user may see the record.
func (o *crmOwned) seenBy(u *crmUser) bool {
	switch {
	case u.company != o.owner.company:
		return false
	case u == o.owner || u.admin:
		return true
	case o.visible == crmOwnersGroup || o.visible == crmGroupBelow:
		return u.group == o.owner.group
	}
	return o.visible == crmEverybody
}

func (o *crmOwned) owned() *crmOwned { return o }

// crmRecord is anything that somebody owns.
type crmRecord interface{ owned() *crmOwned }

type crmOrg struct {
	crmOwned
	name, address string
}

// crmContact is one e-mail address or phone number.
type crmContact struct {
	Value   string `json:"value"`
	Primary bool   `json:"primary"`
	Label   string `json:"label"`
}

type crmPerson struct {
	crmOwned
	name           string
	emails, phones []crmContact
	orgID          int
	custom         map[string]string // by the field's code
}

type crmDeal struct {
	crmOwned
	title            string
	value            float64
	currency         string
	personID, orgID  int
	stageID          int
	status           string
	lostReason       string
	expected         string
	stageSet, closed time.Time
	sourceLead       string
	creator          *crmUser
	archived         bool
}

// crmMoney is how version 1 writes an amount.
type crmMoney struct {
	Amount   *float64 `json:"amount"`
	Currency string   `json:"currency"`
}

type crmLead struct {
	crmOwned
	uuid            string
	title           string
	personID, orgID int
	value           *crmMoney
	expected        string
	originID        string
	creator         *crmUser
	archived, seen  bool
}

type crmNote struct {
	id              int
	content         string
	leadID          string
	dealID          int
	personID, orgID int
	author, lastBy  *crmUser
	added, updated  time.Time
	pinned          map[string]bool
}

type crmPipeline struct {
	id   int
	name string
}

type crmStage struct {
	id, pipelineID, order int
	name                  string
	probability           int
}

// crmField is a custom field of persons.
type crmField struct{ code, name, kind string }

// crmConversion is a lead that becomes a deal.
type crmConversion struct {
	id, lead string
	deal     int
	asked    int // how often its status was asked for
}

// crmBook is what Pipedrive holds of a company's customers. Sandbox.mu guards it.
type crmBook struct {
	orgs        []*crmOrg
	persons     []*crmPerson
	deals       []*crmDeal
	leads       []*crmLead
	notes       []*crmNote
	pipelines   []crmPipeline
	stages      []crmStage
	fields      []crmField
	conversions []*crmConversion
	lastID      int
}

// next makes an id that nothing else has. mu held.
func (b *crmBook) next() int {
	b.lastID++
	return b.lastID
}

// crmVisible returns what a user sees of a list, in its order.
func crmVisible[T crmRecord](list []T, u *crmUser) []T {
	out := []T{}
	for _, x := range list {
		if x.owned().seenBy(u) {
			out = append(out, x)
		}
	}
	return out
}

// crmFind returns what has an id, if the user sees it.
func crmFind[T crmRecord](list []T, id int, u *crmUser) (found T, ok bool) {
	i := slices.IndexFunc(list, func(x T) bool { return x.owned().id == id })
	if i < 0 || !list[i].owned().seenBy(u) {
		return found, false
	}
	return list[i], true
}

// crmDrop takes what has an id out of a list.
func crmDrop[T crmRecord](list []T, id int) []T {
	return slices.DeleteFunc(list, func(x T) bool { return x.owned().id == id })
}

// lead finds a lead that a user sees; nil: there is none.
func (b *crmBook) lead(uuid string, u *crmUser) *crmLead {
	i := slices.IndexFunc(b.leads, func(l *crmLead) bool { return strings.EqualFold(l.uuid, uuid) })
	if i < 0 || !b.leads[i].seenBy(u) {
		return nil
	}
	return b.leads[i]
}

// stage finds a stage; nil: there is none.
func (b *crmBook) stage(id int) *crmStage {
	i := slices.IndexFunc(b.stages, func(s crmStage) bool { return s.id == id })
	if i < 0 {
		return nil
	}
	return &b.stages[i]
}

// firstStage is where deals of a pipeline begin; nil: there is no such pipeline.
func (b *crmBook) firstStage(pipeline int) *crmStage {
	i := slices.IndexFunc(b.stages, func(s crmStage) bool { return s.pipelineID == pipeline })
	if i < 0 {
		return nil
	}
	return &b.stages[i]
}

// crmISO is how version 2 writes a time, in UTC; crmISOMilli how leads do.
const (
	crmISO      = "2006-01-02T15:04:05Z"
	crmISOMilli = "2006-01-02T15:04:05.000Z"
)

// crmTimeOr writes a time, null for none.
func crmTimeOr(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(crmISO)
}

// crmIDOr writes an id, null for none.
func crmIDOr(id int) any {
	if id == 0 {
		return nil
	}
	return id
}

// crmTextOr writes a text, null for none.
func crmTextOr(s string) any {
	if s == "" {
		return nil
	}
	return s
}
