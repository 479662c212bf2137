// Package pgtest starts a PostgreSQL server for tests: one for each test binary, in a folder of its
// own and on a socket in it, with a database for each test. Where there is no PostgreSQL, tests are
// skipped and say so.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// patience is how long the server may take to start or to stop.
	patience = 30 * time.Second
	// again is how long to wait before it is asked again whether it has started.
	again = 20 * time.Millisecond
	// role is who the tests are to the server.
	role = "parley"
	// system is the user as whom root starts the server, which refuses to run as root.
	system = "postgres"
)

// errNone means that there is no PostgreSQL here.
var errNone = errors.New("no PostgreSQL 15 or newer: apt-get install postgresql-15")

// server is the server of this test binary.
type server struct {
	dir string
	run *exec.Cmd
	in  io.Closer
}

var (
	started = sync.OnceValues(start)
	current atomic.Pointer[server]
	// databases counts those that were created.
	databases atomic.Int64
	// making has one database be created at a time, as the template must not be in use.
	making sync.Mutex
)

// Template has each test's database be a copy of one that fill has filled once.
type Template struct {
	once sync.Once
	name string
	err  error
}

// URL returns the address of a new database, which is dropped after the test.
func URL(t testing.TB) string {
	t.Helper()
	return create(t, "")
}

// From returns the address of a new database with what fill has put into the first one.
func (p *Template) From(t testing.TB, fill func(ctx context.Context, url string) error) string {
	t.Helper()
	s := get(t)
	p.once.Do(func() {
		p.name, p.err = s.create(context.Background(), "")
		if p.err == nil {
			p.err = fill(context.Background(), s.url(p.name))
		}
	})
	if p.err != nil {
		t.Fatalf("fill template: %v", p.err)
	}
	return create(t, p.name)
}

func get(t testing.TB) *server {
	t.Helper()
	s, err := started()
	if errors.Is(err, errNone) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	return s
}

func create(t testing.TB, from string) string {
	t.Helper()
	s := get(t)
	name, err := s.create(t.Context(), from)
	if err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() {
		if err := s.exec(context.WithoutCancel(t.Context()), `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("drop database: %v", err)
		}
	})
	return s.url(name)
}

func (s *server) create(ctx context.Context, from string) (string, error) {
	making.Lock()
	defer making.Unlock()
	name := "test" + strconv.FormatInt(databases.Add(1), 10)
	query := `CREATE DATABASE ` + name
	if from != "" {
		query += ` TEMPLATE ` + from
	}
	return name, s.exec(ctx, query)
}

// url returns the address of a database.
func (s *server) url(name string) string {
	q := url.Values{"host": {s.dir}, "user": {role}}
	return "postgres:///" + name + "?" + q.Encode()
}

func (s *server) exec(ctx context.Context, query string) error {
	c, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, query)
	return errors.Join(err, c.Close(ctx))
}

// Stop stops the server, if it was started; it is called once all tests are over.
func Stop() {
	if s := current.Load(); s != nil {
		s.stop()
	}
}

func (s *server) stop() {
	_ = s.in.Close() // it stops when nobody holds its input any more, even if this process is killed
	_ = s.run.Wait()
	_ = os.RemoveAll(s.dir)
}

// start creates a cluster and starts its server.
func start() (*server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "parley-pg")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	if err := s.begin(bin); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	current.Store(s)
	return s, nil
}

// serve runs the server until its input ends.
const serve = `"$0" -D "$1/data" -k "$1" -c listen_addresses= -c max_connections=200 -c log_min_messages=fatal & p=$!
cat >/dev/null; kill -INT $p; wait $p`

func (s *server) begin(bin string) error {
	as, err := s.own()
	if err != nil {
		return err
	}
	data := filepath.Join(s.dir, "data")
	command := func(args ...string) *exec.Cmd {
		args = append(append([]string{}, as...), args...)
		c := exec.CommandContext(context.Background(), args[0], args[1:]...) //nolint:gosec // programs of PostgreSQL's, found above
		c.Dir = s.dir
		return c
	}
	out, err := command(filepath.Join(bin, "initdb"), "-D", data, "-U", role, "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	s.run = command("sh", "-c", serve, filepath.Join(bin, "postgres"), s.dir)
	said, err := os.Create(filepath.Join(s.dir, "said"))
	if err != nil {
		return err
	}
	s.run.Stderr = said // no pipe, which would need a goroutine
	defer func() { _ = said.Close() }()
	if s.in, err = s.run.StdinPipe(); err != nil {
		return err
	}
	if err := s.run.Start(); err != nil {
		return err
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(again) {
		if err = s.exec(context.Background(), `SELECT 1`); err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			out, _ := os.ReadFile(said.Name())
			s.stop()
			return fmt.Errorf("it did not start: %w: %s", err, out)
		}
	}
}

// own gives the folder to the user that the server runs as, and returns how to run programs as it.
func (s *server) own() ([]string, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup(system)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	return []string{"runuser", "-u", system, "--"}, os.Chown(s.dir, uid, gid)
}

// programs returns the folder of PostgreSQL's programs, the newest version's.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	for i := len(found) - 1; i >= 0; i-- {
		bin := filepath.Dir(found[i])
		if _, err := os.Stat(filepath.Join(bin, "postgres")); !errors.Is(err, fs.ErrNotExist) {
			return bin, err
		}
	}
	return "", errNone
}
