package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"parley/hub"
	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/i18n"
)

// storeFlags are those of a command that opens the hub's store itself.
type storeFlags struct {
	p          *program
	db, config string
	command    *cobra.Command
}

// onStore gives a command the flags that say which store it opens.
func (p *userCommands) onStore(cmd *cobra.Command, f *storeFlags) *cobra.Command {
	f.p, f.command = p.program, cmd
	cmd.Flags().StringVar(&f.db, "db", "", p.words.Say(i18n.FlagDB))
	cmd.Flags().StringVar(&f.config, "config", "", p.words.Say(i18n.FlagConfig))
	return cmd
}

// open opens the store, which a hub may have open meanwhile.
func (f *storeFlags) open(ctx context.Context) (store.Store, error) {
	flags := map[string]any{}
	if f.command.Flags().Changed("db") {
		flags["db"] = f.db
	}
	s, err := readSettings(f.p, flags, f.config)
	if err != nil {
		return nil, err
	}
	return openStore(ctx, f.p, s.DB, sqlite.Options{})
}

// userFailure words why nothing was done with a user who was named.
func (p *userCommands) userFailure(who string, err error) error {
	switch {
	case errors.Is(err, hub.ErrAmbiguous):
		return failed(p.words.Say(i18n.ErrUserAmbiguous, "Name", plain(who)))
	case errors.Is(err, hub.ErrNotFound):
		return &failure{exit: exitMissing, say: p.words.Say(i18n.ErrUserUnknown, "Name", plain(who))}
	}
	return err
}
