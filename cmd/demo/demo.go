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
	d := demo{commands: p, demoOptions: o, dir: dir, world: world, hub: h}
	if err := d.enterTeam(ctx, s); err != nil {
		return errors.Join(err, h.Abandon())
	}
	defer p.announce(running{URL: h.URL(), Store: s.DB, PID: os.Getpid()})()
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return server.Stopped(p.Program, i18n.ErrServer, h.Run(ctx)) })
	g.Go(func() error {
		defer leave()
		return d.open(ctx, g)
	})
	return g.Wait()
}

// demo is a demo whose hub is open.
type demo struct {
	*commands
	demoOptions
	dir   string
	world sandbox.Info
	hub   *server.Server
	// user is who sits at this terminal; rep is their colleague, if there is one.
	user, rep accounts.Added
}

// enterTeam adds the demo's people to its hub, and admits guests over SSH if it is to.
func (d *demo) enterTeam(ctx context.Context, s settings.Settings) error {
	name, _ := d.demoTeam(d.demoOptions)
	var err error
	if d.user, err = accounts.AddUser(ctx, d.hub.Store, accounts.NewUser{Name: name, Email: demoInstaller, Admin: true, Token: true}, d.Program.Now()); err != nil {
		return err
	}
	if d.ssh == "" && d.Story == "" {
		return nil
	}
	if d.rep, err = accounts.AddUser(ctx, d.hub.Store, accounts.NewUser{Name: d.colleague(d.demoOptions), Email: demoRep, Token: true}, d.Program.Now()); err != nil {
		return err
	}
	if d.ssh == "" {
		return nil
	}
	s.SSH = d.ssh
	return d.demoTerminals(ctx, s, d.hub, d.user.User, d.rep.User)
}

// open connects the Page, lets the story begin, and runs the inbox.
func (d *demo) open(ctx context.Context, g *errgroup.Group) error {
	c, err := client.New(d.hub.URL(), d.user.Token)
	if err != nil {
		return err
	}
	defer c.Close()
	_, visibility := d.demoTeam(d.demoOptions)
	if err := connectDemo(ctx, c, d.world, visibility); err != nil {
		return err
	}
	var proposes []guideline.Step
	if d.Story != "" {
		proposes = guide(tales.In(d.Story), d.rep.User.Name)
		if err := d.tell(ctx, g, c); err != nil {
			return err
		}
	}
	server.SayTerminals(d.Program, d.hub.Terminals, Guests()...)
	if _, _, ok := d.Terminal(); !ok && d.ssh != "" && !d.plain {
		<-ctx.Done() // it serves those who come over SSH
		return nil
	}
	if d.plain {
		return conversation.Plain(ctx, d.Program, c, d.dir)
	}
	return screen.Run(ctx, d.Program, c, d.dir, proposes)
}

// tell has the story begin, beside the inbox.
func (d *demo) tell(ctx context.Context, g *errgroup.Group, user *client.Client) error {
	other, err := client.New(d.hub.URL(), d.rep.Token)
	if err != nil {
		return err
	}
	told := story{words: d.Words, world: d.world, tales: tales.In(d.Story), user: user, colleague: other, me: d.user.User.Name}
	told.snippets(ctx) // the inbox reads them once
	g.Go(func() error {
		defer other.Close()
		told.run(ctx)
		return nil
	})
	return nil
}

// connectDemo connects the sandbox's Page, as its admin would.
func connectDemo(ctx context.Context, c *client.Client, world sandbox.Info, v model.Visibility) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	_, err := c.ConnectWithoutPast(ctx, model.MetaPageID(world.PageID), world.PageToken, v)
	return err
}
