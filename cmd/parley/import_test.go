package main

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

func (f *facebook) limits() (l pastLimits) {
	f.w.t.Helper()
	f.control(http.MethodGet, "/limits", nil, &l)
	return l
}

// importState is how far an import is.
type importState struct {
	State    string
	Threads  int
	Total    int
	Messages int
}

func (u *user) importState(page string) (i importState) {
	u.w.t.Helper()
	a := u.try(http.MethodGet, "/v1/pages/"+url.PathEscape(page)+"/import", nil)
	if a.err == nil && a.status == http.StatusOK {
		a.into(&i)
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
	w := newQuietWorld(t, "PARLEY_TIMING_CONVERSATIONS_PAUSE="+gap.String())
	w.facebook = w.startFacebook("--past", strconv.Itoa(pastThreads))
	w.facebook.control(http.MethodPost, "/limits", map[string]int{"conversations_per_second": perSecond}, nil)
	w.startHub()
	ann := w.addAdmin("Ann")
	ann.connectsPage("private").ok()
	page := w.facebook.PageID

	waitEvery(t, "the import to be cut", 5*time.Millisecond, 2*time.Minute, func() bool { return ann.importState(page).Threads >= cutAt })
	before := ann.importState(page)
	w.hub.kill()
	if before.State != "running" || before.Threads >= pastThreads {
		t.Fatalf("cut at %+v", before)
	}
	w.startHub()
	var i importState
	waitEvery(t, "the import to end", 200*time.Millisecond, 3*time.Minute, func() bool {
		i = ann.importState(page)
		return i.State == "done"
	})
	l := w.facebook.limits()
	t.Logf("cut at %d threads, %d messages; at the end %+v; %+v", before.Threads, before.Messages, i, l)
	if i.Threads != pastThreads || i.Total != pastThreads {
		t.Errorf("at the end: %+v", i)
	}
	if l.Refused != 0 || l.Most > perSecond {
		t.Errorf("asked too often: %+v", l)
	}
	ann.hasWholePast(t)
}

// hasWholePast expects every readable message of every thread once, in order, and none
// unread.
func (u *user) hasWholePast(t *testing.T) {
	t.Helper()
	var inbox struct {
		Conversations []struct {
			PSID     string
			Messages []string
		}
	}
	u.w.facebook.control(http.MethodGet, "/conversations", nil, &inbox)
	unread := u.unreadByConversation()
	if len(unread) != pastThreads || len(inbox.Conversations) != pastThreads {
		t.Errorf("%d conversations here, %d there", len(unread), len(inbox.Conversations))
	}
	wrong, seen := 0, 0
	for _, c := range inbox.Conversations {
		id := u.w.conversationWith(c.PSID)
		want := c.Messages[max(0, len(c.Messages)-readable):]
		var l struct{ Messages []struct{ MID string } }
		u.get(conversationPath(id, "messages") + "?limit=100").is(http.StatusOK).into(&l)
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
func (u *user) unreadByConversation() map[string]int {
	u.w.t.Helper()
	all := map[string]int{}
	for cursor := ""; ; {
		var l struct {
			Conversations []struct {
				ID     string
				Unread int
			}
			Cursor string
		}
		u.get("/v1/conversations?filter=all&limit=1000&cursor=" + url.QueryEscape(cursor)).is(http.StatusOK).into(&l)
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
	w := newQuietWorld(t)
	w.facebook = w.startFacebook("--past", "30")
	w.startHub()
	ann, rob := w.addAdmin("Ann"), w.addUser("Rob")
	ann.connectsPage("private").ok()
	page := w.facebook.PageID
	var i importState
	fromJSON(t, []byte(ann.cli("page", "import", page, "--json").ok().out), &i)
	if i.State != "done" || i.Threads != 30 {
		t.Errorf("at the end: %+v", i)
	}
	if r := ann.cli("page", "import", page, "--status").ok(); !strings.Contains(r.out, "Imported  30 conversations") {
		t.Errorf("--status says %q", r.out)
	}
	ann.cli("page", "import", page, "--cancel").ok()
	rob.cli("page", "import", page).exits(cli.ExitMissing)

	// What a customer writes while the hub is down is there when it is back.
	w.hub.stop()
	off := false
	w.facebook.control(http.MethodPost, "/page", map[string]*bool{"subscribed": &off}, nil)
	w.customerWrites("1001", "written while the hub was down")
	w.startHub()
	// It found by itself that nothing comes any more; what was missed is read once it does.
	waitFor(t, "the hub knows", patience, func() bool {
		return strings.Contains(ann.cli("page", "list", "--json").ok().out, `"subscribed":false`)
	})
	ann.cli("page", "check", page, "--repair").ok()
	waitFor(t, "what was missed", patience, func() bool {
		var c struct{ Unread int }
		a := ann.try(http.MethodGet, conversationPath(w.conversationWith("1001")), nil)
		if a.status == http.StatusOK {
			a.into(&c)
		}
		return c.Unread == 1
	})
}
