package privacy

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"parley/client/login"
	"parley/cmd/cli"
	"parley/cmd/root"
	"parley/e2e/driver"
	"parley/e2e/livehub"
	"parley/hub/accounts"
	"parley/hub/pages"
	"parley/model"
)

// Who is shown what by the commands: each that there is, as each sort of user, in each
// state of a Page. A new command fails until it has a row in commandRows:
//
//   - One that is about a conversation, a message or the like names it in args, and has
//     want: sees; whoever does not see the Page is shown what is shown of an id that
//     nothing has.
//   - One that lists has want: anybody, and nothing hidden is in what it prints.
//   - One that runs until it is ended has until: true.
//   - One that shows nothing of a hub to the user who runs it says so in apart.

// What is hidden, and what stands in the Page that everybody sees.
const (
	hiddenWords  = "zkhiddenwordsofhers"
	hiddenPSID   = "887700000000000001"
	visibleWords = "zkwordsforeverybody"
	visiblePSID  = "887700000000000002"
)

// commandCell is one case.
type commandCell struct {
	name  string
	user  livehub.User
	admin bool
	// in: their token lets them in. installer: the Page is theirs. sees: they see it.
	in, installer, sees bool
}

// commandState is a state of Ann's Page.
type commandState struct {
	name         string
	shared, gone bool
	// another: the other admin connected it then.
	another bool
	// again: it was in that state before; it is looked at more briefly.
	again bool
	reach func(*livehub.Hub)
}

// commandRow is how a command is asked, and what it must answer.
type commandRow struct {
	// args, of the Page and conversation it is about.
	args func(page, conversation string) []string
	want func(commandCell, commandState) int
	// hides: to who does not see, the id it names might as well not exist.
	hides bool
	// until: it runs until it is ended.
	until bool
	// changes: where it would succeed it is not asked; the refusals are.
	changes bool
	// apart says why it shows nothing of a hub.
	apart string
}

func plainArgs(args ...string) func(string, string) []string {
	return func(string, string) []string { return args }
}

// anybody lets everybody do it whose token is good.
func anybody(c commandCell, _ commandState) int {
	if !c.in {
		return cli.ExitFailed
	}
	return cli.ExitDone
}

// missing is answered by who names what nobody has.
func missing(c commandCell, s commandState) int {
	return max(anybody(c, s), map[bool]int{true: cli.ExitMissing}[c.in])
}

func seers(c commandCell, s commandState) int {
	if c.in && !c.sees {
		return cli.ExitMissing
	}
	return anybody(c, s)
}

// connectedSeers lets who sees a Page do what asks Facebook, while it is connected.
func connectedSeers(c commandCell, s commandState) int {
	if c.in && c.sees && s.gone {
		return cli.ExitRefused
	}
	return seers(c, s)
}

// examined is connectedSeers of a command that fails where something is wrong with the
// Page: in these tests nothing of Facebook is set up.
func examined(c commandCell, s commandState) int {
	if code := connectedSeers(c, s); code != cli.ExitDone {
		return code
	}
	return cli.ExitFailed
}

func admins(c commandCell, s commandState) int {
	if c.in && !c.admin {
		return cli.ExitRefused
	}
	return anybody(c, s)
}

// noCRM is what is answered where all but the CRM is there.
func noCRM(otherwise func(commandCell, commandState) int) func(commandCell, commandState) int {
	return func(c commandCell, s commandState) int {
		if got := otherwise(c, s); got != cli.ExitDone {
			return got
		}
		return cli.ExitRefused
	}
}

