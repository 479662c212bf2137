package graph

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestParseFields(t *testing.T) {
	t.Parallel()
	got, err := parseFields(" id,messages.limit(20).after(x=){ from, attachments{image_data{url}} } ,link ")
	want := []field{
		{name: "id"},
		{name: "messages", limit: 20, args: map[string]string{"after": "x="}, sub: []field{
			{name: "from"}, {name: "attachments", sub: []field{{name: "image_data", sub: []field{{name: "url"}}}}},
		}},
		{name: "link"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{",", "a,", "a{", "a{}", "a}", "a.limit", "a.limit(", "a.limit(x)", "a.limit(-1)", "a b", "a{b{c{d{e{f}}}}}", "é"} {
		if list, err := parseFields(bad); err == nil {
			t.Errorf("parseFields(%q) = %v", bad, list)
		}
	}
}

func TestParseFieldsNeverPanics(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, _ = parseFields(rapid.StringMatching(`[a-c,.{}() é]{0,24}|limit\([0-9]*\)`).Draw(t, "fields"))
	})
}
