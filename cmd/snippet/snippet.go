// Package snippet has the commands of snippets and macros.
package snippet

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/model/snippet"
)

// commands are the commands of this package.
type commands struct{ *cli.Program }

// New returns the commands.
func New(p *cli.Program) []*cobra.Command {
	c := &commands{p}
	group := p.Group("snippet", i18n.SnippetShort, c.listCommand(), c.showCommand(), c.addCommand(), c.removeCommand())
	return []*cobra.Command{p.ToHub(group)}
}

// onHub runs a function with the hub.
func (p *commands) onHub(ctx context.Context, f func(context.Context, *client.Client) error) error {
	c, err := remote.Open(p.Program)
	if err != nil {
		return err
	}
	defer c.Close()
	return f(ctx, c)
}

// list is what list prints as JSON.
type list struct {
	Snippets []snippet.Snippet `json:"snippets"`
}

func (p *commands) listCommand() *cobra.Command {
	var team bool
	cmd := &cobra.Command{
		Use: "list", Short: p.Words.Say(i18n.SnippetListShort), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.onHub(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				all, err := c.Snippets(ctx)
				if err != nil {
					return err
				}
				out := list{Snippets: []snippet.Snippet{}}
				for _, s := range all {
					if s.Team || !team {
						out.Snippets = append(out.Snippets, s)
					}
				}
				return p.Print(out, func() { p.table(out.Snippets) })
			})
		},
	}
	cmd.Flags().BoolVar(&team, "team", false, p.Words.Say(i18n.FlagSnippetTeamOnly))
	return cmd
}

// textCells is how much of a text the list shows.
const textCells = 60

func (p *commands) table(all []snippet.Snippet) {
	if len(all) == 0 {
		p.Say(i18n.SnippetsNone)
		return
	}
	var t cli.Table
	for _, s := range all {
		t.Row(cli.Plain(s.Name).String(), p.Words.Say(whose(s)), safe.LineN(s.Text, textCells).String())
		if s.Macro != nil {
			t.Below("  " + p.does(*s.Macro))
		}
	}
	p.Table(t)
}

func whose(s snippet.Snippet) i18n.ID {
	if s.Team {
		return i18n.SnippetTeam
	}
	return i18n.SnippetOwn
}

// does says what a macro does, and its key.
func (p *commands) does(m snippet.Macro) string {
	var parts []string
	if m.Send {
		parts = append(parts, p.Words.Say(i18n.MacroSends))
	}
	if m.Label != "" {
		parts = append(parts, p.Words.Say(i18n.MacroLabels, "Label", cli.Plain(m.Label)))
	}
	switch m.Assign {
	case "":
	case snippet.ToMe:
		parts = append(parts, p.Words.Say(i18n.MacroAssignsMe))
	default:
		parts = append(parts, p.Words.Say(i18n.MacroAssigns, "Name", cli.Plain(m.Assign)))
	}
	if m.Done {
		parts = append(parts, p.Words.Say(i18n.MacroDone))
	}
	if m.Key != "" {
		parts = append(parts, cli.Plain(m.Key).String())
	}
	return strings.Join(parts, " · ")
}

func (p *commands) showCommand() *cobra.Command {
	var team bool
	cmd := &cobra.Command{
		Use: "show NAME", Short: p.Words.Say(i18n.SnippetShowShort), Args: p.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.onHub(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				s, err := p.find(ctx, c, args[0], team)
				if err != nil {
					return err
				}
				return p.Print(s, func() {
					if s.Text != "" {
						p.Line(safe.BodyAll(s.Text).String())
					}
					if s.Macro != nil {
						p.Line(p.does(*s.Macro))
					}
				})
			})
		},
	}
	cmd.Flags().BoolVar(&team, "team", false, p.Words.Say(i18n.FlagSnippetTeam))
	return cmd
}

// missing is the hub's code for what is not there.
const missing model.Code = "not_found"

// find returns the snippet that a name means on the screen, too: one's own before the team's.
func (p *commands) find(ctx context.Context, c *client.Client, name string, team bool) (snippet.Snippet, error) {
	all, err := c.Snippets(ctx)
	if err != nil {
		return snippet.Snippet{}, err
	}
	if team {
		var shared []snippet.Snippet
		for _, s := range all {
			if s.Team {
				shared = append(shared, s)
			}
		}
		all = shared
	}
	s, ok := snippet.Find(all, name)
	if !ok {
		return s, &cli.Failure{Exit: cli.ExitMissing, Code: missing, Say: p.Words.Say(i18n.Code(string(missing)))}
	}
	return s, nil
}

