package sshd_test

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"strings"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// Messages of RFC 4253, 4252, 4254 and 5656 that the client below sends or awaits.
const (
	msgServiceRequest = 5
	msgServiceAccept  = 6
	msgKexInit        = 20
	msgNewKeys        = 21
	msgKexECDHInit    = 30
	msgKexECDHReply   = 31
	msgUserAuth       = 50
	msgUserAuthDone   = 52
)

const ourVersion = "SSH-2.0-wire"

// wire is a client of SSH that says whatever it is told to, whole or broken: what no
// client in earnest sends. It knows one way of each kind: curve25519-sha256, ssh-ed25519
// and aes128-gcm.
type wire struct {
	net.Conn
	in      *bufio.Reader
	session []byte
	theirs  string
	// seal and open are nil until the keys are new.
	seal, open       cipher.AEAD
	sealing, opening [12]byte
}

// dialWire connects, and says which version it speaks.
func dialWire(address string) (*wire, error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	_ = c.SetDeadline(time.Now().Add(patience))
	return &wire{Conn: c, in: bufio.NewReader(c)}, nil
}

// greet exchanges versions.
func (w *wire) greet() error {
	if _, err := io.WriteString(w, ourVersion+"\r\n"); err != nil {
		return err
	}
	line, err := w.in.ReadString('\n')
	w.theirs = strings.TrimRight(line, "\r\n")
	return err
}

// send sends a packet as it should be.
func (w *wire) send(payload []byte) error {
	const block = 16
	head := 5
	if w.seal != nil {
		head = 1 // the length is not sealed
	}
	padding := block - (head+len(payload))%block
	if padding < 4 {
		padding += block
	}
	return w.sendPadded(byte(padding), append(append([]byte{}, payload...), make([]byte, padding)...))
}

// sendPadded sends a packet that says it has so much padding, true or not.
func (w *wire) sendPadded(padding byte, rest []byte) error {
	plain := append([]byte{padding}, rest...)
	length := binary.BigEndian.AppendUint32(nil, uint32(len(plain)))
	if w.seal == nil {
		_, err := w.Write(append(length, plain...))
		return err
	}
	_, err := w.Write(w.seal.Seal(length, w.sealing[:], plain, length))
	advance(&w.sealing)
	return err
}

// advance counts a packet in a nonce (RFC 5647).
func advance(nonce *[12]byte) {
	binary.BigEndian.PutUint64(nonce[4:], binary.BigEndian.Uint64(nonce[4:])+1)
}

// errLength: a packet of a length that nobody sends.
var errLength = errors.New("wrong length of a packet")

// receive reads a packet.
func (w *wire) receive() ([]byte, error) {
	length := make([]byte, 4)
	if _, err := io.ReadFull(w.in, length); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(length))
	if n < 2 || n > 1<<18 {
		return nil, errLength
	}
	plain := make([]byte, n)
	if w.open != nil {
		plain = make([]byte, n+w.open.Overhead())
	}
	if _, err := io.ReadFull(w.in, plain); err != nil {
		return nil, err
	}
	if w.open != nil {
		var err error
		if plain, err = w.open.Open(nil, w.opening[:], plain, length); err != nil {
			return nil, err
		}
		advance(&w.opening)
	}
	if int(plain[0])+2 > len(plain) {
		return nil, errLength
	}
	return plain[1 : len(plain)-int(plain[0])], nil
}

// await reads packets until one of that kind.
func (w *wire) await(kind byte) ([]byte, error) {
	for {
		p, err := w.receive()
		if err != nil || p[0] == kind {
			return p, err
		}
	}
}

// kexInit is what both sides begin with.
type kexInit struct {
	Cookie                           [16]byte `sshtype:"20"`
	Kex, HostKey                     []string
	CipherThere, CipherHere          []string
	MACThere, MACHere                []string
	CompressionThere, CompressionHer []string
	LanguageThere, LanguageHere      []string
	FirstFollows                     bool
	Reserved                         uint32
}

