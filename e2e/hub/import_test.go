package hub

import (
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// Importing two thousand threads at two calls a second takes most of a minute; the limit and
// the pause are scaled together unless this is set.
const fullImport = "PARLEY_TEST_FULL_IMPORT"

const (
	pastThreads = 2000
	cutAt       = 700
	// readable is how many messages of a thread Facebook shows.
	readable = 20
)

// pastLimits are how often Facebook lets conversations be asked for, and how often that was.
type pastLimits struct {
	PerSecond int `json:"conversations_per_second"`
	Calls     int `json:"calls"`
	Refused   int `json:"refused"`
	Most      int `json:"most"`
}

func limits(f *driver.Facebook) (l pastLimits) {
	f.W.T.Helper()
	f.Control(http.MethodGet, "/limits", nil, &l)
	return l
}

// importState is how far an import is.
type importState struct {
	State    string
	Threads  int
	Total    int
	Messages int
}

func importNow(u *driver.User, page string) (i importState) {
	u.W.T.Helper()
	a := u.Try(http.MethodGet, "/v1/pages/"+url.PathEscape(page)+"/import", nil)
	if a.Err == nil && a.Status == http.StatusOK {
		a.Into(&i)
	}
	return i
}

func TestImportCutByACrashIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	perSecond := 20
	if os.Getenv(fullImport) != "" {
		perSecond = 2
	}
	gap := time.Second / time.Duration(perSecond)
	w := driver.NewQuietWorld(t, "PARLEY_TIMING_CONVERSATIONS_PAUSE="+gap.String())
	w.Facebook = w.StartFacebook("--past", strconv.Itoa(pastThreads))
	w.Facebook.Control(http.MethodPost, "/limits", map[string]int{"conversations_per_second": perSecond}, nil)
	w.StartHub()
	ann := w.AddAdmin("Ann")
	ann.ConnectsPage("private").Ok()
	page := w.Facebook.PageID

	driver.WaitEvery(t, "the import to be cut", 5*time.Millisecond, 2*time.Minute, func() bool { return importNow(ann, page).Threads >= cutAt })
	before := importNow(ann, page)
	w.Hub.Kill()
	if before.State != "running" || before.Threads >= pastThreads {
		t.Fatalf("cut at %+v", before)
	}
	w.StartHub()
	var i importState
	driver.WaitEvery(t, "the import to end", 200*time.Millisecond, 3*time.Minute, func() bool {
		i = importNow(ann, page)
		return i.State == "done"
	})
	l := limits(w.Facebook)
	t.Logf("cut at %d threads, %d messages; at the end %+v; %+v", before.Threads, before.Messages, i, l)
	if i.Threads != pastThreads || i.Total != pastThreads {
		t.Errorf("at the end: %+v", i)
	}
	if l.Refused != 0 || l.Most > perSecond {
		t.Errorf("asked too often: %+v", l)
	}
	hasWholePast(ann, t)
}

// hasWholePast expects every readable message of every thread once, in order, and none
// unread.
func hasWholePast(u *driver.User, t *testing.T) {
	t.Helper()
	var inbox struct {
		Conversations []struct {
			PSID     string
			Messages []string
		}
	}
	u.W.Facebook.Control(http.MethodGet, "/conversations", nil, &inbox)
	unread := unreadByConversation(u)
	if len(unread) != pastThreads || len(inbox.Conversations) != pastThreads {
		t.Errorf("%d conversations here, %d there", len(unread), len(inbox.Conversations))
	}
	wrong, seen := 0, 0
	for _, c := range inbox.Conversations {
		id := u.W.ConversationWith(c.PSID)
		want := c.Messages[max(0, len(c.Messages)-readable):]
		var l struct{ Messages []struct{ MID string } }
		u.Get(driver.ConversationPath(id, "messages") + "?limit=100").Is(http.StatusOK).Into(&l)
		var got []string
		for _, m := range l.Messages {
			got = append(got, m.MID)
		}
		seen += len(got)
		if !slices.Equal(got, want) || unread[id] != 0 {
			wrong++
			t.Logf("%s: %d messages, want %d; %d unread", id, len(got), len(want), unread[id])
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d threads are not as on Facebook", wrong, len(inbox.Conversations))
	}
	t.Logf("%d messages, each once", seen)
}

// unreadByConversation lists all conversations.
func unreadByConversation(u *driver.User) map[string]int {
	u.W.T.Helper()
	all := map[string]int{}
	for cursor := ""; ; {
		var l struct {
			Conversations []struct {
				ID     string
				Unread int
			}
			Cursor string
		}
		u.Get("/v1/conversations?filter=all&limit=1000&cursor=" + url.QueryEscape(cursor)).Is(http.StatusOK).Into(&l)
		for _, c := range l.Conversations {
			all[c.ID] = c.Unread
		}
		if cursor = l.Cursor; cursor == "" {
			return all
		}
	}
}

func TestImportByCommand(t *testing.T) {
	t.Parallel()
	w := driver.NewQuietWorld(t)
	w.Facebook = w.StartFacebook("--past", "30")
	w.StartHub()
	ann, rob := w.AddAdmin("Ann"), w.AddUser("Rob")
	ann.ConnectsPage("private").Ok()
	page := w.Facebook.PageID
	var i importState
	driver.FromJSON(t, []byte(ann.Cli("page", "import", page, "--json").Ok().Out), &i)
	if i.State != "done" || i.Threads != 30 {
		t.Errorf("at the end: %+v", i)
	}
	if r := ann.Cli("page", "import", page, "--status").Ok(); !strings.Contains(r.Out, "Imported  30 conversations") {
		t.Errorf("--status says %q", r.Out)
	}
	ann.Cli("page", "import", page, "--cancel").Ok()
	rob.Cli("page", "import", page).Exits(cli.ExitMissing)

	// What a customer writes while the hub is down is there when it is back.
	w.Hub.Stop()
	off := false
	w.Facebook.Control(http.MethodPost, "/page", map[string]*bool{"subscribed": &off}, nil)
	w.CustomerWrites("1001", "written while the hub was down")
	w.StartHub()
	// It found by itself that nothing comes any more; what was missed is read once it does.
	driver.WaitFor(t, "the hub knows", driver.Patience, func() bool {
		return strings.Contains(ann.Cli("page", "list", "--json").Ok().Out, `"subscribed":false`)
	})
	ann.Cli("page", "check", page, "--repair").Ok()
	driver.WaitFor(t, "what was missed", driver.Patience, func() bool {
		var c struct{ Unread int }
		a := ann.Try(http.MethodGet, driver.ConversationPath(w.ConversationWith("1001")), nil)
		if a.Status == http.StatusOK {
			a.Into(&c)
		}
		return c.Unread == 1
	})
}
