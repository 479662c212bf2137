package events

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/e2e/driver"
)

// The ids in testdata/webhooks, which stand for those of the sandbox, and what tells
// apart the ids of two takes.
const (
	fixturePage = "990000000000001"
	fixtureApp  = "880000000000001"
	firstPSID   = "24010000000"
	secondPSID  = "24020000000"
	firstMID    = "_a_"
	secondMID   = "_b_"
)

// sample is one webhook of testdata, and what is inside its list of entries.
type sample struct {
	name  string
	entry string
}

// samples reads the webhooks of testdata as the sandbox's app and Page would get them.
// What changed an event's bytes would make another event of it, so they stay the same.
func samples(t *testing.T, w *driver.World) []sample {
	t.Helper()
	files, err := filepath.Glob("testdata/webhooks/*.json")
	if err != nil || len(files) < 40 {
		t.Fatalf("webhooks of testdata: %d files, %v", len(files), err)
	}
	var all []sample
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var small bytes.Buffer
		if err := json.Compact(&small, raw); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		text := strings.NewReplacer(fixturePage, w.Facebook.PageID, fixtureApp, w.Facebook.AppID).Replace(small.String())
		inside, ok := strings.CutPrefix(text, `{"object":"page","entry":[`)
		inside, ok2 := strings.CutSuffix(inside, `]}`)
		if !ok || !ok2 {
			t.Fatalf("%s: no webhook of a Page", f)
		}
		all = append(all, sample{strings.TrimSuffix(filepath.Base(f), ".json"), inside})
	}
	return all
}

// anew is the same sample about another customer and other messages.
func (s sample) anew() sample {
	s.entry = strings.NewReplacer(firstPSID, secondPSID, firstMID, secondMID).Replace(s.entry)
	return s
}

// aboutPage tells the samples that are about no customer.
func (s sample) aboutPage() bool {
	return !strings.Contains(s.entry, firstPSID) && !strings.Contains(s.entry, secondPSID)
}

// aboutMessage tells the samples that only change how another message stands.
func (s sample) aboutMessage() bool {
	return slices.Contains([]string{"message-edit", "response-feedback", "read"}, s.name) ||
		strings.HasPrefix(s.name, "delivery") || strings.HasPrefix(s.name, "reaction-")
}

// after is the time of the samples, in minutes after their beginning, as render writes it.
func after(minutes int, rest string) string { return fmt.Sprintf("01:%02d:%s", minutes, rest) }

// wantedConversations is what the samples make of the conversation with each customer,
// by the last two digits.
func wantedConversations(app string) map[string][]string {
	ad := "ADS ref=AUTUMN_AD ad=7045246247433 title=Autumn roast"
	return map[string][]string{
		"01": {
			"in customer " + after(1, "00.123") + " «カタログを二部送っていただけますか？» was=«カタログを送っていただけますか？»",
			"in customer " + after(1, "05.000") + " «これのことです» quotes=m_a_text_Kq7tuwNEhXfYYKj8mJEM",
		},
		"02": {
			"in customer " + after(2, "00.000") + " «大きいサイズ» event=quick_reply payload=SIZE_LARGE",
			"out app:" + app + " " + after(2, "00.268") + " «L サイズですね» quotes=m_a_quick_Kq7tuwNEhXfYYKj8mJEM state=sent",
		},
		"04": {"in customer " + after(4, "00.308") + " [image https://scontent.xx.fbcdn.net/v/t1.15752-9/desk.jpg?oh=00_AYB&oe=67] reaction=customer:sad:😢"},
		"05": {"in customer " + after(5, "00.308") + " [audio https://cdn.fbsbx.com/v/t59/voice.mp4]"},
		"06": {"in customer " + after(6, "00.308") + " [file https://cdn.fbsbx.com/v/t59/order.pdf]"},
		"07": {"in customer " + after(7, "00.308") + " [sticker https://scontent.xx.fbcdn.net/v/t39.1997-6/cup.png]"},
		"08": {"in customer " + after(8, "00.308") + " «We are here: https://example.com/map» [fallback https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2Fmap Map of the shop]"},
		"09": {"in customer " + after(9, "00.308") + " [post https://www.facebook.com/PAGE/posts/7788990011 New beans]"},
		"10": {"in customer " + after(10, "00.308") + " [reel https://www.facebook.com/reel/567856785678567/ How to pour]"},
		"11": {"in customer " + after(11, "00.308") + " [appointment_booking  requested 2026-11-21T12:00:00+09:00 – 2026-11-21T13:00:00+09:00]"},
		"12": {"in customer " + after(12, "00.478") + " «Saw your ad» event=referral " + ad},
		"13": {"in customer " + after(13, "00.000") + " «Opening hours» event=postback payload=HOURS"},
		"14": {"in customer " + after(14, "00.000") + " «Get Started» event=postback payload=GET_STARTED SHORTLINK ref=flyer-7"},
		"15": {"in customer " + after(15, "00.000") + " «はじめる» event=postback payload=get_started ADS ref=spring ad=7045246247434"},
		"16": {"system customer " + after(16, "00.000") + " event=referral SHORTLINK ref=window-sticker"},
		"17": {"system customer " + after(17, "00.000") + " event=referral " + ad},
		"18": {"system customer " + after(18, "00.000") + " event=optin payload=checkout-page"},
		"19": {"system customer " + after(19, "00.000") + " event=optin notification_messages payload=Weekly offers"},
		"20": {"system customer " + after(20, "00.000") + " event=account_linking linked"},
		"21": {"system customer " + after(21, "00.000") + " event=account_linking unlinked"},
		"22": {"system customer " + after(22, "00.000") + " event=thread_control pass payload=770000000000001"},
		"23": {"system customer " + after(23, "00.000") + " event=thread_control request payload=770000000000001"},
		"24": {"in customer " + after(24, "00.000") + " «Talking to the bot»"},
		"25": {"out app:" + app + " " + after(25, "00.478") + " «自動応答です» state=delivered"},
		"26": {"out page " + after(26, "00.478") + " «Typed in Business Suite» feedback=Good response state=read"},
		"28": {"out app:" + app + " " + after(28, "00.268") + " [image https://scontent.xx.fbcdn.net/v/menu.jpg] state=delivered"},
		"29": {"out app:660000000000001 " + after(29, "00.268") + " [template  Visit the shop] state=sent"},
		"43": {"system customer " + after(43, "00.000") + " event=unknown waving"},
		"44": {"in customer " + after(44, "00.000") + " event=unknown message"},
	}
}

