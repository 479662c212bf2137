package migrations

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
	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/searchindex"
	"parley/hub/store/sqlite/sqldb"
	"parley/hub/store/sqlite/tally"
)

//go:embed *.sql
var scripts embed.FS

// Step brings the schema to a version.
type Step struct {
	version int
	script  string
	// fill, if there is one, runs after the script. It logs its progress, as it may take long,
	// and stops when ctx ends.
	fill func(ctx context.Context, tx *sql.Tx, log *slog.Logger) error
	// move, if there is one, rewrites a large table after the script, which then runs again each
	// time that the step is begun anew.
	move *move
}

// moves returns the table that a migration rewrites.
func moves(version int) *move {
	const compactRaw, compactMessages, compactLog, compactConversations = 30, 32, 33, 34
	switch version {
	case compactRaw:
		return &rawEvents
	case compactMessages:
		return &messages
	case compactLog:
		return &pageLogs
	case compactConversations:
		return &conversations
	}
	return nil
}

// fills returns what a migration does besides its script.
func fills(version int) func(context.Context, *sql.Tx, *slog.Logger) error {
	const erasable, withLabels, tallied = 24, 26, 31
	switch version {
	case tallied:
		return func(ctx context.Context, tx *sql.Tx, log *slog.Logger) error {
			return sqldb.Wrap(tally.Fill(ctx, tx, log), "tally conversations")
		}
	case withLabels:
		return func(ctx context.Context, tx *sql.Tx, _ *slog.Logger) error {
			return sqldb.Wrap(fillLabels(ctx, tx), "keep labels")
		}
	case erasable:
		return func(ctx context.Context, tx *sql.Tx, log *slog.Logger) error {
			if err := searchindex.Fill(ctx, tx, log); err != nil {
				return err
			}
			return sqldb.Wrap(disk.WipeAll(ctx, tx, log), "overwrite what was deleted")
		}
	}
	return nil
}

// Load returns the steps from an empty file to the newest schema.
func Load() ([]Step, error) {
	names, err := fs.Glob(scripts, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	steps := make([]Step, 0, len(names))
	for _, name := range names { // sorted by name
		number, _, _ := strings.Cut(path.Base(name), "_")
		version, err := strconv.Atoi(number)
		if err != nil || version <= NewestOf(steps) {
			return nil, fmt.Errorf("list migrations: %s does not follow number %d", name, NewestOf(steps))
		}
		script, err := scripts.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read migration: %w", err)
		}
		steps = append(steps, Step{version, string(script), fills(version), moves(version)})
	}
	return steps, nil
}

// NewestOf returns the version of the last step; 0 without steps. Numbers may be skipped.
func NewestOf(steps []Step) int {
	if len(steps) == 0 {
		return 0
	}
	return steps[len(steps)-1].version
}

// VersionOf reads the file's version; 0 for an empty file.
func VersionOf(ctx context.Context, c *sql.Conn) (int, error) {
	var version, tables int
	if err := c.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return 0, sqldb.Wrap(sqldb.Translate(err), "read schema version")
	}
	if version > 0 {
		return version, nil
	}
	err := c.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_schema`).Scan(&tables)
	if err == nil && tables > 0 {
		return 0, sqldb.ErrForeign
	}
	return 0, sqldb.Wrap(sqldb.Translate(err), "read schema")
}

// Run applies the steps that the file lacks, each in one transaction: one that ctx interrupts
// leaves the file as it was. A step that moves rows takes more than one, and goes on where it was
// interrupted. c is the file's only connection.
func Run(ctx context.Context, c *sql.Conn, steps []Step, log *slog.Logger) error {
	for _, step := range steps {
		if err := apply(ctx, c, step, log); err != nil {
			return sqldb.Wrap(sqldb.Translate(err), "migrate to version %d", step.version)
		}
	}
	return Shrink(ctx, c, log)
}

func apply(ctx context.Context, c *sql.Conn, step Step, log *slog.Logger) error {
	var version int
	if err := c.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil || version >= step.version {
		return err
	}
	if step.move != nil {
		_, err := inOne(ctx, c, func(ctx context.Context, tx *sql.Tx) (int, error) { return 0, run(ctx, tx, step.script) })
		if err == nil {
			err = step.move.run(ctx, c, log)
		}
		if err != nil {
			return err
		}
	}
	_, err := inOne(ctx, c, func(ctx context.Context, tx *sql.Tx) (int, error) { return 0, step.end(ctx, tx, log) })
	return err
}

// end is the transaction after which the file has the step's version.
func (s Step) end(ctx context.Context, tx *sql.Tx, log *slog.Logger) error {
	var version int
	if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil || version >= s.version {
		return err
	}
	var err error
	if s.move != nil {
		err = s.move.then(ctx, tx)
	} else {
		err = run(ctx, tx, s.script)
	}
	if err == nil && s.fill != nil {
		err = s.fill(ctx, tx, log)
	}
	if err == nil && version == 0 {
		_, err = tx.ExecContext(ctx, `INSERT INTO store (name, value) VALUES ('id', ?)`, uuid.NewString())
	}
	if err != nil {
		return err
	}
	return run(ctx, tx, fmt.Sprintf(`PRAGMA user_version = %d`, s.version))
}

// Newer is the error for a schema that this program does not know.
func Newer(version, known int) error {
	return fmt.Errorf("%w: schema %d, this program knows %d", store.ErrNewer, version, known)
}
