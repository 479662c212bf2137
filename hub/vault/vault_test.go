package vault_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"parley/hub/vault"
)

func newVault(t testing.TB, key []byte) *vault.Vault {
	t.Helper()
	v, err := vault.New(key)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	v := newVault(t, vault.NewKey())
	for _, secret := range []string{"", "EAAG", "秘密", strings.Repeat("x", 5000), "\x00\xff"} {
		one, two := v.Seal("page token", "1", secret), v.Seal("page token", "1", secret)
		if one == two || len(secret) > 3 && strings.Contains(one, secret) {
			t.Errorf("%.9q is sealed as %.99s and %.99s", secret, one, two)
		}
		got, err := v.Open("page token", "1", one)
		if err != nil || got != secret {
			t.Errorf("opened %.9q (%v), want %.9q", got, err, secret)
		}
	}
}

// A secret opens by its own key alone, where it belongs, unchanged.
func TestWhatDoesNotOpen(t *testing.T) {
	t.Parallel()
	key := vault.NewKey()
	v, other := newVault(t, key), newVault(t, vault.NewKey())
	sealed := v.Seal("page token", "12", "secret")
	if got, err := other.Open("page token", "12", sealed); !errors.Is(err, vault.ErrOtherKey) || got != "" {
		t.Errorf("by another key: %q, %v", got, err)
	}
	for _, place := range [][2]string{{"page token", "1"}, {"page token", "12~2"}, {"page token ", "12"}, {"", ""}, {"page token 2 12", ""}} {
		if got, err := v.Open(place[0], place[1], sealed); !errors.Is(err, vault.ErrBroken) || got != "" {
			t.Errorf("as %q: %q, %v", place, got, err)
		}
	}
	for i := range len(sealed) {
		changed := []byte(sealed)
		changed[i] ^= 1
		if got, err := v.Open("page token", "12", string(changed)); err == nil || got != "" {
			t.Errorf("changed at %d: opened %q", i, got)
		}
	}
	for _, bad := range []string{"", ".", "..", "v1", "v1.", "secret", sealed + "A", sealed[:len(sealed)-1], sealed[:30], "v2" + sealed[2:], sealed + "."} {
		if got, err := v.Open("page token", "12", bad); err == nil || got != "" {
			t.Errorf("%q: opened %q", bad, got)
		}
	}
	if got, err := newVault(t, key).Open("page token", "12", sealed); err != nil || got != "secret" {
		t.Errorf("by the same key, elsewhere: %q, %v", got, err)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{0xfb, 0xff}, vault.KeySize/2) // - and _ in the other alphabet
	for _, s := range []string{
		vault.FormatKey(key), hex.EncodeToString(key), strings.ToUpper(hex.EncodeToString(key)),
		base64.RawStdEncoding.EncodeToString(key), base64.URLEncoding.EncodeToString(key), " " + vault.FormatKey(key) + "\n",
	} {
		if got, err := vault.ParseKey(s); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%q: %x, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "x", "password", vault.FormatKey(key[1:]), hex.EncodeToString(key[1:]), vault.FormatKey(append(key, 1))} {
		if got, err := vault.ParseKey(s); !errors.Is(err, vault.ErrBadKey) || got != nil {
			t.Errorf("%q: %x, %v", s, got, err)
		}
	}
	for _, key := range [][]byte{nil, key[1:], append(key, 1)} {
		if _, err := vault.New(key); !errors.Is(err, vault.ErrBadKey) {
			t.Errorf("a key of %d bytes: %v", len(key), err)
		}
	}
}

func TestVaultShowsNoKey(t *testing.T) {
	t.Parallel()
	key := []byte("do-not-show-this-key-of-32-bytes")
	v := newVault(t, key)
	if s := fmt.Sprintf("%v %+v %#v %x", v, v, v, v) + v.Seal("a", "b", "c"); strings.Contains(s, "do-not-show") || strings.Contains(s, hex.EncodeToString(key)) {
		t.Error(s)
	}
}

// Whatever is read from a store, it opens only if it was sealed so.
func FuzzOpen(f *testing.F) {
	v := newVault(f, bytes.Repeat([]byte{7}, vault.KeySize))
	sealed := v.Seal("page token", "1", "secret")
	for _, seed := range []string{"", sealed, sealed[:len(sealed)-2], strings.ReplaceAll(sealed, ".", ""), "v1..", "v1.\x00.é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := v.Open("page token", "1", s)
		if err == nil && got != "secret" {
			t.Errorf("%q opened as %q", s, got)
		}
		if err != nil && got != "" {
			t.Errorf("%q: %q with %v", s, got, err)
		}
	})
}
