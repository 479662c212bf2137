package view

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"parley/hub/store"
	"parley/model"
)

// epoch names a Page's stream for one user. It changes with the store, with the installation,
// and each time this user loses access to the Page.
func (i *Views) epoch(p store.Page, user model.UserID) string {
	gen := p.AccessGen
	if p.Installer.ID == user {
		gen = 0 // the installer never loses access
	}
	sum := sha256.Sum256([]byte(i.store.ID() + "|" + string(p.ID) + "|" + strconv.Itoa(gen)))
	return hex.EncodeToString(sum[:8])
}
