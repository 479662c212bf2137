package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"parley/hub/store"
	"parley/hub/store/postgres/pgdb"
)

//go:embed *.sql
var scripts embed.FS

// table has the versions that a database was brought to.
const table = "parley_migrations"

// attempts is how often a migration is begun that another process did at the same time.
const attempts = 3

// Run brings the database to the newest version. One that was brought to a newer one is
// [store.ErrNewer].
func Run(ctx context.Context, to *pgx.ConnConfig, log *slog.Logger) (err error) {
	if current(ctx, to) {
		return nil
	}
	db := stdlib.OpenDB(*to)
	defer func() { err = errors.Join(err, db.Close()) }()
	for n := 1; ; n++ {
		err := run(ctx, db, log)
		if err == nil || errors.Is(err, store.ErrNewer) || n == attempts || ctx.Err() != nil {
			return pgdb.Translate(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(n) * time.Second):
		}
	}
}

// current reports whether the database is at the newest version: mostly it is, and one question
// tells.
func current(ctx context.Context, to *pgx.ConnConfig) bool {
	names, err := fs.Glob(scripts, "*.sql")
	if err != nil || len(names) == 0 {
		return false
	}
	number, _, _ := strings.Cut(names[len(names)-1], "_") // sorted by name
	newest, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return false
	}
	c, err := pgx.ConnectConfig(ctx, to)
	if err != nil {
		return false
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	var version int64
	err = c.QueryRow(ctx, `SELECT version_id FROM `+table+` WHERE is_applied AND EXISTS (SELECT 1 FROM store WHERE name = 'incarnation')
		ORDER BY id DESC LIMIT 1`).Scan(&version)
	return err == nil && version == newest
}

func run(ctx context.Context, db *sql.DB, log *slog.Logger) error {
	files, err := fs.Sub(scripts, ".")
	if err != nil {
		return err
	}
	versions, err := database.NewStore(database.DialectPostgres, table)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider("", db, files, goose.WithStore(versions))
	if err != nil {
		return err
	}
	version, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	if newest := newestOf(p.ListSources()); version > newest {
		return fmt.Errorf("%w: schema %d, this program knows %d", store.ErrNewer, version, newest)
	}
	done, err := p.Up(ctx)
	for _, d := range done {
		log.Info("migrated the store", "version", d.Source.Version, "took", d.Duration.Round(time.Millisecond).String())
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for name, value := range map[string]string{"id": uuid.NewString(), "incarnation": uuid.NewString()} {
		if _, err := db.ExecContext(ctx, `INSERT INTO store (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, []byte(value)); err != nil {
			return err
		}
	}
	return nil
}

func newestOf(sources []*goose.Source) (newest int64) {
	for _, s := range sources {
		newest = max(newest, s.Version)
	}
	return newest
}
