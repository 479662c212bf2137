package driver

import (
	"encoding/json"
	"errors"
	"os"

	"parley/client/login"
)

// With asProgram set, RingFile names a file that acts as the system's keyring; without it there
// is none. The real one is never used.
const RingFile = "TEST_KEYRING"

// FileRing is a keyring in a file. A file that is not JSON is a locked keyring.
type FileRing string

var errLocked = errors.New("it is locked")

func (r FileRing) load() (map[string]string, error) {
	if r == "" {
		return nil, login.ErrNoKeyring
	}
	held := map[string]string{}
	b, err := os.ReadFile(string(r))
	if errors.Is(err, os.ErrNotExist) {
		return held, nil
	}
	if err == nil && json.Unmarshal(b, &held) != nil {
		err = errLocked
	}
	return held, err
}

func (r FileRing) change(f func(map[string]string) error) error {
	held, err := r.load()
	if err == nil {
		err = f(held)
	}
	if err != nil {
		return err
	}
	b, err := json.Marshal(held)
	if err != nil {
		return err
	}
	return os.WriteFile(string(r), b, 0o600)
}

// Set implements [login.Keyring].
func (r FileRing) Set(service, user, secret string) error {
	return r.change(func(held map[string]string) error {
		held[service+" "+user] = secret
		return nil
	})
}

// Get implements [login.Keyring].
func (r FileRing) Get(service, user string) (string, error) {
	held, err := r.load()
	if secret, ok := held[service+" "+user]; ok || err != nil {
		return secret, err
	}
	return "", login.ErrNotInKeyring
}

// Delete implements [login.Keyring].
func (r FileRing) Delete(service, user string) error {
	return r.change(func(held map[string]string) error {
		if _, ok := held[service+" "+user]; !ok {
			return login.ErrNotInKeyring
		}
		delete(held, service+" "+user)
		return nil
	})
}
