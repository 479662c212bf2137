package login

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/zalando/go-keyring"
)

// Keyring keeps secrets by the name of a service and a user.
type Keyring interface {
	Set(service, user, secret string) error
	// Get answers [ErrNotInKeyring] for what it does not have, as does Delete.
	Get(service, user string) (string, error)
	Delete(service, user string) error
}

// What a keyring says.
var (
	// ErrNotInKeyring: it has no such secret.
	ErrNotInKeyring = keyring.ErrNotFound
	// ErrNoKeyring: there is none.
	ErrNoKeyring = errors.New("no keyring")
)

// SystemKeyring is the keyring of the system: Keychain, Credential Manager, or what
// offers the Secret Service on the session's D-Bus.
type SystemKeyring struct{}

var _ Keyring = SystemKeyring{}

// Set implements [Keyring].
func (SystemKeyring) Set(service, user, secret string) error {
	if !reachable() {
		return ErrNoKeyring
	}
	return keyring.Set(service, user, secret)
}

// Get implements [Keyring].
func (SystemKeyring) Get(service, user string) (string, error) {
	if !reachable() {
		return "", ErrNoKeyring
	}
	return keyring.Get(service, user)
}

// Delete implements [Keyring].
func (SystemKeyring) Delete(service, user string) error {
	if !reachable() {
		return ErrNoKeyring
	}
	return keyring.Delete(service, user)
}

// reachable tells whether there may be a keyring. Where no session's D-Bus is named,
// asking for one would start a bus of its own, which nobody ends.
func reachable() bool {
	switch runtime.GOOS {
	case "darwin", "windows":
		return true
	}
	switch os.Getenv("DBUS_SESSION_BUS_ADDRESS") {
	case "autolaunch:":
		return false
	case "":
		// The one place in which it is looked for, if it is this session's.
		dir := fmt.Sprintf("/run/user/%d", os.Getuid())
		if os.Getenv("XDG_RUNTIME_DIR") != dir {
			return false
		}
		_, err := os.Stat(dir + "/bus")
		return err == nil
	}
	return true
}
