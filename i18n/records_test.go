package i18n_test

import (
	"strings"
	"testing"

	"parley/i18n"
	"parley/model"
)

// TestEveryRecordHasItsWords: what the hub may say of records, in both languages.
func TestEveryRecordHasItsWords(t *testing.T) {
	t.Parallel()
	var ids []i18n.ID
	for _, r := range model.RecordTypes() {
		ids = append(ids, i18n.RecordKind(string(r)), i18n.CreateRecord(string(r)))
	}
	for _, m := range []model.Match{
		model.MatchLink, model.MatchPSID, model.MatchEmail, model.MatchPhone, model.MatchName, model.MatchNearName, model.MatchOfPerson, model.MatchAddress,
	} {
		ids = append(ids, i18n.MatchReason(string(m)))
	}
	for _, s := range []model.DealStatus{model.DealOpen, model.DealWon, model.DealLost} {
		ids = append(ids, i18n.DealStatus(string(s)))
	}
	for _, c := range []model.Code{
		model.NoCRM, model.NoCRMUser, model.BadRecord, model.RecordNotFound, model.CRMForbidden, model.CRMEditUnknown, model.CRMInvalid, model.CRMLimited,
	} {
		ids = append(ids, i18n.Code(string(c)))
	}
	for _, lang := range []string{"en", "ja"} {
		w := i18n.New(lang)
		for _, id := range ids {
			if !w.Has(id) {
				t.Errorf("%s: no words for %s", lang, id)
			}
		}
	}
	line := func(u model.Untrusted) string { return string(u) }
	n := model.Notable{Kind: model.EventRecord, Action: model.ActionLinked, Record: &model.Link{Type: "deal", ID: "42", Title: "Office chairs"}}
	if got := i18n.New("en").Happened(n, line); len(got) != 1 || got[0] != "Linked to Office chairs" {
		t.Errorf("linked: %q", got)
	}
	for action, want := range map[string]string{
		model.ActionStage: "Office chairs was moved to another stage", model.ActionWon: "Office chairs was won", model.ActionLost: "Office chairs was lost",
		model.ActionReopened: "Office chairs is open again", model.ActionDeleted: "Office chairs was deleted in Pipedrive and is no longer linked",
		model.ActionMerged:    "The contact was merged into Office chairs in Pipedrive, which is linked now",
		model.ActionConverted: "The lead became the deal Office chairs, which is linked now",
	} {
		n.Action = action
		if got := i18n.New("en").Happened(n, line); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", action, got, want)
		}
		if got := i18n.New("ja").Happened(n, line); len(got) != 1 || !strings.Contains(got[0], "Office chairs") {
			t.Errorf("%s in Japanese: %q", action, got)
		}
	}
	n.Action, n.Stage, n.Payload = model.ActionStage, 12, "Quote sent"
	if got := i18n.New("ja").Happened(n, line); got[0] != "Office chairsが「Quote sent」に移動" {
		t.Errorf("moved: %q", got)
	}
	n.Action = "of later"
	if got := i18n.New("en").Happened(n, line); len(got) != 1 || got[0] != "A record of the CRM was linked or unlinked" {
		t.Errorf("an action of later: %q", got)
	}
}
