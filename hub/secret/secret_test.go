package secret_test

import (
	"testing"

	"parley/hub/secret"
)

func TestSecretIsKnownByItsHash(t *testing.T) {
	t.Parallel()
	a, b := secret.New(secret.TokenBytes), secret.New(secret.TokenBytes)
	if a == b || len(a) != 43 {
		t.Fatalf("secrets %q and %q", a, b)
	}
	for _, c := range []struct {
		hash   []byte
		secret string
		is     bool
	}{
		{secret.Hash(a), a, true},
		{secret.Hash(a), b, false},
		{secret.Hash(a), "", false},
		{secret.Hash(""), "", false},
		{nil, a, false},
		{nil, "", false},
	} {
		if got := secret.Is(c.hash, c.secret); got != c.is {
			t.Errorf("Is(%x, %q) = %t", c.hash, c.secret, got)
		}
	}
}
