package model_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/model"
)

// fill sets every field of a struct to something.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	for i := range v.NumField() {
		f := v.Field(i)
		switch f.Interface().(type) {
		case *time.Time:
			f.Set(reflect.ValueOf(at(0)))
			continue
		case time.Time:
			f.Set(reflect.ValueOf(noon))
			continue
		}
		switch f.Kind() {
		case reflect.String:
			f.SetString("something")
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Int64:
			f.SetInt(7)
		case reflect.Struct:
			fill(t, f)
		case reflect.Pointer:
			f.Set(reflect.New(f.Type().Elem()))
			fill(t, f.Elem())
		default:
			t.Fatalf("a field of kind %s: say here how it is filled", f.Kind())
		}
	}
}

func TestPublicHoldsNothingElse(t *testing.T) {
	t.Parallel()
	var p model.Page
	fill(t, reflect.ValueOf(&p).Elem())
	full, public := reflect.ValueOf(p), reflect.ValueOf(p.Public())
	known := map[string]bool{"ID": true, "PageID": true, "Name": true, "Visibility": true, "Installer": true}
	for i := range full.NumField() {
		name := full.Type().Field(i).Name
		if full.Field(i).IsZero() {
			t.Fatalf("%s was not filled", name)
		}
		if known[name] {
			if !reflect.DeepEqual(public.Field(i).Interface(), full.Field(i).Interface()) {
				t.Errorf("%s is public, yet changed", name)
			}
			continue
		}
		if !public.Field(i).IsZero() {
			t.Errorf("%s is told to everybody", name)
		}
	}
}

func TestConnected(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		apply func(*model.Page)
		want  bool
	}{
		"installed":          {func(*model.Page) {}, true},
		"uninstalled":        {func(p *model.Page) { p.UninstalledAt = at(0) }, false},
		"token refused":      {func(p *model.Page) { p.TokenRefused = true }, false},
		"not subscribed":     {func(p *model.Page) { p.Subscribed = false }, false},
		"restricted":         {func(p *model.Page) { p.Restricted = &model.Restriction{} }, true},
		"messages off":       {func(p *model.Page) { p.MessagesOff = true }, true},
		"told to wait":       {func(p *model.Page) { p.RateLimitedUntil = at(time.Hour) }, true},
		"the zero value":     {func(p *model.Page) { *p = model.Page{} }, false},
		"private, connected": {func(p *model.Page) { p.Visibility = model.Private }, true},
	} {
		p := openPage()
		tt.apply(&p)
		if got := p.Connected(); got != tt.want {
			t.Errorf("%s: Connected = %v, want %v", name, got, tt.want)
		}
	}
}

func TestUserRef(t *testing.T) {
	t.Parallel()
	u := model.User{ID: installer, Name: "Ann", Email: "ann@example.com", Admin: true}
	if got := u.Ref(); got != (model.UserRef{ID: installer, Name: "Ann"}) {
		t.Errorf("got %+v", got)
	}
}

const (
	installer = model.UserID("0192f0c1-0000-7000-8000-000000000001")
	colleague = model.UserID("0192f0c1-0000-7000-8000-000000000002")
)

func TestCanSee(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		visibility model.Visibility
		installer  model.UserID
		user       model.UserID
		want       bool
	}{
		{"private: its installer", model.Private, installer, installer, true},
		{"private: a colleague, whatever their role", model.Private, installer, colleague, false},
		{"private: nobody", model.Private, installer, "", false},
		{"private: nobody, of a Page without an installer", model.Private, "", "", false},
		{"shared: its installer", model.Shared, installer, installer, true},
		{"shared: a colleague", model.Shared, installer, colleague, true},
		{"shared: nobody", model.Shared, installer, "", false},
		{"of no known visibility: its installer", "", installer, installer, true},
		{"of no known visibility: a colleague", "", installer, colleague, false},
		{"of a misspelt visibility: a colleague", "Shared", installer, colleague, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := model.Page{ID: "1", Visibility: tt.visibility, Installer: model.UserRef{ID: tt.installer}}
			if got := model.CanSee(tt.user, p); got != tt.want {
				t.Errorf("CanSee(%q) = %v, want %v", tt.user, got, tt.want)
			}
		})
	}
}

// An uninstalled installation keeps its visibility: who could read it, still can.
func TestCanSeeUninstalled(t *testing.T) {
	t.Parallel()
	p := openPage()
	p.UninstalledAt = &noon
	if !model.CanSee(colleague, p) {
		t.Error("a shared installation is hidden once uninstalled")
	}
	p.Visibility = model.Private
	if model.CanSee(colleague, p) {
		t.Error("a private installation shows once uninstalled")
	}
}

func TestVisibilityValid(t *testing.T) {
	t.Parallel()
	for v, want := range map[model.Visibility]bool{
		model.Private: true, model.Shared: true, "": false, "public": false, "Private": false,
	} {
		if got := v.Valid(); got != want {
			t.Errorf("Visibility(%q).Valid() = %v, want %v", v, got, want)
		}
	}
}

