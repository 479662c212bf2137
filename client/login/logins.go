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

// KeptIn says where the token of a login is.
type KeptIn string

// The two places.
const (
	InKeyring KeptIn = "keyring"
	InFile    KeptIn = "file"
)

// KeptLogin is who is signed in where.
type KeptLogin struct {
	Hub  string     `json:"hub"`
	User model.User `json:"user"`
	In   KeptIn     `json:"kept"`
	// Token is set where it is kept in the file.
	Token string `json:"token,omitempty"`
}

// Logins remembers the hub that the user signed in to, and the token: in the keyring of
// the system or, where there is none that answers, in a file readable by the user
// alone.
type Logins struct {
	file     string
	keyring  Keyring
	patience time.Duration
}

// keyringPatience is how long a keyring may take: long enough to unlock it, and not for
// ever, where it asks on a screen that nobody sees.
const keyringPatience = 20 * time.Second

// keyringService is what the keyring calls us.
const keyringService = "parley"

// NewLogins remembers in that folder, and in that keyring.
func NewLogins(dir string, k Keyring) *Logins {
	return &Logins{file: filepath.Join(dir, "login.json"), keyring: k, patience: keyringPatience}
}

// File returns where the login is remembered, and the token where no keyring has it.
func (l *Logins) File() string { return l.file }

// ErrNoLogin: nobody is signed in.
var ErrNoLogin = errors.New("not signed in")

// Keep remembers a login in the place of the one before. When it returns, the login
// survives a crash.
func (l *Logins) Keep(hub string, user model.User, token string) (KeptLogin, error) {
	before, err := l.Find()
	if err == nil && before.In == InKeyring && before.Hub != hub {
		_ = l.ask(func() error { return l.keyring.Delete(keyringService, before.Hub) }) // nobody would look for it
	}
	k := KeptLogin{Hub: hub, User: user, In: InKeyring}
	if err := l.ask(func() error { return l.keyring.Set(keyringService, hub, token) }); err != nil {
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

// Find returns the login that is remembered; [ErrNoLogin] if there is none. It does not
// ask the keyring.
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

// Token returns a login's token. [KeyringError] tells that the keyring has it and does
// not give it.
func (l *Logins) Token(k KeptLogin) (string, error) {
	if k.In == InFile {
		return k.Token, nil
	}
	var token string
	err := l.ask(func() (err error) {
		token, err = l.keyring.Get(keyringService, k.Hub)
		return err
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// Forget forgets the login. The error tells that the keyring still has its token.
func (l *Logins) Forget() error {
	k, found := l.Find()
	if err := os.Remove(l.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget login: %w", err)
	}
	if found != nil || k.In != InKeyring {
		return nil
	}
	err := l.ask(func() error { return l.keyring.Delete(keyringService, k.Hub) })
	if errors.Is(err, ErrNotInKeyring) {
		return nil
	}
	return err
}

// Opens tells whether the login is one of the hub at that address.
func (k KeptLogin) Opens(hub string) bool {
	return k.Hub != "" && strings.TrimRight(k.Hub, "/") == strings.TrimRight(hub, "/")
}

// KeyringError is that the keyring did not do what was asked.
type KeyringError struct{ Cause error }

// Error implements error.
func (e *KeyringError) Error() string { return "ask keyring: " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *KeyringError) Unwrap() error { return e.Cause }

// ask asks the keyring, no longer than patience. What it still does later is not
// waited for.
func (l *Logins) ask(f func() error) error {
	answer := make(chan error, 1)
	go func() {
		defer func() {
			if recover() != nil {
				answer <- errKeyringBroke
			}
		}()
		answer <- f()
	}()
	timer := time.NewTimer(l.patience)
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
