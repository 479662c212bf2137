package main

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
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// pageCommands are those about Pages.
type pageCommands struct{ *program }

func (p *pageCommands) pageCommand() *cobra.Command {
	return p.group("page", i18n.PageShort,
		p.pageConnectCommand(), p.pageImportCommand(), p.pageListCommand(), p.pageVisibilityCommand(), p.pageCheckCommand(), p.pageDisconnectCommand(),
		p.pageGreetingCommand(), p.pageEntryCommand(), p.pageDoctorCommand())
}

// readSecret reads a file that holds one secret.
func (p *pageCommands) readSecret(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		var perr *os.PathError
		if errors.As(err, &perr) {
			err = perr.Err
		}
		return "", failed(p.words.Say(i18n.ErrFileRead, "File", plain(path), "Reason", plain(err.Error())))
	}
	s, err := p.text(b, "")
	if err != nil {
		return "", failed(p.words.Say(i18n.ErrFileRead, "File", plain(path), "Reason", p.failure(err).say))
	}
	s = strings.TrimSpace(s)
	if s == "" {
		return "", failed(p.words.Say(i18n.ErrFileEmpty, "File", plain(path)))
	}
	return s, nil
}

func (p *pageCommands) pageVisibilityCommand() *cobra.Command {
	return &cobra.Command{
		Use: "visibility PAGE private|shared", Short: p.words.Say(i18n.PageVisibilityShort), Args: p.exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.oneOf(args[1], string(model.Private), string(model.Shared)); err != nil {
				return err
			}
			done := i18n.PageShared
			if args[1] == string(model.Private) {
				done = i18n.PagePrivate
			}
			return p.onPage(func(c *client.Client) (model.Page, error) {
				return c.SetVisibility(cmd.Context(), model.PageID(args[0]), model.Visibility(args[1]))
			}, done)
		},
	}
}

func (p *pageCommands) pageDisconnectCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "disconnect PAGE", Short: p.words.Say(i18n.PageDisconnectShort), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.onPage(func(c *client.Client) (model.Page, error) {
				if !yes && p.atTerminal() {
					if err := p.confirmDisconnect(cmd.Context(), c, model.PageID(args[0])); err != nil {
						return model.Page{}, err
					}
				}
				return c.Uninstall(cmd.Context(), model.PageID(args[0]))
			}, i18n.PageDisconnected)
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, p.words.Say(i18n.FlagDisconnectYes))
	return cmd
}

// longestName is more than anybody types to name a Page.
const longestName = 4 << 10

// confirmDisconnect has the user type the Page's name, or its id where the name is not to
// be seen. A Page that there isn't is the hub's to tell of.
func (p *pageCommands) confirmDisconnect(ctx context.Context, c *client.Client, id model.PageID) error {
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
	_, _ = fmt.Fprint(p.err, p.words.Say(i18n.DisconnectAsk, "Name", name))
	answer, err := await(ctx, func() (string, error) {
		return bufio.NewReader(io.LimitReader(p.in, longestName)).ReadString('\n')
	})
	if ctx.Err() != nil || err != nil && !errors.Is(err, io.EOF) {
		return errors.Join(ctx.Err(), err)
	}
	if answer = norm.NFC.String(strings.TrimSpace(answer)); answer != strings.TrimSpace(name) {
		return failed(p.words.Say(i18n.DisconnectNot, "Name", name))
	}
	return nil
}

// onPage does something with a Page and says so.
func (p *pageCommands) onPage(do func(*client.Client) (model.Page, error), done i18n.ID) error {
	c, err := openRemote(p.program)
	if err != nil {
		return err
	}
	defer c.Close()
	page, err := do(c)
	if err != nil {
		return err
	}
	return p.print(page, func() { p.say(done, "Name", safe.Line(page.Name)) })
}

func (p *pageCommands) pageListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: p.words.Say(i18n.PageListShort), Args: p.exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := openRemote(p.program)
			if err != nil {
				return err
			}
			defer c.Close()
			pages, err := c.Pages(cmd.Context())
			if err != nil {
				return err
			}
			return p.print(struct {
				Pages []model.Page `json:"pages"`
			}{pages}, func() { p.pageList(pages) })
		},
	}
}

func (p *pageCommands) pageList(pages []model.Page) {
	if len(pages) == 0 {
		p.say(i18n.PagesNone)
		return
	}
	var t table
	for _, page := range pages {
		state := ""
		if page.Sees {
			state = p.words.Say(i18n.StateOff)
			if page.Connected() {
				state = p.words.Say(i18n.StateConnected)
			}
		}
		t.row(safe.Line(page.Name).String(), p.visibility(page), state, string(page.ID))
	}
	p.table(t)
}
