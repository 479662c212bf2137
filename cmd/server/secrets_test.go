package server

import (
	"slices"
	"testing"

	"parley/cmd/settings"
)

func TestAppSecrets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		now, old string
		want     []string
	}{
		{"", "", nil},
		{" , ", ",", nil},
		{"a", "", []string{"a"}},
		{"a, b ", "", []string{"a", "b"}},
		{"a", "b", []string{"a", "b"}},
		{"a,b", "c", []string{"a", "b", "c"}},
	} {
		if got := appSecrets(settings.Settings{MetaAppSecret: c.now, MetaAppSecretOld: c.old}); !slices.Equal(got, c.want) {
			t.Errorf("%q and %q: %q, want %q", c.now, c.old, got, c.want)
		}
	}
}
