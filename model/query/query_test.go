package query_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parley/model"
	"parley/model/query"
)

func TestParse(t *testing.T) {
	t.Parallel()
	is := func(v string) query.Term { return query.Term{Kind: query.Is, Value: v} }
	word := func(v string) query.Term { return query.Term{Kind: query.Words, Value: v} }
	labelled := func(v string) query.Term { return query.Term{Kind: query.Label, Value: v} }
	not := func(t query.Term) query.Term { t.Not = true; return t }
	at := func(v string) query.Term { return query.Term{Kind: query.Assignee, Value: v} }
	from := func(v string) query.Term { return query.Term{Kind: query.From, Value: v} }
	page := func(v string) query.Term { return query.Term{Kind: query.Page, Value: v} }
	for text, want := range map[string]query.Query{
		"":            nil,
		"  \t\u3000 ": nil,
		`is:blocked from:ad label:vip @me "a few words"`: {is("blocked"), from("ad"), labelled("vip"), at("me"), word("a few words")},
		"IS:Waiting":                         {is("waiting")},
		"is:open is:open":                    {is("open")},
		"label:a label:b -label:c":           {labelled("a"), labelled("b"), not(labelled("c"))},
		`label:"new customer"`:               {labelled("new customer")},
		`-label:"a \"b\" \\"`:                {not(labelled(`a "b" \`))},
		"@ken @“Ken Sato” -@me":              {at("ken"), at("Ken Sato"), not(at("me"))},
		"page:104857600123456 page:「花屋 さくら」": {page("104857600123456"), page("花屋 さくら")},
		"ｉｓ：ｏｐｅｎ　ラベル：「見積もり　依頼」　＠自分　机": {is("open"), labelled("見積もり 依頼"), at("me"), word("机")},
		"状態：返信待ち 流入元：広告":              {is("waiting"), from("ad")},
		"－label：急ぎ":                            {not(labelled("急ぎ"))},
		"table chair":                          {word("table"), word("chair")},
		"see https://example.com/a:b at 10:30": {word("see"), word("https://example.com/a:b"), word("at"), word("10:30")},
		"ken@example.com":                      {word("ken@example.com")},
		`tables - "is:open"`:                   {word("tables"), word("-"), word("is:open")},
		`say"hello you"`:                       {word("say"), word("hello you")},
		":":                                    {word(":")},
		"label:cafe\u0301":                     {labelled("café")},
		"a\x00b":                               {word("a"), word("b")},
	} {
		got, err := query.Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]query.Error{
		"is:opne":                             {Reason: query.UnknownValue, From: 3, To: 7, Name: "is", Word: "opne", Meant: "is:open"},
		"chair is:xyzzy":                      {Reason: query.UnknownValue, From: 9, To: 14, Name: "is", Word: "xyzzy"},
		"from:adv":                            {Reason: query.UnknownValue, From: 5, To: 8, Name: "from", Word: "adv"},
		"lable:vip":                           {Reason: query.UnknownName, From: 0, To: 6, Word: "lable", Meant: "label:"},
		"見積 form:ad":                          {Reason: query.UnknownName, From: 3, To: 8, Word: "form", Meant: "from:"},
		"label:":                              {Reason: query.NoValue, From: 0, To: 6, Word: "label:"},
		`label:""`:                            {Reason: query.NoValue, From: 0, To: 8, Word: `label:""`},
		"@ ken":                               {Reason: query.NoValue, From: 0, To: 1, Word: "@"},
		`"never ends`:                         {Reason: query.NotClosed, From: 0, To: 11, Word: `"never ends`},
		"「おわらない":                              {Reason: query.NotClosed, From: 0, To: 6, Word: "「おわらない"},
		"-chairs":                             {Reason: query.NotWords, From: 0, To: 7, Word: "-chairs"},
		strings.Repeat("a", query.MaxRunes+1): {Reason: query.TooLong},
		strings.Repeat("\\", query.MaxRunes):  {Reason: query.TooLong},
		"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33": {Reason: query.TooLong},
	} {
		q, err := query.Parse(text)
		var got *query.Error
		if !errors.As(err, &got) {
			t.Errorf("%q is %v, %v", text, q, err)
			continue
		}
		found := *got
		found.Allowed = nil
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
		if got.Error() == "" || got.Reason == query.UnknownValue && len(got.Allowed) == 0 {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// printed: what is printed is read as the same.
func printed(t interface{ Fatalf(string, ...any) }, q query.Query) {
	again, err := query.Parse(q.String())
	if err != nil {
		t.Fatalf("%q is printed as %q: %v", q, q.String(), err)
	}
	if diff := cmp.Diff(q, again); diff != "" {
		t.Fatalf("%q (-want +got):\n%s", q.String(), diff)
	}
}

// pieces are what a query is made of, and what comes near.
var pieces = rapid.OneOf(
	rapid.SampledFrom([]string{"is:", "from:", "label:", "page:", "@", "-", `"`, "“", "「", "」", "：", "＠", "\\", " ", "　", "is:open", "label:vip", "me", "ラベル："}),
	rapid.StringN(0, 4, -1),
)

func TestPrintedIsParsed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		if q, err := query.Parse(strings.Join(rapid.SliceOfN(pieces, 0, 12).Draw(r, "pieces"), "")); err == nil {
			printed(r, q)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`is:blocked from:ad label:vip @me "words"`, `ｉｓ：ｏｐｅｎ　ラベル：「見積もり」　＠自分`, `-label:"a \"b\" \\" @“Ken”`, "lable:x", `"`, "- -@x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := query.Parse(s)
		if u, ok := query.Last(s); ok && (u.From < 0 || u.From > len(s)) {
			t.Fatalf("%q ends at %d", s, u.From)
		}
		var wrong *query.Error
		switch {
		case err == nil:
			printed(t, q)
		case !errors.As(err, &wrong) || wrong.From > wrong.To || wrong.To > len([]rune(s)):
			t.Fatalf("%q: %v", s, err)
		}
	})
}

type facts struct {
	c    model.Conversation
	page model.Page
	in   map[string]bool
}

func (f facts) In(s string) bool    { return f.in[s] }
func (f facts) Entry() *model.Entry { return f.c.Entry }
func (f facts) Labels() []string    { return f.c.Labels }
func (f facts) Assignee() (model.UserRef, bool) {
	if f.c.Assignee == nil {
		return model.UserRef{}, false
	}
	return *f.c.Assignee, true
}
func (f facts) Page() model.Page { return f.page }

func TestMatch(t *testing.T) {
	t.Parallel()
	f := facts{
		c: model.Conversation{
			Labels: []string{"VIP", "見積もり"}, Assignee: &model.UserRef{ID: "u1", Name: "Ken Sato"},
			Entry: &model.Entry{Source: model.SourceAds},
		},
		page: model.Page{ID: "100~2", PageID: "100", Name: "Aoyama Coffee"},
		in:   map[string]bool{query.Open: true, query.Unread: true},
	}
	for text, want := range map[string]bool{
		"": true, "words alone": true, "is:open": true, "is:done": false, "-is:done": true, "-is:open": false,
		"is:open is:unread": true, "is:open is:pinned": false,
		"label:vip": true, "label:ＶＩＰ label:見積もり": true, "label:vip label:spam": false, "-label:spam": true, "-label:vip": false,
		"@ken": true, "@sato": true, `@"ken sato"`: true, "@kensato": true, "@ke": false, "-@ken": false, "@me": true, "-@me": false,
		"from:ad": true, "from:link": false, "-from:direct": true,
		"page:100": true, "page:100~2": true, "page:aoyama": true, `page:"aoyama coffee"`: true, "page:ginza": false,
	} {
		if got := query.NewMatcher(must(t, text), "u1").Match(f); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
	nobodys := facts{page: f.page}
	for text, want := range map[string]bool{"@me": false, "-@me": true, "from:direct": true, "label:vip": false, "-label:vip": true} {
		if got := query.NewMatcher(must(t, text), "u1").Match(nobodys); got != want {
			t.Errorf("%s of nobody's: %t", text, got)
		}
	}
}

func TestWays(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"ADS": query.Ad, "SHORTLINK": query.Link, "checkbox_plugin": query.Plugin, "CUSTOMER_CHAT_PLUGIN": query.Plugin,
		"SHOP": query.Shop, "DISCOVER_TAB": query.Other,
	} {
		if got := query.WayOf(&model.Entry{Source: source}); got != want {
			t.Errorf("%s is %s", source, got)
		}
	}
	if query.WayOf(nil) != query.Direct || query.WayOf(&model.Entry{AdID: "1"}) != query.Ad {
		t.Error("without source")
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	known := query.Known{Labels: []string{"VIP", "new customer", "見積もり"}, Users: []string{"Ken Sato", "Aoi"}, Pages: []string{"Aoyama Coffee"}}
	for text, want := range map[string][]string{
		"la":              {"label:"},
		"-fr":             {"-from:"},
		"is:un":           {"is:unassigned", "is:unread"},
		"label:":          {"label:VIP", `label:"new customer"`, "label:見積もり"},
		"is:open label:c": {`label:"new customer"`},
		"ラベル：見":           {"label:見積もり"},
		"@k":              {`@"Ken Sato"`},
		"@":               {"@me", `@"Ken Sato"`, "@Aoi"},
		"page:ao":         {`page:"Aoyama Coffee"`},
		"vip":             {"label:VIP"},
		"wait":            {"is:waiting"},
		"zzz":             nil,
	} {
		u, ok := query.Last(text)
		if !ok {
			t.Errorf("%q: nothing is typed", text)
		}
		if diff := cmp.Diff(want, query.Complete(u, known)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	if _, ok := query.Last("is:open "); ok {
		t.Error("after a space something is typed")
	}
}

// must parses a query that is known to be right.
func must(t *testing.T, text string) query.Query {
	t.Helper()
	q, err := query.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return q
}
