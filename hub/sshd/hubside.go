package sshd

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"parley/model"
)

// serviceName is the RPC name under which the process that serves SSH asks the hub.
const serviceName = "Hub"

// FrontConfig is the configuration of that process.
type FrontConfig struct {
	// HostKey is the file of the host key.
	HostKey string
	Guests  map[string]model.User
	Child   Child
	Limits  Limits
}

// hubSide is the hub's end of that process.
type hubSide struct {
	options Options
	metrics *metrics

	mu sync.Mutex
	// tokens are those of the sessions that the process has opened.
	tokens map[string]struct{}
}

// HubService is what the process may ask. Its methods are those of [net/rpc].
type HubService struct {
	of   *hubSide
	told FrontConfig
}

// Empty is an argument or a result without content.
type Empty struct{}

// KeyOwner is the user of a key.
type KeyOwner struct {
	User   model.User
	Nobody bool
}

// Opening asks to open a session for a user, with what signed them in.
type Opening struct {
	User model.UserID
	By   string
}

// Opened is a session's token.
type Opened struct{ Token string }

// Checked reports whether a token is still valid.
type Checked struct{ Nobody bool }

// guarded answers a question and recovers from its panics.
func (b *HubService) guarded(f func(ctx context.Context) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			b.of.options.Logger.Error("panic in answering SSH", "stack", string(debug.Stack()))
			err = errFault
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
	defer cancel()
	return f(ctx)
}

var errFault = errors.New("the hub could not answer")

// Begin tells the process its configuration.
func (b *HubService) Begin(_ Empty, told *FrontConfig) error {
	*told = b.told
	return nil
}

// UserOfKey is [Users.UserOfKey].
func (b *HubService) UserOfKey(fingerprint string, found *KeyOwner) error {
	return b.guarded(func(ctx context.Context) (err error) {
		found.User, err = b.of.options.Users.UserOfKey(ctx, fingerprint)
		found.Nobody = errors.Is(err, ErrNobody)
		return unlessNobody(err)
	})
}

// unlessNobody drops [ErrNobody], which is an answer and not a failure.
func unlessNobody(err error) error {
	if errors.Is(err, ErrNobody) {
		return nil
	}
	return err
}

// OpenSession is [Users.OpenSession].
func (b *HubService) OpenSession(by Opening, opened *Opened) error {
	return b.guarded(func(ctx context.Context) (err error) {
		if opened.Token, err = b.of.options.Users.OpenSession(ctx, by.User, by.By); err == nil {
			b.of.addToken(opened.Token)
		}
		return err
	})
}

// CheckSession is [Users.CheckSession].
func (b *HubService) CheckSession(token string, checked *Checked) error {
	return b.guarded(func(ctx context.Context) error {
		err := b.of.options.Users.CheckSession(ctx, token)
		checked.Nobody = errors.Is(err, ErrNobody)
		return unlessNobody(err)
	})
}

// CloseSession is [Users.CloseSession].
func (b *HubService) CloseSession(token string, _ *Empty) error {
	return b.guarded(func(ctx context.Context) error { return b.of.close(ctx, token) })
}

// Count receives the process's metrics.
func (b *HubService) Count(f Figures, _ *Empty) error {
	b.of.metrics.replace(f)
	return nil
}

// Log receives a line of the process's log.
func (b *HubService) Log(line []byte, _ *Empty) error {
	return b.guarded(func(ctx context.Context) error {
		var fields map[string]any
		if err := json.Unmarshal(line, &fields); err != nil {
			return err
		}
		text := func(name string) string {
			s, _ := fields[name].(string)
			delete(fields, name)
			return s
		}
		var level slog.Level
		if err := level.UnmarshalText([]byte(text(slog.LevelKey))); err != nil {
			return err
		}
		_ = text(slog.TimeKey)
		r := slog.NewRecord(time.Now(), level, text(slog.MessageKey), 0)
		for name, value := range fields {
			r.Add(name, value)
		}
		h := b.of.options.Logger.Handler()
		if !h.Enabled(ctx, level) {
			return nil
		}
		return h.Handle(ctx, r)
	})
}

func (b *hubSide) addToken(token string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tokens[token] = struct{}{}
}

// close removes a session's token.
func (b *hubSide) close(ctx context.Context, token string) error {
	err := b.options.Users.CloseSession(ctx, token)
	if err == nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.tokens, token)
	}
	return err
}

// forget removes the tokens of sessions that ended with their process.
func (b *hubSide) forget(ctx context.Context) {
	b.mu.Lock()
	var left []string
	for token := range b.tokens {
		left = append(left, token)
	}
	b.mu.Unlock()
	for _, token := range left {
		asking, cancel := context.WithTimeout(ctx, lookupTimeout)
		if err := b.close(asking, token); err != nil {
			b.options.Logger.Error("token of an SSH session not forgotten", "error", err)
		}
		cancel()
	}
}