// commandRows has a row for every command. See the top of this file.
func commandRows(tokenFile string) map[string]commandRow {
	return map[string]commandRow{
		"parley": {apart: "a screen, which is the client's Inbox drawn: TestNothingHiddenIsReceived looks into that"},

		"parley list":       {args: plainArgs("list", "--limit", "1000"), want: anybody},
		"parley notices":    {args: plainArgs("notices"), want: anybody},
		"parley views":      {args: plainArgs("views"), want: anybody},
		"parley counts":     {args: plainArgs("counts"), want: anybody},
		"parley notify":     {args: plainArgs("notify", "content=on"), want: anybody},
		"parley page list":  {args: plainArgs("page", "list"), want: anybody},
		"parley whoami":     {args: plainArgs("whoami"), want: anybody},
		"parley token list": {args: plainArgs("token", "list"), want: anybody},
		"parley stats":      {args: plainArgs("stats"), want: admins},
		"parley audit":      {args: plainArgs("audit"), want: admins},
		"parley tail":       {args: plainArgs("tail"), want: anybody, until: true},
		"parley config":     {args: plainArgs("config"), want: func(commandCell, commandState) int { return cli.ExitDone }},
		"parley show":       {args: func(_, c string) []string { return []string{"show", c} }, want: seers, hides: true},
		"parley token revoke": {args: plainArgs("token", "revoke", "0123456789abcdef"), want: func(c commandCell, s commandState) int {
			return max(anybody(c, s), map[bool]int{true: cli.ExitMissing}[c.in])
		}},
		"parley reply": {
			args: func(_, c string) []string { return []string{"reply", c, "an answer", "--wait", "0"} }, hides: true,
			want: func(c commandCell, s commandState) int {
				if c.in && c.sees && s.gone {
					return cli.ExitRefused
				}
				return seers(c, s)
			},
		},
		"parley react": {
			args: func(page, c string) []string {
				return []string{"react", c, page + "_0190b8a0-0000-7000-8000-000000000000", "👍"}
			}, hides: true,
			want: func(c commandCell, s commandState) int {
				if c.in && c.sees {
					return cli.ExitMissing // there is no such message to react to
				}
				return seers(c, s)
			},
		},
		"parley note": {
			args: func(_, c string) []string { return []string{"note", c, "for colleagues"} }, want: seers, hides: true,
		},
		"parley media": { // nobody sent a file
			args: func(_, c string) []string { return []string{"media", c} }, hides: true,
			want: func(c commandCell, s commandState) int {
				return max(anybody(c, s), map[bool]int{true: cli.ExitMissing}[c.in])
			},
		},
		"parley snippet add":    {args: plainArgs("snippet", "add", "thanks", "Thank you."), want: anybody},
		"parley snippet list":   {args: plainArgs("snippet", "list"), want: anybody},
		"parley snippet show":   {args: plainArgs("snippet", "show", "none"), want: missing},
		"parley snippet remove": {args: plainArgs("snippet", "remove", "none"), want: missing},
		"parley done":           {args: func(_, c string) []string { return []string{"done", c} }, want: seers, hides: true},
		"parley snooze":         {args: func(_, c string) []string { return []string{"snooze", c, "2h"} }, want: seers, hides: true},
		"parley assign":         {args: func(_, c string) []string { return []string{"assign", c, "nobody"} }, want: seers, hides: true},
		"parley read":           {args: func(_, c string) []string { return []string{"read", c} }, want: seers, hides: true},
		"parley unread":         {args: func(_, c string) []string { return []string{"unread", c} }, want: seers, hides: true},
		"parley pin":            {args: func(_, c string) []string { return []string{"pin", c} }, want: seers, hides: true},
		"parley label":          {args: func(_, c string) []string { return []string{"label", c, "vip"} }, want: seers, hides: true},
		// Of a hub without a CRM: hub/api's TestRecordsOnlyForWhoMaySeeThem has one.
		"parley link":       {args: func(_, c string) []string { return []string{"link", c, "deal:42"} }, want: noCRM(seers), hides: true},
		"parley unlink":     {args: func(_, c string) []string { return []string{"unlink", c, "deal:42"} }, want: noCRM(seers), hides: true},
		"parley record":     {args: plainArgs("record", "deal:42"), want: noCRM(anybody)},
		"parley sync":       {args: func(_, c string) []string { return []string{"sync", c, "on"} }, want: noCRM(seers), hides: true},
		"parley crm search": {args: plainArgs("crm", "search", hiddenWords), want: noCRM(anybody)},
		"parley crm field":  {args: plainArgs("crm", "field"), want: noCRM(admins)},
		"parley delete": {
			args: func(_, c string) []string { return []string{"delete", c, "--yes"} }, hides: true,
			want: func(c commandCell, s commandState) int {
				if c.in && c.sees && !c.installer {
					return cli.ExitRefused
				}
				return seers(c, s)
			},
			changes: true,
		},
		"parley page connect": {
			args: func(page, _ string) []string {
				return []string{"page", "connect", "--page", string(model.PageID(page).Meta()), "--token-file", tokenFile}
			},
			want: func(c commandCell, s commandState) int {
				if held := !s.gone && !c.installer || s.another && c.name != "admin"; c.in && held {
					return cli.ExitRefused
				}
				return admins(c, s)
			},
			changes: true,
		},
		"parley page import": { // none was begun
			args: func(page, _ string) []string { return []string{"page", "import", page, "--status"} }, hides: true,
			want: func(c commandCell, s commandState) int {
				return max(anybody(c, s), map[bool]int{true: cli.ExitMissing}[c.in])
			},
		},
		"parley page visibility": {
			args: func(page, _ string) []string { return []string{"page", "visibility", page, "shared"} },
			want: func(c commandCell, s commandState) int {
				if c.in && (!c.installer || s.gone) {
					return cli.ExitRefused
				}
				return anybody(c, s)
			},
			changes: true,
		},
		"parley page check": {
			args: func(page, _ string) []string { return []string{"page", "check", page} },
			want: func(c commandCell, s commandState) int {
				if c.in && (!c.sees || s.gone) {
					return cli.ExitRefused
				}
				return anybody(c, s)
			},
			changes: true,
		},
		"parley page greeting": {
			args: func(page, _ string) []string { return []string{"page", "greeting", page} }, want: connectedSeers, hides: true,
		},
		"parley page doctor": {
			args: func(page, _ string) []string { return []string{"page", "doctor", page} }, want: examined, hides: true,
		},
		"parley page entry": {apart: "draws the link that follows from the Page's id, and asks no hub"},
		"parley page disconnect": {
			args: func(page, _ string) []string { return []string{"page", "disconnect", page} }, want: admins, changes: true,
		},
		"parley logout": {args: plainArgs("logout"), apart: "gives up the login that is kept on this machine"},
		"parley login":  {apart: "takes a one-time code; nobody is signed in before"},

		"parley accessible":      {apart: "the client's Inbox as lines: TestHidden of ui/lines looks into that"},
		"parley theme list":      {apart: "themes of this machine; it asks no hub"},
		"parley theme show":      {apart: "a theme of this machine; it asks no hub"},
		"parley theme check":     {apart: "a file of this machine; it asks no hub"},
		"parley hub":             {apart: "the server itself"},
		"parley hub migrate":     {apart: "opens the stores itself, at the hub's own machine; tells of no conversation"},
		"parley sandbox":         {apart: "the outside world"},
		"parley demo":            {apart: "a world of its own"},
		"parley session":         {apart: "what a hub runs for a session over SSH: any of the others"},
		"parley terminals":       {apart: "what a hub runs to let users in over SSH: it asks the hub for each"},
		"parley user add":        {apart: "opens the store itself, at the hub's own machine"},
		"parley user admin":      {apart: "opens the store itself, at the hub's own machine"},
		"parley user key list":   {apart: "opens the store itself, at the hub's own machine; tells of no Page"},
		"parley user key remove": {apart: "opens the store itself, at the hub's own machine"},
		"parley user key":        {apart: "opens the store itself, at the hub's own machine"},
		"parley user available":  {args: plainArgs("user", "available", "on"), want: anybody},
		"parley user list":       {apart: "opens the store itself, at the hub's own machine; tells of no Page"},
		"parley user remove":     {apart: "opens the store itself, at the hub's own machine"},
		"parley completion":      {apart: "speaks to no hub"},
		"parley help":            {apart: "speaks to no hub"},
		"parley version":         {apart: "speaks to no hub"},
	}
}

