package main

import (
	"context"
	"crypto/rsa"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"
	gossh "golang.org/x/crypto/ssh"

	"parley/hub"
	"parley/hub/sshd"
	"parley/hub/store"
	"parley/i18n"
)

// sshKey is a public key of a user's.
type sshKey struct{ fingerprint, comment string }

func (p *userCommands) userKeyCommand() *cobra.Command {
	var f storeFlags
	cmd := p.onStore(&cobra.Command{
		Use: "key NAME|ID FILE", Short: p.words.Say(i18n.UserKeyShort), Args: p.exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			key, err := p.readSSHKey(args[1])
			if err != nil {
				return err
			}
			st, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			if err := p.addSSHKey(cmd.Context(), st, args[0], key); err != nil {
				return err
			}
			return p.print(struct {
				Fingerprint string `json:"fingerprint"`
			}{key.fingerprint}, func() {
				p.say(i18n.UserKeyAdded, "Name", plain(args[0]), "Fingerprint", key.fingerprint)
			})
		},
	}, &f)
	cmd.AddCommand(p.userKeyListCommand(), p.userKeyRemoveCommand())
	return cmd
}

// listedKey is a key as list prints it.
type listedKey struct {
	Fingerprint string    `json:"fingerprint"`
	Comment     string    `json:"comment"`
	CreatedAt   time.Time `json:"created_at"`
}

func (p *userCommands) userKeyListCommand() *cobra.Command {
	var f storeFlags
	return p.onStore(&cobra.Command{
		Use: "list NAME|ID", Short: p.words.Say(i18n.UserKeyListShort), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			u, keys, err := hub.ListSSHKeys(cmd.Context(), st, args[0])
			if err != nil {
				return p.userFailure(args[0], err)
			}
			out := make([]listedKey, 0, len(keys))
			var t table
			for _, k := range keys {
				out = append(out, listedKey{Fingerprint: k.Fingerprint, Comment: k.Comment, CreatedAt: k.At})
				t.row(plain(k.Fingerprint).String(), plain(k.Comment).String(), p.words.Say(i18n.UserKeySince, "Time", p.clock(k.At)))
			}
			return p.print(struct {
				Keys []listedKey `json:"keys"`
			}{out}, func() {
				if len(keys) == 0 {
					p.say(i18n.UserKeysNone, "Name", plain(u.Name))
				}
				p.table(t)
			})
		},
	}, &f)
}

func (p *userCommands) userKeyRemoveCommand() *cobra.Command {
	var f storeFlags
	return p.onStore(&cobra.Command{
		Use: "remove NAME|ID FINGERPRINT", Short: p.words.Say(i18n.UserKeyRemoveShort), Args: p.exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			u, err := hub.RemoveSSHKey(cmd.Context(), st, args[0], args[1], p.now())
			if errors.Is(err, hub.ErrNoKey) {
				return &failure{exit: exitMissing, say: p.words.Say(i18n.ErrSSHKeyUnknown, "Name", plain(args[0]), "Fingerprint", plain(args[1]))}
			}
			if err != nil {
				return p.userFailure(args[0], err)
			}
			return p.print(struct {
				Removed string `json:"removed"`
			}{args[1]}, func() { p.say(i18n.UserKeyRemoved, "Name", plain(u.Name), "Fingerprint", plain(args[1])) })
		},
	}, &f)
}

// readSSHKey reads a public key as ssh-keygen writes it.
func (p *userCommands) readSSHKey(file string) (sshKey, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return sshKey{}, failed(p.words.Say(i18n.ErrSSHPublicKey, "File", plain(file)))
	}
	key, comment, _, _, err := gossh.ParseAuthorizedKey(b)
	if err != nil || !strongKey(key) {
		return sshKey{}, failed(p.words.Say(i18n.ErrSSHPublicKey, "File", plain(file)))
	}
	return sshKey{fingerprint: sshd.Fingerprint(key), comment: comment}, nil
}

// strongKey tells whether nobody can guess a key's other half.
func strongKey(key gossh.PublicKey) bool {
	const leastRSA = 2048
	switch key.Type() {
	case gossh.KeyAlgoED25519, gossh.KeyAlgoSKED25519, gossh.KeyAlgoECDSA256, gossh.KeyAlgoECDSA384, gossh.KeyAlgoECDSA521, gossh.KeyAlgoSKECDSA256:
		return true
	case gossh.KeyAlgoRSA:
		public, ok := key.(gossh.CryptoPublicKey)
		if !ok {
			return false
		}
		k, ok := public.CryptoPublicKey().(*rsa.PublicKey)
		return ok && k.N.BitLen() >= leastRSA
	}
	return false
}

// addSSHKey lets a user in by a key.
func (p *userCommands) addSSHKey(ctx context.Context, st store.Store, who string, key sshKey) error {
	_, err := hub.AddSSHKey(ctx, st, who, key.fingerprint, key.comment, p.now())
	if errors.Is(err, hub.ErrKeyTaken) {
		return failed(p.words.Say(i18n.ErrSSHKeyTaken))
	}
	if err != nil {
		return p.userFailure(who, err)
	}
	return nil
}
