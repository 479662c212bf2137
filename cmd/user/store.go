package user

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/hubstore"
	"parley/cmd/settings"
	"parley/hub/accounts"
	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/i18n"
)

// storeFlags are those of a command that opens the hub's store itself.
type storeFlags struct {
	p          *cli.Program
	db, config string
	command    *cobra.Command
}

// onStore gives a command the flags that say which store it opens.
func (p *commands) onStore(cmd *cobra.Command, f *storeFlags) *cobra.Command {
	f.p, f.command = p.Program, cmd
	cmd.Flags().StringVar(&f.db, "db", "", p.Words.Say(i18n.FlagDB))
	cmd.Flags().StringVar(&f.config, "config", "", p.Words.Say(i18n.FlagConfig))
	return cmd
}

// open opens the store, which a hub may have open meanwhile.
func (f *storeFlags) open(ctx context.Context) (store.Store, error) {
	flags := map[string]any{}
	if f.command.Flags().Changed("db") {
		flags["db"] = f.db
	}
	s, err := settings.Read(f.p, flags, f.config)
	if err != nil {
		return nil, err
	}
	return hubstore.Open(ctx, f.p, s.DB, sqlite.Options{})
}

// userFailure words why nothing was done with a user who was named.
func (p *commands) userFailure(who string, err error) error {
	switch {
	case errors.Is(err, accounts.ErrAmbiguous):
		return cli.Failed(p.Words.Say(i18n.ErrUserAmbiguous, "Name", cli.Plain(who)))
	case errors.Is(err, store.ErrNotFound):
		return &cli.Failure{Exit: cli.ExitMissing, Say: p.Words.Say(i18n.ErrUserUnknown, "Name", cli.Plain(who))}
	}
	return err
}