// leaves are the commands that do something, by what they are called: all but those that
// only hold others, which take no arguments. The hub runs by itself and holds others, too.
func leaves(cmd *cobra.Command) (all []string) {
	if !cmd.HasSubCommands() || !cmd.HasParent() || strings.Contains(cmd.Use, " ") || cmd.Name() == "hub" {
		all = append(all, cmd.CommandPath())
	}
	for _, sub := range cmd.Commands() {
		all = append(all, leaves(sub)...)
	}
	return all
}

func TestEveryCommandHasItsRow(t *testing.T) {
	t.Parallel()
	rows := commandRows("")
	p := cli.New(strings.NewReader(""), io.Discard, io.Discard, nil)
	root.Run(t.Context(), p, []string{"version"})
	root := root.Tree(p)
	root.InitDefaultHelpCmd()
	for _, path := range leaves(root) {
		if _, known := rows[path]; !known {
			t.Errorf("%s has no row in the table of who is shown what", path)
		}
		delete(rows, path)
	}
	for path := range rows {
		t.Errorf("%s has a row, and is no command", path)
	}
}

func commandStates() []commandState {
	flip := func(v model.Visibility) func(*livehub.Hub) {
		return func(h *livehub.Hub) {
			_, err := h.Hub.SetVisibility(h.Context(), h.Ann.User, model.PageID(livehub.Page), v)
			h.Must(err)
		}
	}
	uninstall := func(h *livehub.Hub) {
		_, err := h.Hub.Uninstall(h.Context(), h.Ben.User, model.PageID(livehub.Page))
		h.Must(err)
	}
	return []commandState{
		{name: "shared", shared: true, reach: func(*livehub.Hub) {}},
		{name: "private", reach: flip(model.Private)},
		{name: "shared again", again: true, shared: true, reach: flip(model.Shared)},
		{name: "private again", again: true, reach: flip(model.Private)},
		{name: "uninstalled, was private", gone: true, reach: uninstall},
		{name: "connected by another", gone: true, another: true, reach: func(h *livehub.Hub) {
			_, _, err := h.Hub.ConnectPage(h.Context(), h.Ben.User, pages.Connection{Page: livehub.Page, Token: "t"})
			h.Must(err)
		}},
	}
}

