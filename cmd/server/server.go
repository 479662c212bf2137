// Package server has the command that runs a hub, and its sessions over SSH.
package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"parley/cmd/cli"
	"parley/cmd/hubstore"
	"parley/cmd/settings"
	"parley/hub"
	"parley/hub/api"
	"parley/hub/media"
	"parley/hub/messenger"
	"parley/hub/messenger/webhook"
	"parley/hub/outbox"
	"parley/hub/pipedrive"
	"parley/hub/serve"
	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/hub/uploads"
	"parley/i18n"
	"parley/model"
)

// stopTimeout is how long pending requests may take when a server stops.
const stopTimeout = 5 * time.Second

const (
	webhookPath    = "/webhooks/messenger"
	crmWebhookPath = "/webhooks/pipedrive"
	loginPath      = "/login"
)

// Server is a hub with its store, its clients for Meta and Pipedrive, and its listeners.
type Server struct {
	*doors
	Store   store.Store
	hub     *hub.Hub
	servers []served
	graph   *messenger.Client
	crm     *pipedrive.Client // nil: not configured
	// stopSockets closes the websockets.
	stopSockets context.CancelFunc
	log         *slog.Logger
	// Terminals is nil if nobody can come in over SSH.
	Terminals *Terminals
	// profiles is the address of the profiles; empty if they are not served.
	profiles string
	// callback is the address for Meta's webhooks; empty if Meta is not told.
	callback string
	// crmCallback is the address for Pipedrive's webhooks; empty if Pipedrive is not told.
	crmCallback string
}

// openStore opens the store, and makes the folder of what is beside it.
func (p *commands) openStore(ctx context.Context, s settings.Settings, other OtherStore, log *slog.Logger) (store.Store, error) {
	if settings.IsDatabase(s.DB) { // nobody else makes the folder of what is not in it
		if err := os.MkdirAll(s.Beside(), privateFolder); err != nil {
			return nil, cli.Failed(p.Words.Say(i18n.ErrStoreOpen, "File", cli.Plain(s.Beside()), "Reason", cli.Plain(cli.PathReason(err))))
		}
	}
	return hubstore.Open(ctx, p.Program, s.DB, sqlite.Options{
		Exclusive: true, AcceptOlder: other.older, NewStore: other.New, Logger: log,
	})
}

// privateFolder is the mode of a folder that is its owner's alone.
const privateFolder = 0o700

