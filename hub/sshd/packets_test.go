package sshd_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"parley/hub/sshd"
)

// How far a client goes before it says something else than it should.
const (
	beforeVersion = iota
	beforeKeys
	beforeSignIn
	signedIn
	stages
)

// script is what a client sends: how far it goes as it should, and then packets, each
// after two bytes of its length and one that tells of its padding: 0, or more than there is.
type script []byte

func (s script) packet(padding byte, payload []byte) script {
	s = binary.BigEndian.AppendUint16(s, uint16(len(payload)))
	return append(append(s, padding), payload...)
}

// play has a client follow a script against a server, to the end of the connection.
func (s script) play(address string, key gossh.Signer) error {
	if len(s) == 0 {
		return nil
	}
	w, err := dialWire(address)
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }()
	stage, rest := int(s[0])%stages, s[1:]
	for _, step := range []func() error{w.greet, w.agree, func() error { return w.signIn(key) }}[:stage] {
		if err := step(); err != nil {
			return fmt.Errorf("before anything was wrong: %w", err)
		}
	}
	for err == nil && len(rest) > 3 {
		n := min(int(binary.BigEndian.Uint16(rest)), len(rest)-3)
		padding, payload := rest[2], rest[3:3+n]
		rest = rest[3+n:]
		switch {
		case stage == beforeVersion:
			_, err = w.Write(payload)
		case padding == 0:
			err = w.send(payload)
		default:
			err = w.sendPadded(padding, payload)
		}
	}
	return w.gone() // whoever was cut off could not send it all
}

// scripts are what no client in earnest sends.
func scripts() []script {
	var out []script
	at := func(stage byte, packets ...[]byte) {
		s := script{stage}
		for _, p := range packets {
			s = s.packet(0, p)
		}
		out = append(out, s)
	}
	text := func(parts ...any) []byte { // a message's number, strings and numbers
		var b []byte
		for _, p := range parts {
			switch p := p.(type) {
			case byte:
				b = append(b, p)
			case string:
				b = append(binary.BigEndian.AppendUint32(b, uint32(len(p))), p...)
			case int:
				b = binary.BigEndian.AppendUint32(b, uint32(p))
			}
		}
		return b
	}
	at(beforeVersion, make([]byte, 1000))
	at(beforeVersion, []byte("GET / HTTP/1.1\r\n\r\n"))
	at(beforeVersion, []byte("SSH-2.0-\r\n\xff\xff\xff\xff\xff"))
	for _, padding := range []byte{1, 3, 4, 15, 16, 17, 127, 128, 254, 255} { // more than there is
		for _, stage := range []byte{beforeKeys, beforeSignIn, signedIn} {
			for _, n := range []int{0, 1, 15, 31, 300} {
				out = append(out, script{stage}.packet(padding, make([]byte, n)))
			}
		}
	}
	at(beforeKeys, []byte{msgNewKeys}, []byte{msgNewKeys})
	at(beforeKeys, gossh.Marshal(kexInit{}))
	at(beforeKeys, text(byte(msgKexECDHInit), ""))
	at(beforeKeys, text(byte(msgKexECDHInit), string(make([]byte, 32))))
	at(beforeSignIn, gossh.Marshal(kexInit{}), []byte{msgNewKeys})
	at(beforeSignIn, []byte{msgNewKeys}, text(byte(msgServiceRequest), "ssh-userauth"))
	for _, blob := range []string{
		text2("ssh-rsa", "", ""), text2("ssh-rsa", "\xff", "\xff"), text2("ssh-dss", "", "", "", ""), text2("ecdsa-sha2-nistp256", "nistp521", "\x04"),
		text2("ssh-ed25519", ""), text2("sk-ssh-ed25519@openssh.com", "", ""), text2("ssh-ed25519-cert-v01@openssh.com", "", ""), "", "\xff\xff\xff\xff",
	} {
		at(beforeSignIn, text(byte(msgServiceRequest), "ssh-userauth"), text(byte(msgUserAuth), "x", "ssh-connection", "publickey", byte(0), "ssh-rsa", blob),
			text(byte(msgUserAuth), "x", "ssh-connection", "publickey", byte(1), "ssh-ed25519", blob, ""))
	}
	open := text(byte(90), "session", 0, 1<<20, 1<<15)
	for _, p := range [][]byte{
		text(byte(90), "session", -1, -1, -1), text(byte(90), "session", 0, 0, 0), text(byte(90)), text(byte(91), 0, 0, 0, 0), text(byte(92), 0, 1, "", ""),
		text(byte(93), 0, -1), text(byte(93), 7, 1), text(byte(94), 0, "x"), text(byte(94), 9, "x"), text(byte(95), 0, 1, "x"), text(byte(95), 0, 9, "x"),
		text(byte(96), 0), text(byte(97), 0), text(byte(98), 0, "pty-req", byte(1), "xterm", -1, -1, -1, -1, ""), text(byte(98), 0, "pty-req", byte(1)),
		text(byte(98), 0, "window-change", byte(1), -1, -1), text(byte(98), 0, "exec", byte(1), "list"), text(byte(98), 0, "exec", byte(1)), text(byte(98), 0, "env", byte(0), "TERM"),
		text(byte(98), 0, "", byte(1)), text(byte(99), 0), text(byte(100), 0), text(byte(80), "x", byte(1)), text(byte(81)), text(byte(82)),
	} {
		at(signedIn, open, p, p, text(byte(97), 0), text(byte(97), 0), p)
		at(signedIn, p, open, p)
	}
	for number := range 256 {
		at(beforeSignIn, text(byte(number)), text(byte(number), 0, 0, 0, 0))
		at(signedIn, open, text(byte(number)), text(byte(number), 0, "x", 0, 0))
	}
	return out
}