func TestGreetings(t *testing.T) {
	t.Parallel()
	code := func(err error) model.Code {
		var r *model.Refusal
		if errors.As(err, &r) {
			return r.Code
		}
		return ""
	}
	for _, c := range []struct {
		locale, text string
		want         model.Code
	}{
		{"default", strings.Repeat("あ", 160), ""},
		{"default", strings.Repeat("あ", 161), model.GreetingTooLong},
		{"ja_JP", "こんにちは", ""},
		{"default", " \n", model.TextEmpty},
		{"ja", "x", model.GreetingLocale},
		{"", "x", model.GreetingLocale},
		{"ja_JP\n", "x", model.GreetingLocale},
	} {
		if got := code((model.Greeting{Locale: c.locale, Text: model.Untrusted(c.text)}).Check()); got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.text, c.locale, got, c.want)
		}
	}

	def, ja := model.Greeting{Locale: "default", Text: "Hello"}, model.Greeting{Locale: "ja_JP", Text: "こんにちは"}
	if _, err := model.WithGreeting(nil, ja); code(err) != model.GreetingDefault {
		t.Errorf("a first one that is not the default: %v", err)
	}
	all, err := model.WithGreeting([]model.Greeting{def}, ja)
	if err != nil || !slices.Equal(all, []model.Greeting{def, ja}) {
		t.Fatalf("%+v, %v", all, err)
	}
	changed := model.Greeting{Locale: "default", Text: "Good day"}
	if got, err := model.WithGreeting(all, changed); err != nil || !slices.Equal(got, []model.Greeting{changed, ja}) || all[0] != def {
		t.Errorf("%+v of %+v, %v", got, all, err)
	}
	if _, err := model.WithoutGreeting(all, "default"); code(err) != model.GreetingDefault {
		t.Errorf("the default one before the others: %v", err)
	}
	for locale, want := range map[string]int{"ja_JP": 1, "fr_FR": 2, "": 0} {
		if got, err := model.WithoutGreeting(all, locale); err != nil || len(got) != want {
			t.Errorf("without %q: %+v, %v", locale, got, err)
		}
	}
	for locale, want := range map[string]model.Greeting{"ja_JP": ja, "fr_FR": def, "": def} {
		if got, ok := model.GreetingFor(all, locale); !ok || got != want {
			t.Errorf("for %q: %+v", locale, got)
		}
	}
}

func TestGreetingPreview(t *testing.T) {
	t.Parallel()
	g := model.Greeting{Text: "{{user_first_name}}|{{user_last_name}}|{{user_full_name}}|{{other}}"}
	for name, want := range map[model.Untrusted]model.Untrusted{
		"Ken Sato":           "Ken|Sato|Ken Sato|{{other}}",
		"Ana Maria Ruiz":     "Ana|Maria Ruiz|Ana Maria Ruiz|{{other}}",
		"山田 花子":              "花子|山田|山田 花子|{{other}}",
		"はなこ":                "はなこ||はなこ|{{other}}",
		"{{user_last_name}}": "{{user_last_name}}||{{user_last_name}}|{{other}}",
		"":                   "|||{{other}}",
	} {
		if got := g.Preview(name); got != want {
			t.Errorf("%q: %q, want %q", string(name), string(got), string(want))
		}
	}
}

// Whoever is away can be given nothing, not even by themselves; what is theirs may stay
// so.
func TestCanAssign(t *testing.T) {
	t.Parallel()
	ken, mia := &model.UserRef{ID: "ken"}, &model.UserRef{ID: "mia"}
	for _, c := range []struct {
		name string
		away model.Away
		was  *model.UserRef
		want bool
	}{
		{"available, nobody's before", false, nil, true},
		{"available, somebody else's before", false, mia, true},
		{"available, theirs before", false, ken, true},
		{"away, nobody's before", true, nil, false},
		{"away, somebody else's before", true, mia, false},
		{"away, theirs before", true, ken, true},
	} {
		if got := model.CanAssign("ken", c.away, c.was); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

// Away is available on the wire, and who was never asked is available.
func TestAwayOnTheWire(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]model.Away{
		`{}`: false, `{"available":null}`: false, `{"available":true}`: false, `{"available":false}`: true,
	} {
		var u model.User
		if err := json.Unmarshal([]byte(text), &u); err != nil || u.Away != want {
			t.Errorf("%s is away: %t (%v)", text, u.Away, err)
		}
		var c model.Colleague
		if err := json.Unmarshal([]byte(text), &c); err != nil || c.Away != want {
			t.Errorf("%s of a colleague is away: %t (%v)", text, c.Away, err)
		}
	}
	for _, away := range []model.Away{false, true} {
		b, err := json.Marshal(model.User{ID: "ken", Away: away})
		var back model.User
		if err != nil || json.Unmarshal(b, &back) != nil || back.Away != away {
			t.Errorf("away %t became %s", away, b)
		}
	}
	var u model.User
	if json.Unmarshal([]byte(`{"available":"on"}`), &u) == nil {
		t.Error("a word passes for a switch")
	}
}
