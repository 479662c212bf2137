package pipedrive

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/sandbox/seeded"
)

// Who may see a record of Pipedrive besides its owner and admins.
//
// Source: Pipedrive's OpenAPI, visible_to on the plans Premium and Ultimate.
const (
	ownerOnly   = 1
	ownersGroup = 3
	groupBelow  = 5
	everybody   = 7
)

// owned is what all records have in common.
type owned struct {
	id             int
	owner          *user
	visible        int
	added, updated time.Time
}

// seenBy reports whether a user may see the record.
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

// record is anything that has an owner.
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

// money is an amount in version 1.
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

// conversion is a lead being converted to a deal.
type conversion struct {
	id, lead string
	deal     int
	asked    int // how often its status was requested
}

// book is Pipedrive's data: the companies' users and records. Pipedrive.mu guards it.
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

// secret returns a unique secret. mu must be held.
func (b *book) secret(what string, n int) string {
	b.issued++
	at := strconv.FormatInt(b.now().UnixNano(), 10)
	return seeded.Hex(b.seed, "pipedrive "+what+" "+at+" "+strconv.Itoa(b.issued), n)
}

// next returns a unique id. mu must be held.
func (b *book) next() int {
	b.lastID++
	return b.lastID
}

// seen returns what a user may see of a list, in order.
func seen[T record](list []T, u *user) []T {
	out := []T{}
	for _, x := range list {
		if x.rights().seenBy(u) {
			out = append(out, x)
		}
	}
	return out
}

// find returns the record with an id, if the user may see it.
func find[T record](list []T, id int, u *user) (found T, ok bool) {
	i := slices.IndexFunc(list, func(x T) bool { return x.rights().id == id })
	if i < 0 || !list[i].rights().seenBy(u) {
		return found, false
	}
	return list[i], true
}

// without removes the record with an id from a list.
func without[T record](list []T, id int) []T {
	return slices.DeleteFunc(list, func(x T) bool { return x.rights().id == id })
}

// findLead returns a lead that a user may see; nil: none.
func (b *book) findLead(uuid string, u *user) *lead {
	i := slices.IndexFunc(b.leads, func(l *lead) bool { return strings.EqualFold(l.uuid, uuid) })
	if i < 0 || !b.leads[i].seenBy(u) {
		return nil
	}
	return b.leads[i]
}

// stage returns a stage; nil: none.
func (b *book) stage(id int) *stage {
	i := slices.IndexFunc(b.stages, func(s stage) bool { return s.id == id })
	if i < 0 {
		return nil
	}
	return &b.stages[i]
}

// firstStage returns the first stage of a pipeline; nil: there is no such pipeline.
func (b *book) firstStage(pipeline int) *stage {
	i := slices.IndexFunc(b.stages, func(s stage) bool { return s.pipelineID == pipeline })
	if i < 0 {
		return nil
	}
	return &b.stages[i]
}

// hasField reports whether persons have a custom field with that code.
func (b *book) hasField(code string) bool {
	return slices.ContainsFunc(b.fields, func(f field) bool { return f.code == code })
}

// timeV2 is the format of times in version 2, in UTC; timeMilli that of leads.
const (
	timeV2    = "2006-01-02T15:04:05Z"
	timeMilli = "2006-01-02T15:04:05.000Z"
)

// timeOrNull formats a time, null if zero.
func timeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(timeV2)
}

// idOrNull returns an id, null if 0.
func idOrNull(id int) any {
	if id == 0 {
		return nil
	}
	return id
}

// textOrNull returns a text, null if empty.
func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
