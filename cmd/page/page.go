// Package page has the commands about Pages.
package page

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"parley/client"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// commands are the commands about Pages.
type commands struct{ *cli.Program }

// New returns the commands about Pages.
func New(p *cli.Program) []*cobra.Command {
	c := &commands{p}
	return []*cobra.Command{p.ToHub(c.pageCommand())}
}

func (p *commands) pageCommand() *cobra.Command {
	return p.Group("page", i18n.PageShort,
		p.pageConnectCommand(), p.pageImportCommand(), p.pageListCommand(), p.pageVisibilityCommand(), p.pageCheckCommand(), p.pageDisconnectCommand(),
		p.pageGreetingCommand(), p.pageEntryCommand(), p.pageDoctorCommand())
}

// readSecret reads a file that holds one secret.
func (p *commands) readSecret(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		var perr *os.PathError
		if errors.As(err, &perr) {
			err = perr.Err
		}
		return "", cli.Failed(p.Words.Say(i18n.ErrFileRead, "File", cli.Plain(path), "Reason", cli.Plain(err.Error())))
	}
	s, err := p.Text(b, "")
	if err != nil {
		return "", cli.Failed(p.Words.Say(i18n.ErrFileRead, "File", cli.Plain(path), "Reason", p.Failure(err).Say))
	}
	s = strings.TrimSpace(s)
	if s == "" {
		return "", cli.Failed(p.Words.Say(i18n.ErrFileEmpty, "File", cli.Plain(path)))
	}
	return s, nil
}

func (p *commands) pageVisibilityCommand() *cobra.Command {
	return &cobra.Command{
		Use: "visibility [PAGE] private|shared", Short: p.Words.Say(i18n.PageVisibilityShort), Args: p.Between(1, 2), //nolint:mnd // with the Page, or without
		ValidArgsFunction: remote.Complete(p.Program, true, remote.OfferVisibility),
		RunE: func(cmd *cobra.Command, args []string) error {
			page, visibility := args[:len(args)-1], args[len(args)-1]
			if err := p.OneOf(visibility, string(model.Private), string(model.Shared)); err != nil {
				return err
			}
			done := i18n.PageShared
			if visibility == string(model.Private) {
				done = i18n.PagePrivate
			}
			return p.onPage(func(c *client.Client) (model.Page, error) {
				id, err := remote.Page(cmd.Context(), p.Program, c, page)
				if err != nil {
					return model.Page{}, err
				}
				return c.SetVisibility(cmd.Context(), id, model.Visibility(visibility))
			}, done)
		},
	}
}

func (p *commands) pageDisconnectCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "disconnect PAGE", Short: p.Words.Say(i18n.PageDisconnectShort), Args: p.Exactly(1),
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferPages),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.onPage(func(c *client.Client) (model.Page, error) {
				if !yes && p.AtTerminal() {
					if err := p.confirmDisconnect(cmd.Context(), c, model.PageID(args[0])); err != nil {
						return model.Page{}, err
					}
				}
				return c.Uninstall(cmd.Context(), model.PageID(args[0]))
			}, i18n.PageDisconnectedDone)
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, p.Words.Say(i18n.FlagDisconnectYes))
	return cmd
}

// longestName is longer than any name of a Page that anybody types.
const longestName = 4 << 10

// confirmDisconnect makes the user type the Page's name, or its id if the name is hidden. For an
// unknown Page the hub will answer.
func (p *commands) confirmDisconnect(ctx context.Context, c *client.Client, id model.PageID) error {
	pages, err := c.Pages(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(pages, func(page model.Page) bool { return page.ID == id })
	if i < 0 {
		return nil
	}
	name := safe.Line(pages[i].Name).String()
	if name == "" {
		name = string(id)
	}
	_, _ = fmt.Fprint(p.Err, p.Words.Say(i18n.DisconnectAsk, "Name", name))
	answer, err := cli.Await(ctx, func() (string, error) {
		return bufio.NewReader(io.LimitReader(p.In, longestName)).ReadString('\n')
	})
	if ctx.Err() != nil || err != nil && !errors.Is(err, io.EOF) {
		return errors.Join(ctx.Err(), err)
	}
	if answer = norm.NFC.String(strings.TrimSpace(answer)); answer != strings.TrimSpace(name) {
		return cli.Failed(p.Words.Say(i18n.DisconnectNot, "Name", name))
	}
	return nil
}

// onPage changes a Page and says so.
func (p *commands) onPage(do func(*client.Client) (model.Page, error), done i18n.ID) error {
	c, err := remote.Open(p.Program)
	if err != nil {
		return err
	}
	defer c.Close()
	page, err := do(c)
	if err != nil {
		return err
	}
	return p.Print(page, func() { p.Say(done, "Name", safe.Line(page.Name)) })
}

func (p *commands) pageListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: p.Words.Say(i18n.PageListShort), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			pages, err := c.Pages(cmd.Context())
			if err != nil {
				return err
			}
			return p.Print(struct {
				Pages []model.Page `json:"pages"`
			}{pages}, func() { p.pageList(pages) })
		},
	}
}

func (p *commands) pageList(pages []model.Page) {
	if len(pages) == 0 {
		p.Say(i18n.PagesNone)
		return
	}
	var t cli.Table
	for _, page := range pages {
		state := ""
		if page.Sees {
			state = p.Words.Say(i18n.StateDisconnected)
			if page.Connected() {
				state = p.Words.Say(i18n.StateConnected)
			}
		}
		t.Row(safe.Line(page.Name).String(), p.Visibility(page), state, string(page.ID))
	}
	p.Table(t)
}
