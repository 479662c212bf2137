package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"parley/hub/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migration brings the schema to a version.
type migration struct {
	version int
	script  string
	// fill, if there is one, follows the script. It logs how far it is, as it may take
	// long, and ends when ctx does.
	fill func(ctx context.Context, tx *sql.Tx, log *slog.Logger) error
}

// fills are what a migration does besides its script, by version.
func fills(version int) func(context.Context, *sql.Tx, *slog.Logger) error {
	const erasable = 24
	if version == erasable {
		return func(ctx context.Context, tx *sql.Tx, log *slog.Logger) error {
			if err := fillSearch(ctx, tx, log); err != nil {
				return err
			}
			return wrap(wipeAll(ctx, tx, log), "overwrite what was deleted")
		}
	}
	return nil
}

// loadMigrations returns the steps from an empty file to the newest schema.
func loadMigrations() ([]migration, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	steps := make([]migration, 0, len(names))
	for _, name := range names { // sorted by name
		number, _, _ := strings.Cut(path.Base(name), "_")
		version, err := strconv.Atoi(number)
		if err != nil || version <= newestOf(steps) {
			return nil, fmt.Errorf("list migrations: %s does not follow number %d", name, newestOf(steps))
		}
		script, err := migrations.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read migration: %w", err)
		}
		steps = append(steps, migration{version, string(script), fills(version)})
	}
	return steps, nil
}

// newestOf is the version that the last step brings to; 0 without steps. Numbers may be
// left out.
func newestOf(steps []migration) int {
	if len(steps) == 0 {
		return 0
	}
	return steps[len(steps)-1].version
}

// schemaVersion reads the file's version; 0 for an empty file.
func schemaVersion(ctx context.Context, c *sql.Conn) (int, error) {
	var version, tables int
	if err := c.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return 0, wrap(translate(err), "read schema version")
	}
	if version > 0 {
		return version, nil
	}
	err := c.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_schema`).Scan(&tables)
	if err == nil && tables > 0 {
		return 0, errForeign
	}
	return 0, wrap(translate(err), "read schema")
}

// migrate applies the steps that the file lacks, each in one transaction: one that ctx
// cuts short leaves the file as it was.
func migrate(ctx context.Context, c *sql.Conn, steps []migration, log *slog.Logger) error {
	for _, step := range steps {
		if err := apply(ctx, c, step, log); err != nil {
			return wrap(translate(err), "migrate to version %d", step.version)
		}
	}
	return nil
}

func apply(ctx context.Context, c *sql.Conn, step migration, log *slog.Logger) error {
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var version int
	if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	if version >= step.version {
		return nil
	}
	if _, err := tx.ExecContext(ctx, step.script); err != nil {
		return err
	}
	if step.fill != nil {
		if err := step.fill(ctx, tx, log); err != nil {
			return err
		}
	}
	if version == 0 {
		_, err := tx.ExecContext(ctx, `INSERT INTO store (name, value) VALUES ('id', ?)`, uuid.NewString())
		if err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, step.version)); err != nil {
		return err
	}
	return tx.Commit()
}

// newer says that the file's schema is not known here.
func newer(version, known int) error {
	return fmt.Errorf("%w: schema %d, this program knows %d", store.ErrNewer, version, known)
}
