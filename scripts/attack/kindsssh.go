package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/crypto/ssh"
)

// sshTarget is what attackers know of the hub's SSH port.
type sshTarget struct {
	address string
	// attacker is the key of a user who attacks, member that of one who only works.
	attacker, member ssh.Signer
}

// sshKinds are the attacks of strangers and of a user on the hub's SSH port.
func sshKinds() []kind {
	return []kind{
		{"ssh-held", func(ctx context.Context, t target, n int) error {
			return opensSSH(ctx, t, n, []string{"", "SSH-2.0-held\r\n"}[n%2], 0)
		}},
		{"ssh-packets", func(ctx context.Context, t target, n int) error {
			return opensSSH(ctx, t, n, "SSH-2.0-packets\r\n", 64<<10)
		}},
		{"ssh-strangers", func(ctx context.Context, t target, n int) error {
			_, stranger, err := newKey()
			if err != nil {
				return err
			}
			return signsIn(ctx, t, n, stranger)
		}},
		{"ssh-unasked", func(ctx context.Context, t target, n int) error { return signsIn(ctx, t, n, t.ssh.attacker) }},
	}
}

func newKey() (ssh.PublicKey, ssh.Signer, error) {
	_, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	key, err := ssh.NewSignerFromKey(secret)
	if err != nil {
		return nil, nil, err
	}
	return key.PublicKey(), key, nil
}

// dialSSH connects from one of a few addresses, if this machine has more than one.
func dialSSH(ctx context.Context, t target, n int) (net.Conn, func(), error) {
	var d net.Dialer
	if runtime.GOOS == "linux" {
		addresses := []net.IP{net.IPv4(127, 0, 0, 2), net.IPv4(127, 0, 0, 3), net.IPv4(127, 0, 0, 4), net.IPv4(127, 0, 0, 5)}
		d.LocalAddr = &net.TCPAddr{IP: addresses[n%len(addresses)]}
	}
	c, err := d.DialContext(ctx, "tcp", t.ssh.address)
	if err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	return c, func() {
		stop()
		_ = c.Close()
	}, nil
}

// opensSSH connects, sends a text and that many random bytes, and waits until the hub hangs up.
func opensSSH(ctx context.Context, t target, n int, says string, random int64) error {
	c, done, err := dialSSH(ctx, t, n)
	if err != nil {
		return err
	}
	defer done()
	if _, err := io.WriteString(c, says); err != nil {
		return err
	}
	if _, err := io.CopyN(c, rand.Reader, random); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, c)
	return err
}

// signsIn proves a key, requests nothing, and waits until the hub hangs up.
func signsIn(ctx context.Context, t target, n int, key ssh.Signer) error {
	c, done, err := dialSSH(ctx, t, n)
	if err != nil {
		return err
	}
	defer done()
	conn, channels, requests, err := ssh.NewClientConn(c, t.ssh.address, clientConfig(key))
	if err != nil {
		return err
	}
	return ssh.NewClient(conn, channels, requests).Wait()
}

func clientConfig(key ssh.Signer) *ssh.ClientConfig {
	return &ssh.ClientConfig{
		User: "anybody", Auth: []ssh.AuthMethod{ssh.PublicKeys(key)},
		HostKeyCallback: ssh.InsecureIgnoreHostKey(), //nolint:gosec // it is the hub that was just started
	}
}

// memberComes lets a user who only works come in over SSH, and run a command.
func (w *world) memberComes(ctx context.Context) error {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", w.target.ssh.address)
	if err != nil {
		return err
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	conn, channels, requests, err := ssh.NewClientConn(c, w.target.ssh.address, clientConfig(w.target.ssh.member))
	if err != nil {
		return err
	}
	client := ssh.NewClient(conn, channels, requests)
	defer func() { _ = client.Close() }()
	session, err := client.NewSession()
	if err != nil {
		return err
	}
	out, err := session.CombinedOutput("list --limit 1")
	if err != nil {
		err = fmt.Errorf("%w: %.200s", err, out)
	}
	return err
}

// keyFile writes a new public key to a file for parley.
func (w *world) keyFile(name string) (file string, key ssh.Signer, err error) {
	public, key, err := newKey()
	if err != nil {
		return "", nil, err
	}
	file = filepath.Join(w.dir, name+".pub")
	return file, key, os.WriteFile(file, ssh.MarshalAuthorizedKey(public), 0o600)
}
