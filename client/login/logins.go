package login

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parley/client/disk"
	"parley/model"
)

// KeptIn is where a login's token is stored.
type KeptIn string

// The places.
const (
	InKeyring KeptIn = "keyring"
	InFile    KeptIn = "file"
)

// KeptLogin is a stored login: who is signed in to which hub.
type KeptLogin struct {
	Hub  string     `json:"hub"`
	User model.User `json:"user"`
	In   KeptIn     `json:"kept"`
	// Token is set if it is stored in the file.
	Token string `json:"token,omitempty"`
}

// Logins stores the hub that the user is signed in to, and the token: in the system's keyring
// or, if that does not answer, in a file readable by the user alone.
type Logins struct {
	file    string
	keyring Keyring
	timeout time.Duration
}

// keyringTimeout is how long a keyring may take: long enough to unlock it, but limited,
// because it may ask on a screen that nobody sees.
const keyringTimeout = 20 * time.Second

// keyringService is our name in the keyring.
const keyringService = "parley"

// NewLogins returns the logins stored in that folder and keyring.
func NewLogins(dir string, k Keyring) *Logins {
	return &Logins{file: filepath.Join(dir, "login.json"), keyring: k, timeout: keyringTimeout}
}

// File returns the file of the login, and of the token if no keyring has it.
func (l *Logins) File() string { return l.file }

// ErrNoLogin: nobody is signed in.
var ErrNoLogin = errors.New("not signed in")

// Keep stores a login in place of the one before. When it returns, the login is durable.
func (l *Logins) Keep(hub string, user model.User, token string) (KeptLogin, error) {
	before, err := l.Find()
	if err == nil && before.In == InKeyring && before.Hub != hub {
		_ = l.withTimeout(func() error { return l.keyring.Delete(keyringService, before.Hub) }) // nobody would look for it again
	}
	k := KeptLogin{Hub: hub, User: user, In: InKeyring}
	if err := l.withTimeout(func() error { return l.keyring.Set(keyringService, hub, token) }); err != nil {
		k.In, k.Token = InFile, token
	}
	b, err := json.Marshal(k)
	if err != nil {
		return k, fmt.Errorf("encode login: %w", err)
	}
	if err := disk.Replace(l.file, b); err != nil {
		return k, fmt.Errorf("keep login: %w", err)
	}
	return k, nil
}

// Find returns the stored login, or [ErrNoLogin]. It does not ask the keyring.
func (l *Logins) Find() (KeptLogin, error) {
	b, err := os.ReadFile(l.file)
	if errors.Is(err, fs.ErrNotExist) {
		return KeptLogin{}, ErrNoLogin
	}
	if err != nil {
		return KeptLogin{}, fmt.Errorf("read login: %w", err)
	}
	var k KeptLogin
	if json.Unmarshal(b, &k) != nil || k.Hub == "" || (k.In == InFile) != (k.Token != "") {
		return KeptLogin{}, fmt.Errorf("read login: %w", &fs.PathError{Op: "read", Path: l.file, Err: errBroken})
	}
	return k, nil
}

var errBroken = errors.New("it is broken")

// Token returns a login's token. A [*KeyringError] says that the keyring has it but did not
// return it.
func (l *Logins) Token(k KeptLogin) (string, error) {
	if k.In == InFile {
		return k.Token, nil
	}
	var token string
	err := l.withTimeout(func() (err error) {
		token, err = l.keyring.Get(keyringService, k.Hub)
		return err
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// Forget deletes the login. An error says that the keyring still has its token.
func (l *Logins) Forget() error {
	k, found := l.Find()
	if err := os.Remove(l.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget login: %w", err)
	}
	if found != nil || k.In != InKeyring {
		return nil
	}
	err := l.withTimeout(func() error { return l.keyring.Delete(keyringService, k.Hub) })
	if errors.Is(err, ErrNotInKeyring) {
		return nil
	}
	return err
}

// Opens reports whether the login is for the hub at that address.
func (k KeptLogin) Opens(hub string) bool {
	return k.Hub != "" && strings.TrimRight(k.Hub, "/") == strings.TrimRight(hub, "/")
}

// KeyringError says that the keyring failed.
type KeyringError struct{ Cause error }

// Error implements error.
func (e *KeyringError) Error() string { return "ask keyring: " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *KeyringError) Unwrap() error { return e.Cause }

// withTimeout calls f, which uses the keyring, and waits no longer than patience; f may go on after
// that.
func (l *Logins) withTimeout(f func() error) error {
	answer := make(chan error, 1)
	go func() {
		defer func() {
			if recover() != nil {
				answer <- errKeyringBroke
			}
		}()
		answer <- f()
	}()
	timer := time.NewTimer(l.timeout)
	defer timer.Stop()
	select {
	case err := <-answer:
		if err != nil {
			return &KeyringError{err}
		}
		return nil
	case <-timer.C:
		return &KeyringError{errKeyringSilent}
	}
}

var (
	errKeyringSilent = errors.New("no answer")
	errKeyringBroke  = errors.New("it broke")
)
