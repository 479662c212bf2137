package page

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// How often the progress of connecting is polled, and how long cancelling may take.
const (
	connectPoll   = 700 * time.Millisecond
	cancelTimeout = 5 * time.Second
)

// linkCells is how much of a link is shown: all of it, since a part is no use.
const linkCells = 2000

func (p *commands) pageConnectCommand() *cobra.Command {
	var page, tokenFile, visibility string
	cmd := &cobra.Command{
		Use: "connect", Short: p.Words.Say(i18n.PageConnectShort), Long: p.Words.Say(i18n.PageConnectLong), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if visibility != "" {
				if err := p.OneOf(visibility, string(model.Private), string(model.Shared)); err != nil {
					return err
				}
			}
			if page == "" && tokenFile == "" {
				return p.connectInBrowser(cmd.Context(), model.Visibility(visibility))
			}
			for flag, value := range map[string]string{"--page": page, "--token-file": tokenFile} {
				if value == "" {
					return cli.Usage(p.Words.Say(i18n.ErrFlagRequired, "Flag", flag))
				}
			}
			token, err := p.readSecret(tokenFile)
			if err != nil {
				return err
			}
			return p.onPage(func(c *client.Client) (model.Page, error) {
				return c.ConnectPage(cmd.Context(), model.MetaPageID(page), token, model.Visibility(visibility))
			}, i18n.PageConnected)
		},
	}
	f := cmd.Flags()
	f.StringVar(&page, "page", "", p.Words.Say(i18n.FlagPage))
	f.StringVar(&tokenFile, "token-file", "", p.Words.Say(i18n.FlagTokenFile))
	f.StringVar(&visibility, "visibility", "", p.Words.Say(i18n.FlagVisibility))
	return cmd
}

// connectInBrowser starts connecting, opens or prints the link, and reports each step until the
// Page is connected or refused. Leaving cancels it.
func (p *commands) connectInBrowser(ctx context.Context, v model.Visibility) error {
	c, err := remote.Open(p.Program)
	if err != nil {
		return err
	}
	defer c.Close()
	begun, err := c.BeginConnect(ctx, v)
	if err != nil {
		return err
	}
	link := safe.LineN(model.Untrusted(begun.URL), linkCells).String()
	p.progress(p.Words.Say(i18n.ConnectOpen, "Minutes", int(time.Until(begun.ExpiresAt).Round(time.Minute).Minutes())))
	p.progress("  " + link)
	if open := p.Browser(); open != nil && p.opensBrowser() {
		if open(link) == nil {
			p.progress(p.Words.Say(i18n.ConnectOpened))
		}
	}
	ended, err := p.followConnect(ctx, c, begun)
	if err != nil {
		return err
	}
	if ended.State == model.ConnectRefused || ended.Page == nil {
		return p.connectRefused(ended.Code)
	}
	page := *ended.Page
	return p.Print(page, func() {
		p.Say(i18n.PageConnected, "Name", safe.Line(page.Name))
		p.Line(p.Visibility(page))
	})
}

// opensBrowser reports whether to open a browser: if a person is at the terminal.
func (p *commands) opensBrowser() bool {
	_, _, ok := p.Terminal()
	return ok && !p.JSON
}

// progress prints progress; with --json on standard error, so that scripts read only the result.
func (p *commands) progress(line string) {
	out := p.Out
	if p.JSON {
		out = p.Err
	}
	_, _ = fmt.Fprintln(out, line)
}

// followConnect reports each step until the last.
func (p *commands) followConnect(ctx context.Context, c *client.Client, now model.Connect) (model.Connect, error) {
	steps := map[model.ConnectState]i18n.ID{
		model.ConnectAtFacebook: i18n.ConnectAtFacebook, model.ConnectChoosing: i18n.ConnectChoosing,
		model.ConnectSubscribing: i18n.ConnectSubscribing,
	}
	poll := time.NewTicker(connectPoll)
	defer poll.Stop()
	for !now.State.Final() {
		select {
		case <-ctx.Done():
			p.giveConnectUp(ctx, c, now.ID)
			return now, ctx.Err()
		case <-poll.C:
		}
		next, err := c.Connect(ctx, now.ID)
		if err != nil {
			if ctx.Err() != nil {
				p.giveConnectUp(ctx, c, now.ID)
				err = ctx.Err()
			}
			return now, err
		}
		if step, ok := steps[next.State]; ok && next.State != now.State {
			p.progress(p.Words.Say(step))
		}
		now = next
	}
	return now, nil
}

// giveConnectUp cancels the attempt, which invalidates the link.
func (p *commands) giveConnectUp(ctx context.Context, c *client.Client, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelTimeout)
	defer cancel()
	_, _ = c.CancelConnect(ctx, id) // it also expires by itself
}

// connectRefused words why a Page was not connected, in the words of the browser's page if it
// has any.
func (p *commands) connectRefused(code model.Code) error {
	say := p.Code(code, "")
	if id := i18n.WebCode(string(code)); p.Words.Has(id) {
		say = p.Words.Say(id)
	}
	exit := cli.ExitRefused
	if code == model.GraphUnavailable || code == model.StoreUnavailable {
		exit = cli.ExitFailed
	}
	return &cli.Failure{Exit: exit, Code: code, Say: say}
}
