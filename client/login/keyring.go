package login

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/zalando/go-keyring"
)

// Keyring stores secrets by service and user.
type Keyring interface {
	Set(service, user, secret string) error
	// Get returns [ErrNotInKeyring] if it has no such secret; so does Delete.
	Get(service, user string) (string, error)
	Delete(service, user string) error
}

// Errors of a keyring.
var (
	// ErrNotInKeyring: it has no such secret.
	ErrNotInKeyring = keyring.ErrNotFound
	// ErrNoKeyring: the system has none.
	ErrNoKeyring = errors.New("no keyring")
)

// SystemKeyring is the system's keyring: Keychain, Credential Manager, or the Secret Service
// on the session's D-Bus.
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

// reachable reports whether there may be a keyring. If no session bus is configured, asking
// for a keyring would start a bus that nobody ends.
func reachable() bool {
	switch runtime.GOOS {
	case "darwin", "windows":
		return true
	}
	switch os.Getenv("DBUS_SESSION_BUS_ADDRESS") {
	case "autolaunch:":
		return false
	case "":
		// The only place to look for it, if it is this session's.
		dir := fmt.Sprintf("/run/user/%d", os.Getuid())
		if os.Getenv("XDG_RUNTIME_DIR") != dir {
			return false
		}
		_, err := os.Stat(dir + "/bus")
		return err == nil
	}
	return true
}
