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

// Timing holds the deadlines of this package.
type Timing struct {
	// Call is the longest that one call to the CRM may take.
	Call time.Duration
	// Nightly is when linked records are read again, counted from midnight in the hub's zone;
	// Pause is the pause between two of them.
	Nightly, Pause time.Duration
}

// Options are the dependencies and settings of this package.
type Options struct {
	Store   *txn.Store
	Company *company.Company
	// Records is the CRM's API for records; nil if no CRM is configured.
	Records Records
	// Notes reads notes of the same CRM; nil if no transcripts are kept there.
	Notes Notes
	// Hooks manages webhooks of the same CRM; nil if there can be none.
	Hooks Hooks
	// Vault derives the password of the CRM's webhooks.
	Vault *vault.Vault
	// Transcripts is notified of links and unlinks.
	Transcripts Transcripts
	// Conversation returns a conversation as a user sees it.
	Conversation func(context.Context, model.User, model.ConversationID) (model.Conversation, error)
	// Turn waits until a user may read; leave ends their turn.
	Turn func(context.Context, model.UserID) (leave func(), err error)
	// Regions returns the regions from which telephone numbers in a conversation may be.
	Regions func(ctx context.Context, p store.Page, c model.Customer, u model.User, texts []string) []string
	Timing  Timing
	// Clock is the time in the hub's zone, Now the time as it is stored and shown.
	Clock, Now func() time.Time
	Log        *slog.Logger
}

// CRM combines everything that this package does.
type CRM struct {
	*Requests
	*Events
	*Webhooks
}

// New returns a CRM; [Events.RunEvents] and [Events.RunNightly] do its work in the background.
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

// Configured reports whether there is a CRM with records.
func (c *CRM) Configured() bool { return c.Requests.records != nil }

// shared holds what the types of this package have in common, including their caches.
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

	// recordLocks serialises changes of a record.
	recordLocks keylock.Locks[model.RecordRef]
	permits     ttl.Cache[model.RecordRef, []int64]
	orgPermits  ttl.Cache[int64, []int64]
	searches    ttl.Cache[searchKey, []model.Record]
	suggested   ttl.Cache[suggestionKey, []model.Candidate]
}

// Links follows records that conversations are linked to, and who may see them.
type Links struct{ *shared }

// Requests answers what users ask of the CRM.
type Requests struct {
	*Links
	looked ttl.Cache[looked, struct{}]
	fields ttl.Cache[string, string]
	making sync.Mutex // held while the field for PSIDs is created
}

// Events handles the CRM's webhooks, and reads records every night because webhooks get lost.
type Events struct {
	*Links
	waiting chan model.CRMEvent
	seen    ttl.Cache[string, struct{}]
}

// Webhooks subscribes to the CRM's webhooks.
type Webhooks struct {
	*shared
	hooked hookstate.State
}
