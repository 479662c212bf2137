package webhook_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"parley/hub/messenger/webhook"
	"parley/model"
)

func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/webhooks/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range append(files, "testdata/batch.json") {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte("{\"object\":\"page\",\"entry\":[{\"id\":\"1\",\"messaging\":[{\"sender\":{\"id\":\"2\"},\"message\":{\"mid\":\"\xff\",\"text\":\"\xff\\u0000\\ud800\"}}]}]}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		entries, err := webhook.Decode(body, "1", received())
		if err != nil {
			return
		}
		for _, e := range entries {
			checkPlain(t, string(e.Page))
			for _, in := range e.Events {
				checkInbound(t, body, in)
			}
		}
	})
}

func checkInbound(t *testing.T, body []byte, in model.Inbound) {
	t.Helper()
	if !strings.HasPrefix(in.Key, "mid:") && !strings.HasPrefix(in.Key, "sha:") || len(in.Key) == len("mid:") {
		t.Errorf("key %q", in.Key)
	}
	if len(in.Raw) == 0 || !bytes.Contains(body, in.Raw) {
		t.Errorf("raw %q is no part of the body", in.Raw)
	}
	if in.Name == "" || in.At.IsZero() || in.At.Year() > 9999 {
		t.Errorf("name %q, at %v", in.Name, in.At)
	}
	ofPage := false
	switch in.Event.(type) {
	case model.Policy, model.PageNews:
		ofPage = true
	case model.Optin:
		ofPage = in.Customer == "" // who ticked a box is known once they write
	}
	if in.Event != nil && (in.Customer == "") != ofPage {
		t.Errorf("%T with customer %q", in.Event, in.Customer)
	}
	checkPlain(t, in.Key)
	checkPlain(t, in.Name)
	checkPlain(t, string(in.Customer))
	if in.Event != nil {
		checkTexts(t, reflect.ValueOf(in.Event))
	}
}

func checkPlain(t *testing.T, s string) {
	t.Helper()
	for _, r := range s {
		if r < ' ' || r > '~' {
			t.Errorf("%q holds more than printable ASCII", s)
		}
	}
}

// checkTexts walks an event: text of others must be valid UTF-8, all else plain.
func checkTexts(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			t.Errorf("%q is no UTF-8", v.String())
		}
		if v.Type() != reflect.TypeFor[model.Untrusted]() {
			checkPlain(t, v.String())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				checkTexts(t, v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			checkTexts(t, v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			checkTexts(t, v.Elem())
		}
	default:
	}
}