// render writes a message on one line, as far as the samples say what it must be.
func render(m driver.Message) string {
	author := m.Author.Kind
	if m.Author.ID != "" {
		author += ":" + m.Author.ID
	}
	parts := []string{m.Direction, author, m.SentAt.Format("15:04:05.000")}
	add := func(format string, values ...string) {
		if values[len(values)-1] == "" {
			return
		}
		args := make([]any, len(values))
		for i, v := range values {
			args[i] = v
		}
		parts = append(parts, fmt.Sprintf(format, args...))
	}
	add("«%s»", m.Text)
	if m.Was != nil {
		add("was=«%s»", *m.Was)
	}
	for _, a := range m.Attachments {
		parts = append(parts, strings.TrimRight("["+a.Type+" "+a.URL+" "+a.Title, " ")+"]")
	}
	if e := m.Event; e != nil {
		parts = append(parts, "event="+e.Kind)
		add("%s", e.Action)
		add("payload=%s", e.Payload)
		if in := e.Entry; in != nil {
			add("%s", in.Source)
			add("ref=%s", in.Ref)
			add("ad=%s", in.AdID)
			add("title=%s", in.Title)
		}
	}
	add("quotes=%s", m.ReplyToMID)
	for _, r := range m.Reactions {
		parts = append(parts, "reaction="+r.By+":"+r.Kind+":"+r.Emoji)
	}
	add("feedback=%s", m.Feedback)
	add("state=%s", m.State)
	return strings.Join(parts, " ")
}

// checkConversations compares what is shown with what the samples must make of it.
// psids are the beginning of the customers' ids, mids what their messages' ids hold.
func checkConversations(u *driver.User, psids, mids string) {
	t, w := u.W.T, u.W
	t.Helper()
	var found []string
	unread := make(map[string]int)
	for _, c := range u.Conversations() {
		if strings.HasPrefix(c.Customer.PSID, psids) {
			found = append(found, c.Customer.PSID[len(c.Customer.PSID)-2:])
			unread[c.Customer.PSID] = c.Unread
		}
	}
	want := wantedConversations(w.Facebook.AppID)
	if len(found) != len(want) {
		t.Errorf("%d conversations, want %d", len(found), len(want))
	}
	for _, end := range found {
		if want[end] == nil {
			t.Errorf("a conversation with the customer …%s that nobody had", end)
		}
	}
	for end, lines := range want {
		psid := psids + "00" + end
		incoming := 0
		var got []string
		for _, m := range u.Messages(w.ConversationWith(psid)) {
			got = append(got, render(m))
			if m.Direction == "in" {
				incoming++
			}
		}
		for i := range lines {
			lines[i] = strings.NewReplacer("/PAGE/", "/"+w.Facebook.PageID+"/", firstMID, mids).Replace(lines[i])
		}
		if !slices.Equal(got, lines) {
			t.Errorf("conversation …%s:\n got %s\nwant %s", end, strings.Join(got, "\n     "), strings.Join(lines, "\n     "))
		}
		if unread[psid] != incoming {
			t.Errorf("conversation …%s: %d unread, want %d", end, unread[psid], incoming)
		}
	}
}

// checkNotices expects the news about the Page, once each.
func checkNotices(u *driver.User) {
	u.W.T.Helper()
	var got []string
	for _, n := range u.Notices() {
		got = append(got, strings.TrimSpace(n.Event+" "+n.Kind+" "+n.Reason))
	}
	slices.Sort(got)
	want := []string{
		"app_roles app_roles",
		"policy_enforcement policy_block The bot violated our Platform Policies (block of a test).",
		"policy_enforcement policy_warning The bot violated our Platform Policies (warning of a test).",
	}
	if !slices.Equal(got, want) {
		u.W.T.Errorf("notices:\n got %q\nwant %q", got, want)
	}
}

