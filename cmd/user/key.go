package user

import (
	"context"
	"crypto/rsa"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"
	gossh "golang.org/x/crypto/ssh"

	"parley/cmd/cli"
	"parley/hub/accounts"
	"parley/hub/sshd"
	"parley/hub/store"
	"parley/i18n"
)

// sshKey is a user's public key.
type sshKey struct{ fingerprint, comment string }

func (p *commands) userKeyCommand() *cobra.Command {
	var f storeFlags
	cmd := p.onStore(&cobra.Command{
		Use: "key NAME|ID FILE", Short: p.Words.Say(i18n.UserKeyShort), Args: p.Exactly(2),
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
			return p.Print(struct {
				Fingerprint string `json:"fingerprint"`
			}{key.fingerprint}, func() {
				p.Say(i18n.UserKeyAdded, "Name", cli.Plain(args[0]), "Fingerprint", key.fingerprint)
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

func (p *commands) userKeyListCommand() *cobra.Command {
	var f storeFlags
	return p.onStore(&cobra.Command{
		Use: "list NAME|ID", Short: p.Words.Say(i18n.UserKeyListShort), Args: p.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			u, keys, err := accounts.ListSSHKeys(cmd.Context(), st, args[0])
			if err != nil {
				return p.userFailure(args[0], err)
			}
			out := make([]listedKey, 0, len(keys))
			var t cli.Table
			for _, k := range keys {
				out = append(out, listedKey{Fingerprint: k.Fingerprint, Comment: k.Comment, CreatedAt: k.At})
				t.Row(cli.Plain(k.Fingerprint).String(), cli.Plain(k.Comment).String(), p.Words.Say(i18n.UserKeySince, "Time", p.Clock(k.At)))
			}
			return p.Print(struct {
				Keys []listedKey `json:"keys"`
			}{out}, func() {
				if len(keys) == 0 {
					p.Say(i18n.UserKeysNone, "Name", cli.Plain(u.Name))
				}
				p.Table(t)
			})
		},
	}, &f)
}

func (p *commands) userKeyRemoveCommand() *cobra.Command {
	var f storeFlags
	return p.onStore(&cobra.Command{
		Use: "remove NAME|ID FINGERPRINT", Short: p.Words.Say(i18n.UserKeyRemoveShort), Args: p.Exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := f.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			u, err := accounts.RemoveSSHKey(cmd.Context(), st, args[0], args[1], p.Now())
			if errors.Is(err, accounts.ErrNoKey) {
				return &cli.Failure{Exit: cli.ExitMissing, Say: p.Words.Say(i18n.ErrSSHKeyUnknown, "Name", cli.Plain(args[0]), "Fingerprint", cli.Plain(args[1]))}
			}
			if err != nil {
				return p.userFailure(args[0], err)
			}
			return p.Print(struct {
				Removed string `json:"removed"`
			}{args[1]}, func() { p.Say(i18n.UserKeyRemoved, "Name", cli.Plain(u.Name), "Fingerprint", cli.Plain(args[1])) })
		},
	}, &f)
}

// readSSHKey reads a public key in the format of ssh-keygen.
func (p *commands) readSSHKey(file string) (sshKey, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return sshKey{}, cli.Failed(p.Words.Say(i18n.ErrSSHPublicKey, "File", cli.Plain(file)))
	}
	key, comment, _, _, err := gossh.ParseAuthorizedKey(b)
	if err != nil || !strongKey(key) {
		return sshKey{}, cli.Failed(p.Words.Say(i18n.ErrSSHPublicKey, "File", cli.Plain(file)))
	}
	return sshKey{fingerprint: sshd.Fingerprint(key), comment: comment}, nil
}

// strongKey reports whether a key is too strong to break.
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

// addSSHKey admits a user by a key.
func (p *commands) addSSHKey(ctx context.Context, st store.Store, who string, key sshKey) error {
	_, err := accounts.AddSSHKey(ctx, st, who, key.fingerprint, key.comment, p.Now())
	if errors.Is(err, accounts.ErrKeyTaken) {
		return cli.Failed(p.Words.Say(i18n.ErrSSHKeyTaken))
	}
	if err != nil {
		return p.userFailure(who, err)
	}
	return nil
}