func (p *commands) addCommand() *cobra.Command {
	var s snippet.Snippet
	var m snippet.Macro
	var file, encoding string
	cmd := &cobra.Command{
		Use: "add NAME [TEXT|-]", Short: p.Words.Say(i18n.SnippetAddShort), Long: p.Words.Say(i18n.SnippetAddLong),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			return p.Exactly(2)(cmd, args) //nolint:mnd // the name and the text
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := p.text(args[1:], file, encoding)
			if err != nil {
				return err
			}
			s.Name, s.Text = args[0], text
			if m != (snippet.Macro{}) {
				s.Macro = &m
			}
			if _, err := s.Tidy(); err != nil {
				return err
			}
			return p.onHub(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				if err := p.nameAssignee(ctx, c, s.Macro); err != nil {
					return err
				}
				put, err := c.PutSnippet(ctx, s)
				if err != nil {
					return err
				}
				return p.Print(put, func() { p.Say(i18n.SaidSnippetStored, "Name", cli.Plain(put.Name)) })
			})
		},
	}
	f := cmd.Flags()
	f.BoolVar(&s.Team, "team", false, p.Words.Say(i18n.FlagSnippetTeam))
	f.StringVar(&file, "file", "", p.Words.Say(i18n.FlagSnippetFile))
	f.StringVar(&encoding, cli.FlagEncoding, "", p.Words.Say(i18n.FlagEncoding))
	f.BoolVar(&m.Send, "send", false, p.Words.Say(i18n.FlagMacroSend))
	f.StringVar(&m.Label, "label", "", p.Words.Say(i18n.FlagMacroLabel))
	f.StringVar(&m.Assign, "assign", "", p.Words.Say(i18n.FlagMacroAssign))
	f.BoolVar(&m.Done, "done", false, p.Words.Say(i18n.FlagMacroDone))
	f.StringVar(&m.Key, "key", "", p.Words.Say(i18n.FlagMacroKey))
	return cmd
}

// text returns the text of the argument, of standard input or of a file; none: "".
func (p *commands) text(args []string, file, encoding string) (model.Untrusted, error) {
	// More than a snippet may have, so that it is refused, not cut.
	const most = 8 * model.MaxText
	var raw []byte
	var err error
	switch {
	case file != "" && len(args) > 0:
		return "", cli.Usage(p.Words.Say(i18n.SnippetOneText))
	case file != "":
		f, ferr := os.Open(file)
		if ferr != nil {
			return "", cli.Failed(p.Words.Say(i18n.ErrFileUnreadable, "File", cli.Plain(file)))
		}
		defer func() { _ = f.Close() }()
		raw, err = io.ReadAll(io.LimitReader(f, most))
	case len(args) == 0:
		return "", nil
	case args[0] == "-":
		raw, err = io.ReadAll(io.LimitReader(p.In, most))
	default:
		raw = []byte(args[0])
	}
	if err != nil {
		return "", cli.Failed(p.Words.Say(i18n.ErrStdin, "Reason", cli.Plain(err.Error())))
	}
	if len(raw) == most {
		return "", model.Refuse(model.TextTooLong)
	}
	text, err := p.Text(raw, encoding)
	return model.Untrusted(text), err
}

// nameAssignee replaces the name of a colleague by their id.
func (p *commands) nameAssignee(ctx context.Context, c *client.Client, m *snippet.Macro) error {
	if m == nil || m.Assign == "" || m.Assign == snippet.ToMe {
		return nil
	}
	all, err := c.Users(ctx)
	if err != nil {
		return err
	}
	var found []model.UserID
	for _, u := range all {
		if string(u.ID) == m.Assign {
			return nil
		}
		if strings.EqualFold(u.Name, m.Assign) {
			found = append(found, u.ID)
		}
	}
	if len(found) != 1 {
		return cli.Usage(p.Words.Say(i18n.ErrFlagValue, "Flag", "--assign", "Value", cli.Plain(m.Assign)))
	}
	m.Assign = string(found[0])
	return nil
}

func (p *commands) removeCommand() *cobra.Command {
	var team bool
	cmd := &cobra.Command{
		Use: "remove NAME", Short: p.Words.Say(i18n.SnippetRemoveShort), Args: p.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.onHub(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				if err := c.RemoveSnippet(ctx, args[0], team); err != nil {
					return err
				}
				return p.Print(struct {
					Removed string `json:"removed"`
				}{args[0]}, func() { p.Say(i18n.SaidSnippetRemoved, "Name", cli.Plain(args[0])) })
			})
		},
	}
	cmd.Flags().BoolVar(&team, "team", false, p.Words.Say(i18n.FlagSnippetTeam))
	return cmd
}
