package screen

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"parley/e2e/driver"
	"parley/i18n"
)

// A morning: everybody waits, and is answered in one go.
const (
	morningWaits = 30
	// mostControls is how many keys besides texts that may take.
	mostControls = 75
	keySendDone  = "\x1bs"
)

// talk is what somebody asks, and what is answered: the name of a snippet, or a text.
type talk struct{ asks, snippet, answer string }

// morning is a morning's work in a language.
type morning struct {
	lang     string
	names    []string
	snippets map[string]string
	talks    []talk
}

var mornings = []morning{
	{
		lang:  "en",
		names: []string{"Grace", "Ken", "Marta", "Leo", "Nina", "Omar", "Ruth", "Sam", "Tess", "Uma"},
		snippets: map[string]string{
			"hours": "We are open from 9 to 18, {customer}, on Saturdays too.",
			"price": "A kilo is 38 euros, {customer}; from five kilos on it is 34.",
			"ship":  "It is on its way, {customer}, and with you in two days.",
		},
		talks: []talk{
			{asks: "Are you open on Saturday?", snippet: "hours"},
			{asks: "What is a kilo of the house blend?", snippet: "price"},
			{asks: "Has my order left yet?", snippet: "ship"},
			{asks: "Do you grind for a French press?", answer: "Yes, coarse, just tell us."},
			{asks: "Can I pick it up tomorrow?", answer: "From 10 on it is ready for you."},
			{asks: "Is the decaf back?", answer: "Since Monday, the Colombian one."},
			{asks: "Which beans for an espresso machine?", answer: "Take the dark roast, it forgives."},
			{asks: "May I bring my own jar?", answer: "Please do, we fill it."},
			{asks: "Do you have gift cards?", answer: "At the counter, from 20 euros."},
			{asks: "I left my umbrella, I think!", answer: "We have it, behind the bar."},
		},
	},
	{
		lang:  "ja",
		names: []string{"花子", "健", "美咲", "直樹", "陽子", "翔太", "由美", "大輔", "さくら", "誠"},
		snippets: map[string]string{
			"時間": "{customer}様、営業時間は9時から18時です。土曜日も営業しています。",
			"価格": "{customer}様、1kgは3,800円です。5kg以上は3,400円になります。",
			"発送": "{customer}様、本日発送しました。明後日に届きます。",
		},
		talks: []talk{
			{asks: "土曜日は営業していますか？", snippet: "時間"},
			{asks: "ハウスブレンド1kgの価格は？", snippet: "価格"},
			{asks: "注文した商品はもう発送されましたか？", snippet: "発送"},
			{asks: "フレンチプレス用に挽けますか？", answer: "はい、粗挽きで承ります。"},
			{asks: "明日受け取れますか？", answer: "10時以降にお渡しできます。"},
			{asks: "デカフェはありますか？", answer: "コロンビアが入荷しています。"},
			{asks: "エスプレッソ用のおすすめは？", answer: "深煎りをおすすめします。"},
			{asks: "容器を持参してもいいですか？", answer: "はい、ぜひお持ちください。"},
			{asks: "ギフトカードはありますか？", answer: "店頭で2,000円から承ります。"},
			{asks: "傘を忘れたようです", answer: "カウンターでお預かりしています。"},
		},
	},
}

// TestFromThirtyToNone: thirty who wait are answered, each with what they asked for, in at most
// 75 keys besides what is typed, with three snippets, in either language. PARLEY_CASTS names a
// folder for what it looked like.
func TestFromThirtyToNone(t *testing.T) {
	t.Parallel()
	for _, m := range mornings {
		t.Run(m.lang, func(t *testing.T) {
			t.Parallel()
			m.works(t)
		})
	}
}

// psid is who writes at a place of the morning, name what they are called.
func (m morning) psid(i int) string { return fmt.Sprintf("%d", 5001+i) }

func (m morning) name(i int) string {
	return m.names[i%len(m.names)] + " " + string(rune('A'+i/len(m.names)))
}

