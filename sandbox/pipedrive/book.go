package pipedrive

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/sandbox/seeded"
)

// Who may see something of Pipedrive's besides its owner and admins.
//
// Source: Pipedrive's OpenAPI, visible_to on the plans Premium and Ultimate.
const (
	ownerOnly   = 1
	ownersGroup = 3
	groupBelow  = 5
	everybody   = 7
)

// owned is what every record has.
type owned struct {
	id             int
	owner          *user
	visible        int
	added, updated time.Time
}

// seenBy tells whether a user may see the record.
func (o *owned) seenBy(u *user) bool {
	switch {
	case u.company != o.owner.company:
		return false
	case u == o.owner || u.admin:
		return true
	case o.visible == ownersGroup || o.visible == groupBelow:
		return u.group == o.owner.group
	}
	return o.visible == everybody
}

func (o *owned) rights() *owned { return o }

// record is anything that somebody owns.
type record interface{ rights() *owned }

type organization struct {
	owned
	name, address string
}

// contact is one e-mail address or phone number.
type contact struct {
	Value   string `json:"value"`
	Primary bool   `json:"primary"`
	Label   string `json:"label"`
}

type person struct {
	owned
	name           string
	emails, phones []contact
	orgID          int
	custom         map[string]string // by the field's code
}

type deal struct {
	owned
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
	creator          *user
	archived         bool
}

// money is how version 1 writes an amount.
type money struct {
	Amount   *float64 `json:"amount"`
	Currency string   `json:"currency"`
}

type lead struct {
	owned
	uuid            string
	title           string
	personID, orgID int
	value           *money
	expected        string
	originID        string
	creator         *user
	archived, seen  bool
}

type note struct {
	id              int
	content         string
	leadID          string
	dealID          int
	personID, orgID int
	author, lastBy  *user
	added, updated  time.Time
	pinned          map[string]bool
}

type pipeline struct {
	id   int
	name string
}

type stage struct {
	id, pipelineID, order int
	name                  string
	probability           int
}

// field is a custom field of persons.
type field struct{ code, name, kind string }

// conversion is a lead that becomes a deal.
type conversion struct {
	id, lead string
	deal     int
	asked    int // how often its status was asked for
}

// book is what Pipedrive holds: the companies' users and what they have of their
// customers. Pipedrive.mu guards it.
type book struct {
	seed uint64
	now  func() time.Time

	users         []*user
	organizations []*organization
	persons       []*person
	deals         []*deal
	leads         []*lead
	notes         []*note
	pipelines     []pipeline
	stages        []stage
	fields        []field
	conversions   []*conversion
	lastID        int
	issued        int // secrets
}

// secret makes a secret that is like no other one. mu held.
func (b *book) secret(what string, n int) string {
	b.issued++
	at := strconv.FormatInt(b.now().UnixNano(), 10)
	return seeded.Hex(b.seed, "pipedrive "+what+" "+at+" "+strconv.Itoa(b.issued), n)
}

// next makes an id that nothing else has. mu held.
func (b *book) next() int {
	b.lastID++
	return b.lastID
}

// seen returns what a user sees of a list, in its order.
func seen[T record](list []T, u *user) []T {
	out := []T{}
	for _, x := range list {
		if x.rights().seenBy(u) {
			out = append(out, x)
		}
	}
	return out
}

// find returns what has an id, if the user sees it.
func find[T record](list []T, id int, u *user) (found T, ok bool) {
	i := slices.IndexFunc(list, func(x T) bool { return x.rights().id == id })
	if i < 0 || !list[i].rights().seenBy(u) {
		return found, false
	}
	return list[i], true
}

// without takes what has an id out of a list.
func without[T record](list []T, id int) []T {
	return slices.DeleteFunc(list, func(x T) bool { return x.rights().id == id })
}

// findLead finds a lead that a user sees; nil: there is none.
func (b *book) findLead(uuid string, u *user) *lead {
	i := slices.IndexFunc(b.leads, func(l *lead) bool { return strings.EqualFold(l.uuid, uuid) })
	if i < 0 || !b.leads[i].seenBy(u) {
		return nil
	}
	return b.leads[i]
}

// stage finds a stage; nil: there is none.
func (b *book) stage(id int) *stage {
	i := slices.IndexFunc(b.stages, func(s stage) bool { return s.id == id })
	if i < 0 {
		return nil
	}
	return &b.stages[i]
}

// firstStage is where deals of a pipeline begin; nil: there is no such pipeline.
func (b *book) firstStage(pipeline int) *stage {
	i := slices.IndexFunc(b.stages, func(s stage) bool { return s.pipelineID == pipeline })
	if i < 0 {
		return nil
	}
	return &b.stages[i]
}

// hasField tells whether persons have a custom field of that code.
func (b *book) hasField(code string) bool {
	return slices.ContainsFunc(b.fields, func(f field) bool { return f.code == code })
}

// timeV2 is how version 2 writes a time, in UTC; timeMilli how leads do.
const (
	timeV2    = "2006-01-02T15:04:05Z"
	timeMilli = "2006-01-02T15:04:05.000Z"
)

// timeOrNull writes a time, null for none.
func timeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(timeV2)
}

// idOrNull writes an id, null for none.
func idOrNull(id int) any {
	if id == 0 {
		return nil
	}
	return id
}

// textOrNull writes a text, null for none.
func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
