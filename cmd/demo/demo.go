// Package demo has the commands that simulate the outside world: the sandbox, and the demo on
// it.
package demo

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"parley/client"
	"parley/cmd/cli"
	"parley/cmd/conversation"
	"parley/cmd/screen"
	"parley/cmd/server"
	"parley/cmd/settings"
	"parley/hub/accounts"
	"parley/i18n"
	"parley/model"
	"parley/sandbox"
	"parley/sandbox/customers/tales"
	"parley/ui/guideline"
)

// demoOptions are the options of the demo.
type demoOptions struct {
	sandbox.Options
	data  string
	plain bool
	// ssh is the address where guests come in over SSH.
	ssh string
	// user is the name of a user who joins the running demo; empty: the demo is run.
	user string
}

// Defaults of the demo.
const (
	demoPeople        = 12
	demoConversations = 30
	connectTimeout    = 15 * time.Second
)

// commands are the commands that simulate the outside world.
type commands struct{ *cli.Program }

// New returns the commands that simulate the outside world.
func New(p *cli.Program) []*cobra.Command {
	c := &commands{p}
	return []*cobra.Command{c.demoCommand(), c.sandboxCommand()}
}

func (p *commands) demoCommand() *cobra.Command {
	o := demoOptions{Options: sandbox.Options{Seed: 1}}
	cmd := &cobra.Command{
		Use: "demo", Short: p.Words.Say(i18n.DemoShort), Long: p.Words.Say(i18n.DemoLong), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("user") {
				return p.join(cmd.Context(), o)
			}
			if cmd.Flags().Changed("rate") {
				o.Customers = demoPeople
			} else {
				o.Story = "en"
				if p.Words.Japanese() {
					o.Story = "ja"
				}
			}
			return p.demo(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.plain, "plain", false, p.Words.Say(i18n.FlagPlain))
	f.BoolVar(&p.Accessible, "accessible", false, p.Words.Say(i18n.FlagAccessible))
	f.StringVar(&o.user, "user", "", p.Words.Say(i18n.FlagDemoUser))
	f.StringVar(&o.ssh, "ssh", "", p.Words.Say(i18n.FlagDemoSSH))
	f.StringVar(&o.data, "data", "", p.Words.Say(i18n.FlagData))
	f.Uint64Var(&o.Seed, "seed", o.Seed, p.Words.Say(i18n.FlagSeed))
	f.Float64Var(&o.Rate, "rate", 0, p.Words.Say(i18n.FlagDemoRate))
	f.IntVar(&o.History, "conversations", demoConversations, p.Words.Say(i18n.FlagSandboxHistory))
	return cmd
}

// demo runs sandbox, hub and client in this process, connected over real connections, until the
// user leaves.
func (p *commands) demo(ctx context.Context, o demoOptions) error {
	dir, clean, err := p.demoData(o.data)
	if err != nil {
		return err
	}
	defer clean()
	world, err := sandbox.New(o.Options)
	if err != nil {
		return cli.Failed(p.Words.Say(i18n.ErrSandbox, "Reason", cli.Plain(err.Error())))
	}
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return server.Stopped(p.Program, i18n.ErrSandbox, world.Run(ctx)) })
	g.Go(func() error {
		defer leave()
		return p.demoHub(ctx, world.Info(), dir, o)
	})
	return conversation.Unfollowed(p.Program, g.Wait())
}

// demoData returns the folder of the demo's store: the given one, or a temporary one that clean
// removes.
func (p *commands) demoData(named string) (dir string, clean func(), err error) {
	if named != "" {
		return named, func() {}, nil
	}
	dir, err = os.MkdirTemp("", "parley-demo-")
	if err != nil {
		return "", nil, cli.Failed(p.Words.Say(i18n.ErrStoreOpen, "File", cli.Plain(os.TempDir()), "Reason", cli.Plain(err.Error())))
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil
}

// demoHub runs a hub for the sandbox, and the client on it.
func (p *commands) demoHub(ctx context.Context, world sandbox.Info, dir string, o demoOptions) error {
	s := settings.Defaults()
	s.Listen, s.DB, s.MetricsListen = "127.0.0.1:0", filepath.Join(dir, "hub.db"), ""
	s.MetaGraphURL, s.MetaDialogURL, s.MetaAppID = world.GraphURL, world.DialogURL, world.AppID
	s.MetaAppSecret, s.MetaVerifyToken = world.AppSecret, world.VerifyToken
	s.SMTPURL, s.SupportEmail = world.SMTPURL, sandboxSupport
	s.PipedriveURL, s.PipedriveToken = world.PipedriveURL, world.PipedriveToken
	hurry(&s)
	quiet := *p.Program
	quiet.Err = demoLog(dir)
	h, err := server.Open(ctx, &quiet, s, server.OtherStore{})
	if err != nil {
		return err
	}
	name, visibility := p.demoTeam(o)
	user, err := accounts.AddUser(ctx, h.Store, accounts.NewUser{Name: name, Email: demoInstaller, Admin: true, Token: true}, p.Now())
	if err != nil {
		return err
	}
	var rep accounts.Added
	if o.ssh != "" || o.Story != "" {
		if rep, err = accounts.AddUser(ctx, h.Store, accounts.NewUser{Name: p.colleague(o), Email: demoRep, Token: true}, p.Now()); err != nil {
			return errors.Join(err, h.Abandon())
		}
	}
	if o.ssh != "" {
		s.SSH = o.ssh
		if err := p.demoTerminals(ctx, s, h, user.User, rep.User); err != nil {
			return errors.Join(err, h.Abandon())
		}
	}
	defer p.announce(running{URL: h.URL(), Store: s.DB, PID: os.Getpid()})()
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return server.Stopped(p.Program, i18n.ErrServer, h.Run(ctx)) })
	g.Go(func() error {
		defer leave()
		c, err := client.New(h.URL(), user.Token)
		if err != nil {
			return err
		}
		defer c.Close()
		if err := connectDemo(ctx, c, world, visibility); err != nil {
			return err
		}
		var proposes []guideline.Step
		if o.Story != "" {
			proposes = guide(tales.In(o.Story), rep.User.Name)
			other, err := client.New(h.URL(), rep.Token)
			if err != nil {
				return err
			}
			told := story{words: p.Words, world: world, tales: tales.In(o.Story), user: c, colleague: other, me: name}
			g.Go(func() error {
				defer other.Close()
				told.run(ctx)
				return nil
			})
		}
		server.SayTerminals(p.Program, h.Terminals, Guests()...)
		if _, _, ok := p.Terminal(); !ok && o.ssh != "" && !o.plain {
			<-ctx.Done() // it serves those who come over SSH
			return nil
		}
		if o.plain {
			return conversation.Plain(ctx, p.Program, c, dir)
		}
		return screen.Run(ctx, p.Program, c, dir, proposes)
	})
	return g.Wait()
}

// connectDemo connects the sandbox's Page, as its admin would.
func connectDemo(ctx context.Context, c *client.Client, world sandbox.Info, v model.Visibility) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	_, err := c.ConnectWithoutPast(ctx, model.MetaPageID(world.PageID), world.PageToken, v)
	return err
}