// TestWhoIsShownWhat runs every command as everybody in every state of a Page.
func TestWhoIsShownWhat(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	say := func(page model.MetaPageID, psid model.PSID, mid, text string) {
		h.Writes(page, livehub.Message(psid, mid, text))
	}
	say(livehub.Page, hiddenPSID, "m_hidden", hiddenWords)
	h.Writes(livehub.Page, model.Inbound{Key: "sha:notice", Raw: []byte("{}"), Name: "policy_enforcement", At: time.Now(), Event: model.Policy{Action: "warning", Reason: hiddenWords}})
	say(livehub.LiveOthers, visiblePSID, "m_visible", visibleWords)
	h.Settled()
	tokenFile := filepath.Join(t.TempDir(), "token")
	h.Must(os.WriteFile(tokenFile, []byte("t\n"), 0o600))
	rex, err := accounts.AddUser(t.Context(), h.Store, accounts.NewUser{Name: "Rex", Admin: true, Token: true}, time.Now())
	h.Must(err)
	h.Must(h.Hub.Logout(t.Context(), rex.Token))
	revoked := livehub.User{User: rex.User, Token: rex.Token}
	page, conversation := string(livehub.Page), string(model.NewConversationID(model.PageID(livehub.Page), hiddenPSID))
	for _, s := range commandStates() {
		s.reach(h)
		for _, c := range commandCells(h, s, revoked) {
			for path, row := range commandRows(tokenFile) {
				if row.apart != "" || row.changes && row.want(c, s) == cli.ExitDone {
					continue
				}
				outputs := [][]string{{"--json"}, nil}
				if s.again {
					outputs = outputs[:1]
				}
				for _, flags := range outputs {
					isShown(h, s, c, path, row, flags, page, conversation)
				}
			}
		}
	}
}

