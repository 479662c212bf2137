package server

import (
	"context"
	"log/slog"

	"parley/cmd/cli"
	"parley/hub/serve"
	"parley/i18n"
)

// checkProfiler refuses an address of profiles that others reach.
func (p *commands) checkProfiler(address string) error {
	if address != "" && !serve.Loopback(address) {
		return cli.Usage(p.Words.Say(i18n.ErrPprofOpen, "Address", cli.Plain(address)))
	}
	return nil
}

// withProfiler adds a server of profiles to a hub; an empty address adds none.
func (p *commands) withProfiler(ctx context.Context, h *Server, address string, log *slog.Logger) error {
	if address == "" {
		return nil
	}
	l, err := p.listen(ctx, address)
	if err != nil {
		return err
	}
	s := serve.Server(serve.Profiler(), log)
	s.WriteTimeout = 0 // a profile takes as long as it was asked to
	h.profiles = l.Addr().String()
	h.servers = append(h.servers, served{s, l})
	return nil
}
