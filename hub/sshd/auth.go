package sshd

import (
	"context"
	"errors"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"parley/model"
)

// lookupTimeout bounds a question to the hub.
const lookupTimeout = 5 * time.Second

// guestName is the key of a guest's name in a connection's permissions.
const guestName = "parley-guest"

// guestOf is the name under which a guest is counted and logged.
func guestOf(name string) string { return "guest " + name }

var errNoGuest = errors.New("no such guest")

// knownKey reports whether a key that a client names is one of ours. Naming proves nothing:
// [Server.identify] decides who the client is.
func (s *Server) knownKey(ctx ssh.Context, key ssh.PublicKey) bool {
	if _, isCertificate := key.(*gossh.Certificate); isCertificate {
		return false
	}
	if _, err := s.userOf(ctx, Fingerprint(key)); err != nil {
		s.metrics.refuse(refusedKey)
		if !errors.Is(err, ErrNobody) {
			s.log.Error("SSH key not looked up", "error", err)
		}
		return false
	}
	return true
}

func (s *Server) userOf(ctx context.Context, fingerprint string) (model.User, error) {
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	return s.options.Users.UserOfKey(ctx, fingerprint)
}

// admitGuest lets a guest in by name.
func (s *Server) admitGuest(meta gossh.ConnMetadata) (*gossh.Permissions, error) {
	if _, ok := s.options.Guests[meta.User()]; !ok {
		return nil, errNoGuest
	}
	return &gossh.Permissions{Extensions: map[string]string{guestName: meta.User()}}, nil
}

// identity is who a client is, and what proved it.
type identity struct {
	user model.User
	// by is the fingerprint of the key, or a guest's name. Sessions are counted by it.
	by string
	// valid reports whether the key is still that user's.
	valid func(context.Context) error
}

// identify returns who is at the other end of a connection.
func (s *Server) identify(ctx ssh.Context, c *gossh.ServerConn) (identity, error) {
	if c.Permissions != nil {
		if name, ok := c.Permissions.Extensions[guestName]; ok {
			user, known := s.options.Guests[name]
			if !known || !isLoopback(c.RemoteAddr()) {
				return identity{}, errNoGuest
			}
			return identity{user: user, by: guestOf(name), valid: func(context.Context) error { return nil }}, nil
		}
	}
	// The library sets this after checking the client's signature, from data that belongs to
	// that one key.
	key, ok := ctx.Value(ssh.ContextKeyPublicKey).(gossh.PublicKey)
	if !ok {
		return identity{}, ErrNobody
	}
	fingerprint := Fingerprint(key)
	user, err := s.userOf(ctx, fingerprint)
	if err != nil {
		return identity{}, err
	}
	return identity{user: user, by: fingerprint, valid: func(ctx context.Context) error {
		now, err := s.userOf(ctx, fingerprint)
		if err == nil && now.ID != user.ID {
			err = ErrNobody
		}
		return err
	}}, nil
}
