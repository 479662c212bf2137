package server

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/hubstore"
	"parley/cmd/settings"
	"parley/hub/store/postgres"
	"parley/hub/store/sqlite"
	"parley/hub/store/transfer"
	"parley/i18n"
)

// migrateCommand copies a store from one engine into the other.
func (p *commands) migrateCommand() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use: "migrate", Short: p.Words.Say(i18n.HubMigrateShort), Long: p.Words.Say(i18n.HubMigrateLong), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.migrate(cmd.Context(), strings.TrimPrefix(from, settings.FileScheme), to)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", p.Words.Say(i18n.FlagMigrateFrom))
	cmd.Flags().StringVar(&to, "to", "", p.Words.Say(i18n.FlagMigrateTo))
	return cmd
}

// copied is what was copied, as the command prints it.
type copied struct {
	Pages    int    `json:"pages"`
	Rows     int64  `json:"rows"`
	Messages int64  `json:"messages"`
	Folder   string `json:"folder"`
	Beside   string `json:"beside"`
}

func (p *commands) migrate(ctx context.Context, from, to string) (err error) {
	if from == "" || strings.Contains(from, "://") || !settings.IsDatabase(to) {
		return cli.Usage(p.Words.Say(i18n.ErrMigrateKinds))
	}
	if _, err := os.Stat(from); err != nil { // to open a file that is not there would create it
		return cli.Failed(p.Words.Say(i18n.ErrFileRead, "File", cli.Plain(from), "Reason", cli.Plain(cli.PathReason(err))))
	}
	st, err := hubstore.Open(ctx, p.Program, from, sqlite.Options{Exclusive: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	source, ok := st.(transfer.Source)
	if !ok {
		return cli.Usage(p.Words.Say(i18n.ErrMigrateKinds))
	}
	target, err := hubstore.OpenCopy(ctx, p.Program, to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	out := copied{Folder: filepath.Dir(from), Beside: settings.Settings{DB: to}.Beside()}
	switch err := target.Import(ctx, source, func(g postgres.Progress) { p.copiedPage(&out, g) }); {
	case err == nil:
	case errors.Is(err, postgres.ErrOther):
		return cli.Failed(p.Words.Say(i18n.ErrMigrateOther, "Database", cli.Plain(settings.Shown(to))))
	default:
		return cli.Failed(p.Words.Say(i18n.ErrMigrate, "Reason", cli.Plain(err.Error())))
	}
	return p.Print(out, func() {
		p.Say(i18n.MigrateDone, "Pages", out.Pages, "Rows", out.Rows, "Folder", cli.Plain(out.Folder), "Beside", cli.Plain(out.Beside))
	})
}

// copiedPage tells of a Page that was copied.
func (p *commands) copiedPage(out *copied, g postgres.Progress) {
	out.Rows += g.Rows
	out.Messages += g.Messages
	if g.Page == "" {
		return
	}
	out.Pages++
	if p.JSON {
		return
	}
	page := cli.Plain(string(g.Page))
	if g.Kept {
		p.Say(i18n.MigrateKept, "Done", g.Done, "All", g.Pages, "Page", page)
		return
	}
	p.Say(i18n.MigratePage, "Done", g.Done, "All", g.Pages, "Page", page, "Rows", g.Rows, "Messages", g.Messages)
}
