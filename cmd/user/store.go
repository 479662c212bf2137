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

// storeFlags are the flags of a command that opens the hub's store itself.
type storeFlags struct {
	p          *cli.Program
	db, config string
	command    *cobra.Command
}

// onStore adds the flags that choose the store to a command.
func (p *commands) onStore(cmd *cobra.Command, f *storeFlags) *cobra.Command {
	f.p, f.command = p.Program, cmd
	cmd.Flags().StringVar(&f.db, "db", "", p.Words.Say(i18n.FlagDB))
	cmd.Flags().StringVar(&f.config, "config", "", p.Words.Say(i18n.FlagConfig))
	return cmd
}

// open opens the store, which a hub may have open at the same time.
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

// userFailure words why nothing was done with the named user.
func (p *commands) userFailure(who string, err error) error {
	switch {
	case errors.Is(err, accounts.ErrAmbiguous):
		return cli.Failed(p.Words.Say(i18n.ErrUserAmbiguous, "Name", cli.Plain(who)))
	case errors.Is(err, store.ErrNotFound):
		return &cli.Failure{Exit: cli.ExitMissing, Say: p.Words.Say(i18n.ErrUserUnknown, "Name", cli.Plain(who))}
	}
	return err
}