// agree exchanges keys, after which packets are sealed.
func (w *wire) agree() error {
	none, gcm, mac := []string{"none"}, []string{"aes128-gcm@openssh.com"}, []string{"hmac-sha2-256"}
	ours := gossh.Marshal(kexInit{
		Kex: []string{"curve25519-sha256"}, HostKey: []string{"ssh-ed25519"}, CipherThere: gcm, CipherHere: gcm,
		MACThere: mac, MACHere: mac, CompressionThere: none, CompressionHer: none,
	})
	if err := w.send(ours); err != nil {
		return err
	}
	theirs, err := w.await(msgKexInit)
	if err != nil {
		return err
	}
	secret, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	public := secret.PublicKey().Bytes()
	if err := w.send(gossh.Marshal(struct {
		Public []byte `sshtype:"30"`
	}{public})); err != nil {
		return err
	}
	p, err := w.await(msgKexECDHReply)
	if err != nil {
		return err
	}
	var reply struct {
		HostKey, Public, Signature []byte `sshtype:"31"`
	}
	if err := gossh.Unmarshal(p, &reply); err != nil {
		return err
	}
	peer, err := ecdh.X25519().NewPublicKey(reply.Public)
	if err != nil {
		return err
	}
	shared, err := secret.ECDH(peer)
	if err != nil {
		return err
	}
	k := gossh.Marshal(struct{ K *big.Int }{new(big.Int).SetBytes(shared)})
	hash := sha256.Sum256(append(gossh.Marshal(struct {
		V1, V2               string
		I1, I2, Host, Q1, Q2 []byte
	}{ourVersion, w.theirs, ours, theirs, reply.HostKey, public, reply.Public}), k...))
	if _, err := w.await(msgNewKeys); err != nil {
		return err
	}
	if err := w.send([]byte{msgNewKeys}); err != nil {
		return err
	}
	return w.keys(k, hash[:])
}

// keys derives the keys of both ways (RFC 4253, 7.2).
func (w *wire) keys(k, hash []byte) error {
	if w.session == nil {
		w.session = hash
	}
	derive := func(letter byte) []byte {
		sum := sha256.Sum256(append(append(append(append([]byte{}, k...), hash...), letter), w.session...))
		return sum[:]
	}
	aead := func(key []byte) (cipher.AEAD, error) {
		b, err := aes.NewCipher(key[:16])
		if err != nil {
			return nil, err
		}
		return cipher.NewGCM(b)
	}
	copy(w.sealing[:], derive('A'))
	copy(w.opening[:], derive('B'))
	var err, other error
	w.seal, err = aead(derive('C'))
	w.open, other = aead(derive('D'))
	return errors.Join(err, other)
}

// signIn proves a key.
func (w *wire) signIn(key gossh.Signer) error {
	if err := w.send(gossh.Marshal(struct {
		Service string `sshtype:"5"`
	}{"ssh-userauth"})); err != nil {
		return err
	}
	if _, err := w.await(msgServiceAccept); err != nil {
		return err
	}
	request := struct {
		User, Service, Method string `sshtype:"50"`
		Signed                bool
		Algorithm             string
		Key                   []byte
	}{"anybody", "ssh-connection", "publickey", true, key.PublicKey().Type(), key.PublicKey().Marshal()}
	signature, err := key.Sign(rand.Reader, append(gossh.Marshal(struct{ Session []byte }{w.session}), gossh.Marshal(request)...))
	if err != nil {
		return err
	}
	if err := w.send(append(gossh.Marshal(request), gossh.Marshal(struct{ Signature []byte }{gossh.Marshal(signature)})...)); err != nil {
		return err
	}
	_, err = w.await(msgUserAuthDone)
	return err
}

// gone ends our side, and waits until the server has ended its own.
func (w *wire) gone() error {
	defer func() { _ = w.Close() }()
	if err := w.Conn.(*net.TCPConn).CloseWrite(); err != nil {
		return nil //nolint:nilerr // the server was first
	}
	_, err := io.Copy(io.Discard, w.in)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	return nil
}
