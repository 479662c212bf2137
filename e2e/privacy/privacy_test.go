package privacy

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/e2e/livehub"
	"parley/hub"
	"parley/hub/accounts"
	"parley/model"
)

// privacyVariable sets how many steps TestNothingHiddenIsReceived takes, and
// privacySeed, where it is set, which.
const (
	privacyVariable = "PARLEY_PRIVACY_STEPS"
	privacySeed     = "PARLEY_PRIVACY_SEED"
)

// Steps taken where none are asked for, and after how many all clients are looked at.
const (
	privacySteps     = 1500
	privacyStepsRace = 400
	privacyCheckup   = 250
	// privacyAll is how many steps surely hold each of those that may happen.
	privacyAll = 10_000
)

// TestNothingHiddenIsReceived is the promise of a private inbox as a property: whatever
// users, customers and admins do, in whatever order, no byte that comes to a user (HTTP
// bodies and headers, frames, what their real client holds and their commands print)
// holds anything of what is hidden from them at that time. See [ledger] for what that
// means exactly.
func TestNothingHiddenIsReceived(t *testing.T) {
	t.Parallel()
	steps := privacySteps
	if livehub.RaceEnabled {
		steps = privacyStepsRace
	}
	seed := rand.Uint64()
	if v := os.Getenv(privacySeed); v != "" {
		var err error
		if seed, err = strconv.ParseUint(v, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	if v := os.Getenv(privacyVariable); v != "" {
		var err error
		if steps, err = strconv.Atoi(v); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%s=%d %s=%d", privacyVariable, steps, privacySeed, seed)
	s := newSecretive(t, seed)
	s.tells(steps)
	s.sums()
}

// tells takes that many random steps, each weighed by how often it happens.
func (s *secretive) tells(steps int) {
	var total int
	all := s.steps()
	for _, a := range all {
		total += a.weight
	}
	taken := map[string]int{}
	for n := 1; n <= steps; n++ {
		s.step = int64(n)
		s.ledger.begins(s.step)
		pick := s.IntN(total)
		for _, a := range all {
			if pick -= a.weight; pick < 0 {
				taken[a.name]++
				a.do()
				break
			}
		}
		if n%privacyCheckup == 0 || n == steps {
			s.checkup()
		}
		if faults := s.ledger.found(); len(faults) > 0 {
			const last = 25
			s.Fatalf("%d steps of seed %d:\n%s\nbefore:\n%s", n, s.seed, strings.Join(faults, "\n"),
				strings.Join(s.ledger.journal[max(0, len(s.ledger.journal)-last):], "\n"))
		}
	}
	for _, a := range all {
		if taken[a.name] == 0 && steps >= privacyAll {
			s.Errorf("%s never happened", a.name)
		}
	}
	s.Logf("steps: %v", taken)
}

// sums expects that the check could have failed: every user of the end received what
// they may have.
func (s *secretive) sums() {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	var received int
	for _, n := range s.ledger.received {
		received += n
	}
	if received == 0 || s.ledger.received[s.Ann.ID] == 0 || s.ledger.received[s.Ben.ID] == 0 {
		s.Errorf("received: %v", s.ledger.received)
	}
	s.Logf("%d bytes read along; %d secrets planted, %d times received by those who may; %d refusals as if nothing were there",
		s.ledger.bytes, len(s.ledger.secrets), received, s.refused)
	if s.refused == 0 {
		s.Error("nobody ever asked for what is hidden")
	}
}

// action is something that may happen.
type action struct {
	name   string
	weight int
	do     func()
}

// steps are all that may happen. A new kind of thing that can be done belongs here.
func (s *secretive) steps() []action {
	return []action{
		{"a customer writes", 260, s.customerDoes},
		{"reply", 90, func() { s.writes(false) }},
		{"note", 50, func() { s.writes(true) }},
		{"read", 40, s.marksRead},
		{"unread", 20, s.marksUnread},
		{"triage", 60, s.triages},
		{"resend or drop", 30, s.resends},
		{"delete", 4, s.deletes},
		{"list", 60, s.lists},
		{"search", 60, s.searches},
		{"counts", 40, s.counts},
		{"conversation", 40, s.opens},
		{"messages", 40, s.readsMessages},
		{"message", 30, s.readsMessage},
		{"notices", 25, s.notices},
		{"what is no Page's", 30, s.general},
		{"availability", 6, s.comesAndGoes},
		{"flip", 40, s.flips},
		{"flip amidst everything", 10, s.flipsAmidst},
		{"uninstall", 6, s.uninstalls},
		{"connect", 16, s.connects},
		{"revoke a token", 3, s.revokes},
		{"another role", 2, s.changesRole},
		{"disconnect", 12, s.disconnects},
		{"resume", 30, s.resumes},
		{"typing, presence", 30, s.types},
		{"a command", 20, s.commands},
		{"make a record", 12, s.creates},
		{"let in to a record", 12, s.letsIn},
		{"link or unlink", 50, s.linksRecord},
		{"search or change records", 40, s.asksCRM},
		{"look for records", 25, s.looksForRecords},
		{"a command about records", 8, s.recordCommands},
	}
}

// TestPrivacySeesALeak: the property is no use if its eyes are shut.
func TestPrivacySeesALeak(t *testing.T) {
	t.Parallel()
	l := newLedger()
	l.shows("1", map[model.UserID]bool{"ann": true, "cat": false})
	l.begins(1)
	l.plant("1", "a word", "zk0123456789abcd")
	ann, cat := l.eye("ann", "the wire"), l.eye("cat", "the wire")
	say := func(e *eye, pieces ...string) {
		g := e.gaze()
		for _, p := range pieces {
			if _, err := g.Write([]byte(p)); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := func(what string, n int) {
		t.Helper()
		if got := len(l.found()); got != n {
			t.Errorf("%s: %d faults, want %d: %q", what, got, n, l.found())
		}
	}
	say(ann, `{"text":"zk0123456789abcd"}`)
	want("who may", 0)
	say(cat, `{"text":"zk0123456789ab`, `cd"}`)
	want("in two pieces", 1)
	const id = "01890000-0000-7000-8000-000000000000"
	say(cat, `"1_`+id+`"`)
	l.plant("1", "an id", id)
	want("an id that is known later", 2)
	l.begins(2)
	l.shows("1", map[model.UserID]bool{"cat": true})
	say(cat, " zk0123456789abcd ")
	want("once shown", 2)
	l.begins(3)
	l.shows("1", map[model.UserID]bool{"cat": false})
	say(cat, " zk0123456789abcd ")
	want("seen before", 2)
	l.strictly("cat", "an answer", []byte(`zk0123456789abcd`), l.hiddenFrom("cat"))
	want("an answer made while hidden", 3)
	l.begins(4)
	l.plant("1", "a word", "zk0123456789abce")
	say(cat, "zk0123456789abce ")
	want("planted while hidden", 4)
}

// secretive is a hub with users of whom each may see other things.
type secretive struct {
	*livehub.Hub
	*rand.Rand
	seed   uint64
	step   int64
	ledger *ledger
	crm    *secretCRM

	insiders []*insider
	pages    map[model.PageID]*secretPage
	// order is pages as they came, for chance to choose from.
	order []model.PageID
	// missing is how the hub answers about what does not exist.
	missing answered
	words   int
	users   int
	refused int
}

// secretPage is an installation.
type secretPage struct {
	id            model.PageID
	installer     model.UserID
	shared        bool
	gone          bool
	conversations []*secretConversation
	notices       int
}

// secretConversation is a customer of an installation.
type secretConversation struct {
	page     *secretPage
	psid     model.PSID
	id       model.ConversationID
	messages []model.MessageID
	mids     []model.MID
}

func newSecretive(t *testing.T, seed uint64) *secretive {
	crm, timing := newSecretCRM(), hub.DefaultTiming()
	timing.Heads, timing.Revalidate = 200*time.Millisecond, 100*time.Millisecond
	for id := range int64(2) {
		crm.setAdmin(livehub.SecretEmail(id+1), true)
	}
	h := livehub.NewLiveHubWithCRM(t, crm, crm, timing)
	s := &secretive{
		Hub: h, seed: seed, Rand: rand.New(rand.NewPCG(seed, 0)), ledger: newLedger(), crm: crm,
		pages: map[model.PageID]*secretPage{}, step: 1,
	}
	t.Cleanup(func() {
		for _, i := range s.insiders {
			i.leaves()
		}
	})
	s.ledger.begins(s.step)
	users := []model.User{h.Ann.User, h.Ben.User, h.Cat.User}
	for i, id := range []model.PageID{"100", "200"} {
		s.knows(&secretPage{id: id, installer: users[i].ID, shared: true}, users)
	}
	for _, u := range []livehub.User{h.Ann, h.Ben, h.Cat} {
		s.insiders = append(s.insiders, s.newInsider(u))
		s.users++
	}
	s.missing = s.insiders[0].asks("GET", "/v1/conversations/100_1", nil)
	if s.missing.status != 404 {
		t.Fatalf("what is not there is answered %d", s.missing.status)
	}
	for range 2 {
		s.joins()
	}
	return s
}

// knows takes an installation in.
func (s *secretive) knows(p *secretPage, users []model.User) {
	s.pages[p.id] = p
	s.order = append(s.order, p.id)
	sees := map[model.UserID]bool{}
	for _, u := range users {
		sees[u.ID] = p.shared || u.ID == p.installer
	}
	s.ledger.shows(p.id, sees)
	// What is about both this Page and a record that was there before: who sees both has it.
	for _, ref := range s.crm.of() {
		s.permitted(ref)
	}
}

// sees tells whether somebody sees an installation now.
func (s *secretive) sees(who *insider, id model.PageID) bool {
	p := s.pages[id]
	return p != nil && !who.out && (p.shared || p.installer == who.ID)
}

// visible tells the ledger who sees an installation.
func (s *secretive) visible(p *secretPage) {
	sees := map[model.UserID]bool{}
	for _, i := range s.insiders {
		sees[i.ID] = s.sees(i, p.id)
	}
	s.ledger.shows(p.id, sees)
	for _, ref := range s.crm.of() {
		s.permitted(ref)
	}
}

// joins adds a user.
func (s *secretive) joins() *insider {
	s.users++
	a, err := accounts.AddUser(s.Context(), s.Store, accounts.NewUser{
		Name: fmt.Sprintf("User %d", s.users), Email: livehub.SecretEmail(int64(s.users)), Admin: s.IntN(2) == 0, Token: true,
	}, time.Now())
	s.Must(err)
	for _, id := range s.order {
		s.ledger.shows(id, map[model.UserID]bool{a.User.ID: s.pages[id].shared})
	}
	i := s.newInsider(livehub.User{User: a.User, Token: a.Token})
	s.insiders = append(s.insiders, i)
	return i
}

// word returns a new secret of an installation.
func (s *secretive) word(p *secretPage, what string) string { return s.plants(p.id, what) }

// plants returns a new secret of what stands in the ledger as page.
func (s *secretive) plants(page model.PageID, what string) string {
	s.words++
	w := fmt.Sprintf("zk%05s%09s", strconv.FormatInt(int64(s.words), 36), strconv.FormatUint(s.Uint64()>>18, 36))
	w = strings.ReplaceAll(w, " ", "0")
	s.ledger.plant(page, what, w)
	return w
}

func one[T any](s *secretive, of []T) T { return of[s.IntN(len(of))] }

func (s *secretive) anyone() *insider { return one(s, s.insiders) }

func (s *secretive) anyPage() *secretPage { return s.pages[one(s, s.order)] }