// Open opens the store and starts listening.
func Open(ctx context.Context, of *cli.Program, s settings.Settings, other OtherStore) (*Server, error) {
	p := &commands{of}
	log := slog.New(slog.NewTextHandler(p.Err, nil))
	proxies, err := trustedProxies(s.TrustedProxy)
	if err != nil {
		return nil, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	secrets := appSecrets(s)
	verifier, err := webhook.NewVerifier(secrets...)
	if err != nil {
		return nil, cli.Usage(p.Words.Say(i18n.ErrSettingMissing, "Names", "PARLEY_META_APP_SECRET"))
	}
	graph, err := messenger.New(messenger.Config{
		GraphURL: s.MetaGraphURL, DialogURL: s.MetaDialogURL, Version: s.MetaVersion, AppID: model.AppID(s.MetaAppID), AppSecret: secrets[0],
		SendDeadline: s.Timing.SendDeadline, Timeout: s.Timing.GraphCall, ConversationsPause: s.Timing.ConversationsPause, Logger: log,
	})
	if err != nil {
		return nil, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	crm, err := newCRM(s, log)
	if err != nil {
		return nil, cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	mailer, err := p.mailer(s)
	if err != nil {
		return nil, err
	}
	st, err := p.openStore(ctx, s, other, log)
	if err != nil {
		return nil, err
	}
	v, err := p.unlock(ctx, s, st, log)
	if err != nil {
		_ = st.Close()
		return nil, err
	}
	doors, err := p.openDoors(ctx, s, log)
	if err != nil {
		_ = st.Close()
		return nil, err
	}
	base := publicURL(s, doors.URL())
	app := messenger.App{Client: graph, VerifyToken: s.MetaVerifyToken}
	o := hub.Options{
		Store: st, Vault: v, Graph: app, Login: app, Inbox: app, AppID: model.AppID(s.MetaAppID),
		Uploads: uploads.Open(filepath.Join(s.Beside(), "uploads")),
		Media: &hub.Media{
			Folder: media.OpenFolder(filepath.Join(s.Beside(), "media")), GraphURL: s.MetaGraphURL,
			Quota: int64(s.MediaQuota), Age: s.MediaAge,
		},
		Shown:  outbox.Shown{Typing: s.ShowTyping, Seen: s.ShowSeen},
		Timing: s.Timing, Logger: log, FeedbackURL: s.FeedbackURL, LooseFiles: looseFiles(s), NewColleagues: s.PipedriveNewUsers, LoginURL: base + loginPath,
	}
	mailed(&o, mailer, s)
	if crm != nil {
		o.CRM, o.Records, o.Notes, o.Hooks = crm, crm, crm, crm
	}
	h := hub.New(o)
	stopping, stopSockets := context.WithCancel(context.WithoutCancel(ctx))
	handler := api.New(api.Options{
		Hub: h, Verifier: verifier, AppID: model.AppID(s.MetaAppID), VerifyToken: s.MetaVerifyToken, Proxies: proxies,
		Version: cli.Version(), Logger: log, Stopping: stopping, Secure: strings.HasPrefix(base, "https:"), PublicURL: base,
	})
	measure(h, st)
	out := &Server{doors: doors, Store: st, hub: h, log: log, graph: graph, crm: crm, stopSockets: stopSockets}
	out.servers = doors.servers(handler, serve.Figures(h.Metrics(), s.MetricsToken), log)
	out.callback = callback(s, out.URL(), s.MetaGraphURL, webhookPath)
	if crm != nil && crm.KnowsCompany() {
		out.crmCallback = callback(s, out.URL(), s.PipedriveURL, crmWebhookPath)
	}
	if err := errors.Join(h.SettlePutBack(ctx), h.BeginBackfills(ctx)); err != nil {
		return nil, errors.Join(cli.Failed(p.Words.Say(i18n.ErrStoreOpen, "File", cli.Plain(s.StoreName()), "Reason", cli.Plain(err.Error()))), out.Abandon())
	}
	return out, nil
}

// measure adds the metrics of a store that has some.
func measure(h *hub.Hub, st store.Store) {
	if c, ok := st.(interface{ Collectors() []prometheus.Collector }); ok {
		h.Registry().MustRegister(c.Collectors()...)
	}
}

// newCRM returns the client of Pipedrive; nil if it is not configured.
func newCRM(s settings.Settings, log *slog.Logger) (*pipedrive.Client, error) {
	if s.PipedriveToken == "" && s.PipedriveClientID == "" {
		return nil, nil //nolint:nilnil // none is wanted
	}
	return pipedrive.New(pipedrive.Config{
		URL: s.PipedriveURL, CompanyToken: s.PipedriveToken, OAuthURL: s.PipedriveOAuthURL,
		ClientID: s.PipedriveClientID, ClientSecret: s.PipedriveClientSecret, Timeout: s.Timing.CRMCall, Logger: log,
	})
}

// publicURL returns where others reach the hub: the public address, or the hub's own if none is
// set.
func publicURL(s settings.Settings, own string) string {
	if s.PublicURL != "" {
		return strings.TrimRight(s.PublicURL, "/")
	}
	return own
}

// callback returns the address of webhooks for a neighbour: the public one, or the hub's own if
// the neighbour is on this machine.
func callback(s settings.Settings, own, neighbour, path string) string {
	if s.PublicURL != "" {
		return publicURL(s, own) + path
	}
	if u, err := url.Parse(neighbour); err == nil {
		if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
			return own + path
		}
	}
	return ""
}

// Run serves until ctx ends, then stops: first requests, then replies on their way, then the
// store.
func (h *Server) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, s := range h.servers {
		g.Go(func() error {
			err := s.Serve(s.on)
			if errors.Is(err, http.ErrServerClosed) {
				return nil
			}
			return err
		})
		g.Go(func() error {
			<-ctx.Done()
			h.stopSockets()
			stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
			defer cancel()
			if err := s.Shutdown(stop); err != nil {
				return s.Close()
			}
			return nil
		})
	}
	g.Go(func() error { return h.hub.Run(ctx) })
	if t := h.Terminals; t != nil {
		g.Go(func() error { return t.serve(ctx) })
	}
	if h.callback != "" {
		g.Go(func() error {
			h.hub.SubscribeApp(ctx, h.callback)
			return nil
		})
	}
	if h.crmCallback != "" {
		g.Go(func() error {
			h.hub.SubscribeCRM(ctx, h.crmCallback)
			return nil
		})
	}
	err := g.Wait()
	h.closeNeighbours()
	return errors.Join(err, h.Store.Close())
}

// closeNeighbours closes the connections to Meta and Pipedrive.
func (h *Server) closeNeighbours() {
	h.graph.Close()
	if h.crm != nil {
		h.crm.Close()
	}
}

// Abandon closes what was opened, for a server that is not run.
func (h *Server) Abandon() error {
	h.stopSockets()
	h.close()
	h.closeNeighbours()
	return h.Store.Close()
}

// Stopped words why a server ended; nil if it was told to end.
func Stopped(p *cli.Program, id i18n.ID, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	return cli.Failed(p.Words.Say(id, "Reason", cli.Plain(err.Error())))
}
