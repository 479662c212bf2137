package model_test

import (
	"encoding/json"
	"testing"

	"parley/model"
)

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
