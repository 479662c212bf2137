package server

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"

	"parley/cmd/cli"
	"parley/cmd/settings"
	"parley/hub/sealing"
	"parley/hub/store"
	"parley/hub/vault"
	"parley/i18n"
)

const (
	keyFile     = "hub.key"
	keyFileMode = 0o600
	// othersMay are the permissions of anybody but the owner.
	othersMay = 0o077
)

// unlock returns the vault of a store's secrets. It seals what an older hub left in plain text,
// and refuses a key that is not the store's.
func (p *commands) unlock(ctx context.Context, s settings.Settings, st store.Store, log *slog.Logger) (*vault.Vault, error) {
	file := filepath.Join(s.Beside(), keyFile)
	complain(log, append([]string{file}, storeFiles(s)...)...)
	v, err := p.vault(ctx, s, st, file)
	if err != nil {
		return nil, err
	}
	n, err := sealing.SealTokens(ctx, st, v)
	if errors.Is(err, sealing.ErrKey) {
		from := cli.Plain(file)
		if s.MasterKey != "" {
			from = cli.Plain("PARLEY_MASTER_KEY")
		}
		return nil, cli.Failed(p.Words.Say(i18n.ErrKeyWrong, "From", from, "Store", cli.Plain(s.StoreName())))
	}
	if err == nil && n > 0 {
		err = st.Scrub(ctx)
	}
	if err != nil {
		return nil, cli.Failed(p.Words.Say(i18n.ErrStoreOpen, "File", cli.Plain(s.StoreName()), "Reason", cli.Plain(err.Error())))
	}
	if n > 0 {
		log.Info("page tokens sealed", "count", n)
	}
	return v, nil
}

// vault returns the vault of the configured key, else of the key file, which is created if
// nothing was sealed yet.
func (p *commands) vault(ctx context.Context, s settings.Settings, st store.Store, file string) (*vault.Vault, error) {
	if s.MasterKey != "" {
		key, err := vault.ParseKey(s.MasterKey)
		if err != nil {
			return nil, cli.Usage(p.Words.Say(i18n.ErrKeySetting))
		}
		return vault.New(key)
	}
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return p.newVault(ctx, s, st, file)
	}
	if err != nil {
		return nil, cli.Failed(p.Words.Say(i18n.ErrFileRead, "File", cli.Plain(file), "Reason", cli.Plain(cli.PathReason(err))))
	}
	key, err := vault.ParseKey(string(b))
	if err != nil {
		return nil, cli.Failed(p.Words.Say(i18n.ErrKeyFile, "File", cli.Plain(file), "Store", cli.Plain(s.StoreName())))
	}
	return vault.New(key)
}

// newVault creates a key and stores it in a file, unless there are secrets that it would not
// open.
func (p *commands) newVault(ctx context.Context, s settings.Settings, st store.Store, file string) (*vault.Vault, error) {
	sealed, err := sealing.Sealed(ctx, st)
	if err != nil {
		return nil, err
	}
	if sealed {
		return nil, cli.Failed(p.Words.Say(i18n.ErrKeyMissing, "File", cli.Plain(file), "Store", cli.Plain(s.StoreName())))
	}
	key := vault.NewKey()
	if err := writeKey(file, vault.FormatKey(key)+"\n"); err != nil {
		return nil, cli.Failed(p.Words.Say(i18n.ErrKeyWrite, "File", cli.Plain(file), "Reason", cli.Plain(cli.PathReason(err))))
	}
	return vault.New(key)
}

// writeKey writes a key atomically, and returns when it is on disk: without it everything sealed
// with it is lost.
func writeKey(file, key string) error {
	temporary := file + ".new"
	_ = os.Remove(temporary) // left by a hub that was killed; its permissions may differ
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, keyFileMode)
	if err != nil {
		return err
	}
	_, err = f.WriteString(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(temporary, file); err != nil {
		return err
	}
	if dir, err := os.Open(filepath.Dir(file)); err == nil {
		_ = dir.Sync() // not every system can
		_ = dir.Close()
	}
	return nil
}

// complain logs files that others than their owner may access.
func complain(log *slog.Logger, files ...string) {
	if runtime.GOOS == "windows" { // its permissions are of another kind
		return
	}
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.Mode().Perm()&othersMay != 0 {
			log.Warn("others may use a file with secrets; chmod 600 it", "file", file, "mode", info.Mode().Perm().String())
		}
	}
}
