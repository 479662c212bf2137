package sshd

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	gossh "golang.org/x/crypto/ssh"
)

// errOpenKey refuses a host key that others on the machine can read.
var errOpenKey = errors.New("others may read it; its mode must be 0600")

// HostKey reads the server's key, creating one if there is none. Clients remember it, so it
// must stay the same.
func HostKey(path string) (gossh.Signer, error) {
	key, err := readHostKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := makeHostKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("make host key: %w", err)
	}
	return readHostKey(path)
}

// Fingerprint returns a key's fingerprint as OpenSSH does: SHA256:…
func Fingerprint(key gossh.PublicKey) string { return gossh.FingerprintSHA256(key) }

func readHostKey(path string) (gossh.Signer, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read host key: %w", err)
	}
	if exposed(info) {
		return nil, fmt.Errorf("read host key %s: %w", path, errOpenKey)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read host key: %w", err)
	}
	key, err := gossh.ParsePrivateKey(b)
	if err != nil {
		return nil, fmt.Errorf("read host key %s: %w", path, err)
	}
	return key, nil
}

// makeHostKey writes a new key. It appears under its name completely or not at all, and never
// replaces another.
func makeHostKey(path string) error {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := gossh.MarshalPrivateKey(private, "parley hub")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".hostkey-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(pem.EncodeToMemory(block))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), path)
}
