package model_test

import (
	"testing"

	"parley/model"
)

func TestRecordRef(t *testing.T) {
	t.Parallel()
	const lead = "0190b8a0-0000-4000-8000-00000000000a"
	for in, want := range map[string]string{
		"person:12": "person:12", " deal:42 ": "deal:42", "lead:" + lead: "lead:" + lead,
		"lead:0190B8A0-0000-4000-8000-00000000000A":          "lead:" + lead,
		"https://aoyama.pipedrive.com/person/12":             "person:12",
		"https://aoyama.pipedrive.com/deal/42/":              "deal:42",
		"https://aoyama.pipedrive.com/deal/42?tab=notes#top": "deal:42",
		"https://aoyama.pipedrive.com/leads/inbox/" + lead:   "lead:" + lead,
		"": "", "person:": "", "person:0": "", "person:-1": "", "person:1x": "", "person:12345678901234567890": "", "deal:1234567890123456789": "", "deal:123456789012345678": "deal:123456789012345678", "lead:12": "", "org:3": "",
		"12": "", "https://aoyama.pipedrive.com/": "", "https://aoyama.pipedrive.com/person/me": "", "javascript:alert(1)": "",
	} {
		got, err := model.ParseRecordRef(in)
		if want == "" {
			if err == nil {
				t.Errorf("%q is read as %s", in, got)
			}
			continue
		}
		if err != nil || got.String() != want {
			t.Errorf("%q is read as %s, %v, want %s", in, got, err, want)
		}
	}
}
