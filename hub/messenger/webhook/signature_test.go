package webhook_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"parley/hub/messenger/webhook"
)

type vector struct {
	Description, Secret, Body, Header, SHA1 string
}

func vectors(t *testing.T) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestVerify(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Description, func(t *testing.T) {
			t.Parallel()
			verifier, err := webhook.NewVerifier("the old secret", v.Secret)
			if err != nil {
				t.Fatal(err)
			}
			if !verifier.Verify(v.Header, []byte(v.Body)) {
				t.Error("a right signature is refused")
			}
			if !webhook.WellFormed(v.Header) {
				t.Error("a right signature is not well-formed")
			}
			digest := strings.TrimPrefix(v.Header, "sha256=")
			for name, header := range map[string]string{
				"none":                 "",
				"SHA-1":                v.SHA1,
				"upper case":           "sha256=" + strings.ToUpper(digest),
				"short":                v.Header[:70],
				"long":                 v.Header + "0",
				"doubled":              v.Header + "," + v.Header,
				"space before":         " " + v.Header,
				"upper case prefix":    "SHA256=" + digest,
				"without prefix":       digest,
				"one digit changed":    flipLast(v.Header),
				"not hex":              "sha256=" + strings.Repeat("z", 64),
				"prefix alone":         "sha256=",
				"SHA-1 name, same sum": "sha1=" + digest,
			} {
				if verifier.Verify(header, []byte(v.Body)) {
					t.Errorf("accepted: %s", name)
				}
				if got := webhook.WellFormed(header); got != (name == "one digit changed") {
					t.Errorf("well-formed: %v of %s", got, name)
				}
			}
			if verifier.Verify(v.Header, []byte(v.Body+" ")) || verifier.Verify(v.Header, nil) {
				t.Error("a changed body is accepted")
			}
			other, err := webhook.NewVerifier("another secret")
			if err != nil {
				t.Fatal(err)
			}
			if other.Verify(v.Header, []byte(v.Body)) {
				t.Error("another secret's signature is accepted")
			}
		})
	}
}

func flipLast(s string) string {
	last := byte('0')
	if s[len(s)-1] == '0' {
		last = '1'
	}
	return s[:len(s)-1] + string(last)
}

func TestNewVerifierNeedsSecrets(t *testing.T) {
	t.Parallel()
	for _, secrets := range [][]string{nil, {""}, {"good", ""}} {
		if _, err := webhook.NewVerifier(secrets...); !errors.Is(err, webhook.ErrNoSecret) {
			t.Errorf("%q: %v", secrets, err)
		}
	}
}

func TestVerifierShowsNoSecret(t *testing.T) {
	t.Parallel()
	v, err := webhook.NewVerifier("do-not-show")
	if err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprintf("%v %+v %#v", v, v, v); strings.Contains(s, "do-not-show") {
		t.Error(s)
	}
}

func TestHandshake(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, query, token, challenge string
		ok                            bool
	}{
		{"right", "hub.mode=subscribe&hub.verify_token=tok&hub.challenge=115", "tok", "115", true},
		{"challenge that is no number", "hub.mode=subscribe&hub.verify_token=tok&hub.challenge=a%20b", "tok", "a b", true},
		{"wrong token", "hub.mode=subscribe&hub.verify_token=tik&hub.challenge=115", "tok", "", false},
		{"longer token", "hub.mode=subscribe&hub.verify_token=token&hub.challenge=115", "tok", "", false},
		{"wrong mode", "hub.mode=unsubscribe&hub.verify_token=tok&hub.challenge=115", "tok", "", false},
		{"no mode", "hub.verify_token=tok&hub.challenge=115", "tok", "", false},
		{"empty configured token", "hub.mode=subscribe&hub.verify_token=&hub.challenge=115", "", "", false},
		{"nothing", "", "tok", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q, err := url.ParseQuery(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			challenge, ok := webhook.Handshake(q, tt.token)
			if challenge != tt.challenge || ok != tt.ok {
				t.Errorf("got %q, %v", challenge, ok)
			}
		})
	}
}