// notUnderstood are the samples that nobody can understand.
const notUnderstood = 3 // waving, an unsupported message, a change of the feed

func TestEveryEventCountsOnce(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	all := samples(t, w)

	// Four times each by itself, and once all in one POST.
	var posts [][]byte
	for range 4 {
		for _, s := range all {
			posts = append(posts, driver.Envelope(s.entry))
		}
	}
	var together []string
	for _, s := range all {
		together = append(together, s.entry)
	}
	seed := rand.Uint64()
	t.Logf("shuffled with seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	rng.Shuffle(len(together), func(i, j int) { together[i], together[j] = together[j], together[i] })
	posts = append(posts, driver.Envelope(together...))
	rng.Shuffle(len(posts), func(i, j int) { posts[i], posts[j] = posts[j], posts[i] })
	postAll(w, posts, 8)

	checkConversations(aki, firstPSID, firstMID)
	checkNotices(aki)
	stats := aki.Stats()
	if stats["raw_not_understood"] != notUnderstood || stats["raw_events"] != int64(len(all)) {
		t.Errorf("counters %v, want %d events, %d of them not understood", stats, len(all), notUnderstood)
	}
	if out := aki.Cli("stats", "--json").Ok().Out; !strings.Contains(out, fmt.Sprintf(`"raw_not_understood":%d`, notUnderstood)) {
		t.Errorf("stats: %s", out)
	}

	// What is about a message comes before it.
	for _, first := range []bool{true, false} {
		for _, s := range all {
			if s.aboutMessage() == first && !s.aboutPage() {
				w.Delivers(driver.Envelope(s.anew().entry))
			}
		}
	}
	checkConversations(aki, secondPSID, secondMID)
	checkNotices(aki)
	checkConversations(aki, firstPSID, firstMID)
	showsEverything(aki)
}

// postAll posts webhooks in parallel.
func postAll(w *driver.World, posts [][]byte, workers int) {
	w.T.Helper()
	var wg sync.WaitGroup
	work := make(chan []byte)
	for range workers {
		wg.Go(func() {
			for body := range work {
				w.Delivers(body)
			}
		})
	}
	for _, body := range posts {
		work <- body
	}
	close(work)
	wg.Wait()
}

// showsEverything has the commands show all that there is, in both languages.
func showsEverything(u *driver.User) {
	u.W.T.Helper()
	for _, lang := range []string{"en", "ja"} {
		for _, c := range u.Conversations()[:12] {
			out := u.Cli("show", c.ID, "--lang", lang).Ok().Out
			driver.CheckHarmless(u.W.T, "show", out)
			if strings.Contains(out, "[event_") || strings.Contains(out, "[attachment_") || strings.Contains(out, "<no value>") {
				u.W.T.Errorf("a sentence is missing:\n%s", out)
			}
		}
		u.Cli("list", "--limit", "1000", "--lang", lang).Ok()
		u.Cli("notices", "--lang", lang).Ok()
	}
}

// TestAThousandEventsInOnePost: Meta gathers up to a thousand.
func TestAThousandEventsInOnePost(t *testing.T) {
	t.Parallel()
	// The race detector makes it some twenty times slower.
	w, aki := driver.ConnectedWorld(t, "PARLEY_TIMING_WEBHOOK=25s")
	const customers, each = 100, 10
	var entries []string
	now := time.Now().UnixMilli()
	for c := range customers {
		var events []string
		for n := range each {
			events = append(events, fmt.Sprintf(
				`{"sender":{"id":"31%04d"},"recipient":{"id":%q},"timestamp":%d,"message":{"mid":"m_%d_%d","text":"\u4e00\u3064 %d of %d"}}`,
				c, w.Facebook.PageID, now-int64(1000*(each-n)), c, n, n, c,
			))
		}
		entries = append(entries, fmt.Sprintf(`{"id":%q,"time":%d,"messaging":[%s]}`, w.Facebook.PageID, now, strings.Join(events, ",")))
	}
	began := time.Now()
	w.Delivers(driver.Envelope(entries...))
	took := time.Since(began)
	t.Logf("1,000 events in one POST: %s", took.Round(time.Millisecond))
	w.Delivers(driver.Envelope(entries...))

	cs := aki.Conversations()
	if len(cs) != customers {
		t.Fatalf("%d conversations, want %d", len(cs), customers)
	}
	for _, c := range cs {
		if ms := aki.Messages(c.ID); len(ms) != each || c.Unread != each {
			t.Fatalf("%s holds %d messages, %d unread, want %d", c.ID, len(ms), c.Unread, each)
		}
	}
	if n := aki.Stats()["raw_events"]; n != customers*each {
		t.Errorf("%d raw events, want %d", n, customers*each)
	}
}