func text2(parts ...string) string {
	var b []byte
	for _, p := range parts {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(p))), p...)
	}
	return string(b)
}

// changed is a script that chance has changed.
func changed(s script, r *rand.Rand) script {
	s = append(script{}, s...)
	for range 1 + r.IntN(4) {
		switch i := r.IntN(len(s)); r.IntN(4) {
		case 0:
			s[i] ^= 1 << r.IntN(8)
		case 1:
			s[i] = byte(r.IntN(256))
		case 2:
			s = append(s[:i:i], s[min(len(s), i+1+r.IntN(8)):]...)
		default:
			s = append(s[:i:i], append([]byte{0, 0, 0, 0xff}[:1+r.IntN(4)], s[i:]...)...)
		}
		if len(s) == 0 {
			s = script{byte(r.IntN(stages))}
		}
	}
	return s
}

// faults is a log that keeps what went wrong in our own goroutines. What the library
// recovers from in its own is not among it.
type faults struct {
	slog.Handler
	last atomic.Pointer[slog.Record]
}

func (f *faults) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }

func (f *faults) Handle(_ context.Context, r slog.Record) error {
	f.last.Store(&r)
	return nil
}

// fault is what went wrong.
func (f *faults) fault() error {
	r := f.last.Load()
	if r == nil {
		return nil
	}
	what := r.Message
	r.Attrs(func(a slog.Attr) bool {
		what += " " + a.String()
		return true
	})
	return errors.New(what)
}

// TestNoPacketEndsTheServer: nothing that a client sends ends the server, before it has
// signed in or after; others come in as before.
func TestNoPacketEndsTheServer(t *testing.T) {
	t.Parallel()
	var log faults
	w := newWorld(t, func(o *sshd.Options) { o.Logger = slog.New(&log) })
	key := w.user("aki")
	r := rand.New(rand.NewPCG(1, 2))
	for _, s := range scripts() { // as they are, they are the fuzz target's first
		s = changed(s, r)
		if err := errors.Join(s.play(w.address, key), log.fault()); err != nil {
			t.Fatalf("%q: %v", []byte(s), err)
		}
	}
	s := w.open(w.connect(w.user("bo")))
	s.types("q")
	if err := s.ends(); err != nil {
		t.Errorf("ended with %v", err)
	}
}

// FuzzPackets has a client say anything, at any point.
func FuzzPackets(f *testing.F) {
	for _, s := range scripts() {
		f.Add([]byte(s))
	}
	var log faults
	w := newWorld(f, func(o *sshd.Options) { o.Logger = slog.New(&log) })
	key := w.user("aki")
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := errors.Join(script(b).play(w.address, key), log.fault()); err != nil {
			t.Fatal(err)
		}
	})
}