func commandCells(h *livehub.Hub, s commandState, revoked livehub.User) []commandCell {
	all := []commandCell{
		{name: "installer", user: h.Ann, admin: true, in: true, installer: true, sees: true},
		{name: "admin", user: h.Ben, admin: true, in: true, sees: s.shared},
		{name: "rep", user: h.Cat, in: true, sees: s.shared},
		{name: "revoked", user: revoked},
		{name: "stranger"},
	}
	return all
}

// isShown runs a command and judges what it prints.
func isShown(h *livehub.Hub, s commandState, c commandCell, path string, row commandRow, flags []string, page, conversation string) {
	h.Helper()
	what := fmt.Sprintf("%s, %s: %s %v", s.name, c.name, path, flags)
	code, out := runsAs(h, s, c, row, append(row.args(page, conversation), flags...))
	if want := row.want(c, s); code != want {
		h.Errorf("%s: exit code %d, want %d: %s", what, code, want, out)
	}
	if !c.sees {
		for _, secret := range []string{hiddenWords, hiddenPSID} {
			if shown := strings.ReplaceAll(out, conversation, ""); strings.Contains(shown, secret) {
				h.Errorf("%s: shows %s: %s", what, secret, out)
			}
		}
	}
	if row.hides && c.in && !c.sees {
		missing := "424242_" + hiddenPSID
		_, none := runsAs(h, s, c, row, append(row.args("424242", missing), flags...))
		if none = strings.ReplaceAll(none, missing, conversation); out != none {
			h.Errorf("%s: shows %q of what is hidden, %q of what is not there", what, out, none)
		}
	}
	if (path == "parley list" || path == "parley tail") && c.in && !strings.Contains(out, visiblePSID) && !strings.Contains(out, visibleWords) {
		h.Errorf("%s: does not show what is visible: %s", what, out)
	}
	if path == "parley list" && c.sees && !strings.Contains(out, conversation) || path == "parley show" && c.sees && !strings.Contains(out, hiddenWords) {
		h.Errorf("%s: does not show what they see: %s", what, out)
	}
}

// runsAs runs a command as somebody, and returns its exit code and all that it printed.
func runsAs(h *livehub.Hub, s commandState, c commandCell, row commandRow, args []string) (int, string) {
	h.Helper()
	out := &driver.Output{}
	env := []string{"PARLEY_HUB=http://" + h.Address, "LANG=en_US.UTF-8"}
	if c.user.Token != "" {
		env = append(env, "PARLEY_TOKEN="+c.user.Token)
	}
	p := cli.New(strings.NewReader(""), out, out, env)
	p.Logins = login.NewLogins(h.Dir, driver.FileRing(""))
	ctx, cancel := context.WithCancel(h.Context())
	defer cancel()
	if !row.until || !c.in {
		return root.Run(ctx, p, args), out.String()
	}
	ended := make(chan int, 1)
	go func() { ended <- root.Run(ctx, p, args) }()
	for n := 0; ; n++ {
		// Both Pages move, the hidden one first: what shows the second had time to show
		// the first.
		if !s.gone {
			h.Writes(livehub.Page, livehub.Message(hiddenPSID, fmt.Sprintf("m_h%d_%d", n, time.Now().UnixNano()), hiddenWords))
		}
		h.Writes(livehub.LiveOthers, livehub.Message(visiblePSID, fmt.Sprintf("m_v%d_%d", n, time.Now().UnixNano()), visibleWords))
		tick := time.NewTimer(50 * time.Millisecond)
		<-tick.C
		if strings.Contains(out.String(), visibleWords) || n > 200 {
			break
		}
	}
	cancel()
	return <-ended, out.String()
}
