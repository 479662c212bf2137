package crm

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"parley/hub/company"
	"parley/hub/hookstate"
	"parley/hub/keylock"
	"parley/hub/store"
	"parley/hub/ttl"
	"parley/hub/txn"
	"parley/hub/vault"
	"parley/model"
)

// Timing holds the deadlines of what is done with the CRM.
type Timing struct {
	// Call is the longest that one call of the CRM may take.
	Call time.Duration
	// Nightly is at which time of the night, counted from midnight in the hub's zone, linked
	// records are read again; Pause is between two of them.
	Nightly, Pause time.Duration
}

// Options are what this package is made of.
type Options struct {
	Store   *txn.Store
	Company *company.Company
	// Records are those of the CRM; nil: none is configured.
	Records Records
	// Notes are those of the same CRM; nil: no transcripts are kept there.
	Notes Notes
	// Hooks are the webhooks of the same CRM; nil: none can be asked for.
	Hooks Hooks
	// Vault derives by which password the CRM's webhooks come.
	Vault *vault.Vault
	// Transcripts is told of what is linked and unlinked.
	Transcripts Transcripts
	// Conversation returns a conversation as a user sees it.
	Conversation func(context.Context, model.User, model.ConversationID) (model.Conversation, error)
	// Turn waits until a user may read; leave ends it.
	Turn func(context.Context, model.UserID) (leave func(), err error)
	// Regions are those of which telephone numbers in a conversation may be.
	Regions func(ctx context.Context, p store.Page, c model.Customer, u model.User, texts []string) []string
	Timing  Timing
	// Clock is the hub's time in the hub's zone, Now as it is stored and shown.
	Clock, Now func() time.Time
	Log        *slog.Logger
}

// CRM is all of it.
type CRM struct {
	*Requests
	*Events
	*Webhooks
}

// New returns what the hub does with the CRM; [Events.RunEvents] and [Events.RunNightly] do
// its work in the background.
func New(o Options) *CRM {
	s := &shared{
		store: o.Store, company: o.Company, records: o.Records, notes: o.Notes, hooks: o.Hooks, vault: o.Vault,
		transcripts: o.Transcripts, conversation: o.Conversation, turn: o.Turn, regions: o.Regions,
		timing: o.Timing, clock: o.Clock, now: o.Now, log: o.Log,
	}
	if o.Records != nil {
		s.records = retried{o.Records, o.Clock}
	}
	links := &Links{s}
	return &CRM{
		Requests: &Requests{Links: links},
		Events:   &Events{Links: links, waiting: make(chan model.CRMEvent, mostCRMEvents)},
		Webhooks: &Webhooks{shared: s},
	}
}

// Configured tells whether there is a CRM whose records can be asked for.
func (c *CRM) Configured() bool { return c.Requests.records != nil }

// shared is what each type here is made of, and what was found of late.
type shared struct {
	store        *txn.Store
	company      *company.Company
	records      Records
	notes        Notes
	hooks        Hooks
	vault        *vault.Vault
	transcripts  Transcripts
	conversation func(context.Context, model.User, model.ConversationID) (model.Conversation, error)
	turn         func(context.Context, model.UserID) (leave func(), err error)
	regions      func(ctx context.Context, p store.Page, c model.Customer, u model.User, texts []string) []string
	timing       Timing
	clock, now   func() time.Time
	log          *slog.Logger

	// recordLocks has one thing at a time become of a record.
	recordLocks keylock.Locks[model.RecordRef]
	permits     ttl.Cache[model.RecordRef, []int64]
	orgPermits  ttl.Cache[int64, []int64]
	searches    ttl.Cache[searchKey, []model.Record]
	suggested   ttl.Cache[suggestionKey, []model.Candidate]
}

// Links is what became of records that conversations are linked to, and who sees them.
type Links struct{ *shared }

// Requests is what users ask of the CRM's records.
type Requests struct {
	*Links
	looked ttl.Cache[looked, struct{}]
	fields ttl.Cache[string, string]
	making sync.Mutex // held while the field for PSIDs is made
}

// Events is what the CRM tells, or is asked each night as webhooks get lost.
type Events struct {
	*Links
	waiting chan model.CRMEvent
	seen    ttl.Cache[string, struct{}]
}

// Webhooks is by what the CRM tells it.
type Webhooks struct {
	*shared
	hooked hookstate.State
}