func (m morning) works(t *testing.T) {
	w, aki := driver.ConnectedWorld(t)
	for name, text := range m.snippets {
		aki.Cli("snippet", "add", name, text, "--team").Ok()
	}
	for i := range morningWaits {
		w.CustomerSays(m.psid(i), driver.Wording{Text: m.talks[i%len(m.talks)].asks, Name: m.name(i)})
	}
	driver.WaitFor(t, "all have written", driver.Soon, func() bool { return len(aki.Conversations()) == morningWaits })
	s := driver.NewScreen(t, aki.ScreenEnv(), "--lang", m.lang)
	s.Opens()
	words := i18n.New(m.lang)
	rep := &rep{Screen: s, film: newFilm(s)}
	s.Sees(words.Say(i18n.StateLive), fmt.Sprintf("%s %d", words.Say(i18n.FilterName("open")), morningWaits))
	rep.looks()
	rep.control("N")
	for i := range morningWaits {
		talk := m.talks[i%len(m.talks)]
		s.Sees(words.Say(i18n.ComposerPlaceholder, "Name", m.name(i), "More", "…"))
		rep.reads()
		rep.control("r")
		s.Sees(words.Say(i18n.ComposerTo, "Name", m.name(i)))
		typed := talk.answer
		if talk.snippet != "" {
			typed = ";" + talk.snippet
		}
		rep.types(typed, words.Say(i18n.SaidTypedAhead))
		if talk.snippet != "" {
			rep.control(driver.KeyTab)
			s.Misses(";" + talk.snippet)
		}
		rep.control(keySendDone)
	}
	s.Sees(words.Say(i18n.AgendaZeroDone, "N", "30"))
	rep.looks()
	t.Logf("%s: %d keys besides texts", m.lang, rep.controls)
	if rep.controls > mostControls {
		t.Errorf("%d keys besides texts, at most %d", rep.controls, mostControls)
	}
	for i := range morningWaits {
		talk := m.talks[i%len(m.talks)]
		want := talk.answer
		if talk.snippet != "" {
			want = strings.ReplaceAll(m.snippets[talk.snippet], "{customer}", m.name(i))
		}
		m.arrived(w, i)
		if got := w.Facebook.GotBy(m.psid(i)); len(got) != 1 || got[0] != want {
			t.Errorf("%s got %q, want %q", m.name(i), got, want)
		}
	}
	if folder := os.Getenv("PARLEY_CASTS"); folder != "" {
		rep.film.develop(folder, m.lang)
	}
	s.Leaves()
}

// arrived waits until a customer got an answer.
func (m morning) arrived(w *driver.World, i int) {
	w.T.Helper()
	driver.WaitFor(w.T, m.name(i)+" has the answer", driver.Soon, func() bool { return len(w.Facebook.GotBy(m.psid(i))) > 0 })
}

// rep is somebody at the screen, whose keys are counted.
type rep struct {
	*driver.Screen
	film     *film
	controls int
	pressed  time.Time
}

// reads lasts as long as nobody is quicker at the next key after they were shown the next
// conversation: what comes at once is taken for what was typed ahead.
func (r *rep) reads() {
	r.T.Helper()
	driver.WaitEvery(r.T, "a look", 20*time.Millisecond, driver.Soon, func() bool { return time.Since(r.pressed) > 250*time.Millisecond })
}

// control presses a key that is no text.
func (r *rep) control(key string) {
	r.T.Helper()
	r.controls++
	r.Types(key)
	r.pressed = time.Now()
	r.looks()
}

// types types a text into the composer, again if it came so soon after the last conversation that
// it was taken for meant there.
func (r *rep) types(text, tooSoon string) {
	r.T.Helper()
	for {
		r.Types(text)
		dropped := false
		r.Waits("the text is typed", func(lines []string) bool {
			dropped = driver.AnyHolds(lines, tooSoon)
			return dropped || driver.AnyHolds(lines, text)
		})
		if !dropped {
			r.looks()
			return
		}
		r.Misses(tooSoon)
	}
}

// looks has what came since be part of the film.
func (r *rep) looks() { r.film.takes() }
