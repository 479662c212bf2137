package model_test

import (
	"reflect"
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
