package settings

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
)

// FileScheme is what the address of a store in a file may begin with.
const FileScheme = "sqlite://"

// IsDatabase reports whether a store is in a PostgreSQL database, and not in a file.
func IsDatabase(db string) bool {
	return strings.HasPrefix(db, "postgres://") || strings.HasPrefix(db, "postgresql://")
}

// Beside returns the folder of what belongs to a store and is not in it: its key, files that were
// sent, certificates.
func (s Settings) Beside() string {
	if IsDatabase(s.DB) {
		return filepath.Join(xdg.DataHome, "parley")
	}
	return filepath.Dir(strings.TrimPrefix(s.DB, FileScheme))
}

// StoreName returns where the store is, as people and logs may see it.
func (s Settings) StoreName() string { return Shown(s.DB) }

// secretParameter is the parameter of a database's address that must not be shown.
const secretParameter = "password"

// Shown returns an address without the password in it; what can't be read as one is as it is,
// unless it may have a password.
func Shown(address string) string {
	if !strings.Contains(address, "://") {
		return address
	}
	u, err := url.Parse(address)
	if err != nil {
		scheme, _, _ := strings.Cut(address, "://")
		return scheme + "://…"
	}
	if q := u.Query(); q.Has(secretParameter) {
		q.Set(secretParameter, "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}
