package server

import (
	"context"
	"errors"
	"maps"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	gossh "golang.org/x/crypto/ssh"

	"parley/cmd/cli"
	"parley/cmd/settings"
	"parley/hub"
	"parley/hub/accounts"
	"parley/hub/sshd"
	"parley/hub/sshd/request"
	"parley/i18n"
	"parley/model"
)

// Terminals serve a hub's sessions over SSH.
type Terminals struct {
	serve    func(context.Context) error
	listener net.Listener
	hostKey  gossh.PublicKey
}

// childEnv is what each session's program gets besides its client's variables. It is nearly
// always idle: on one processor the runtime does not wake other threads to look for work.
func childEnv(p *cli.Program) []string {
	env := []string{"GOMAXPROCS=1"}
	// The hub's zone is the default for users whose zone is unknown; it may be a file.
	if tz := p.Getenv("TZ"); tz != "" && p.ZoneRefused == "" {
		env = append(env, "TZ="+tz)
	}
	return env
}

// holdEnv passes on how long replies are held back: sessions have no settings of their own.
func holdEnv(s settings.Settings) []string {
	if s.SendHold <= 0 {
		return nil
	}
	return []string{"PARLEY_SEND_HOLD=" + s.SendHold.String()}
}

// WithTerminals makes a hub admit users over SSH, too.
func WithTerminals(ctx context.Context, p *cli.Program, s settings.Settings, h *Server, guests map[string]model.User) error {
	address, ok := h.local()
	if !ok {
		return cli.Usage(p.Words.Say(i18n.ErrSSHHub, "Address", cli.Plain(h.address())))
	}
	if p.Child.Path == "" {
		self, err := os.Executable()
		if err != nil {
			return cli.Failed(p.Words.Say(i18n.ErrInternal, "Reason", cli.Plain(err.Error())))
		}
		p.Child.Path = self
	}
	beside := s.Beside()
	keyFile := filepath.Join(beside, "ssh_host_ed25519_key")
	key, err := sshd.HostKey(keyFile)
	if err != nil {
		return cli.Failed(p.Words.Say(i18n.ErrSSHHostKey, "Reason", cli.Plain(err.Error())))
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", s.SSH)
	if err != nil {
		return cli.Failed(p.Words.Say(i18n.ErrListen, "Address", cli.Plain(s.SSH), "Reason", cli.Plain(err.Error())))
	}
	if a, ok := l.Addr().(*net.TCPAddr); len(guests) > 0 && (!ok || !a.IP.IsLoopback()) {
		_ = l.Close()
		return cli.Usage(p.Words.Say(i18n.ErrSSHDemo, "Address", cli.Plain(s.SSH)))
	}
	o := sshd.Options{
		HostKey: key, Users: sshUsers{h.hub}, Guests: guests, Verbs: SSHVerbs(), Limits: sshd.DefaultLimits(),
		Say: saySSH, Logger: h.log, Registry: h.hub.Registry(),
		Child: sshd.Child{
			Path: p.Child.Path, Args: []string{"session"}, Env: slices.Concat(childEnv(p), holdEnv(s), p.Child.Env), Hub: address,
			State: filepath.Join(beside, "users"), Lang: language(p), Zone: p.Getenv("TZ"),
		},
	}
	program := sshd.Program{Path: p.Child.Path, Args: []string{terminalsVerb}, Env: append(terminalsEnv(), p.Child.Env...), HostKey: keyFile}
	if dir, ok := os.LookupEnv("TMPDIR"); ok {
		program.Env = append(program.Env, "TMPDIR="+dir)
	}
	h.Terminals = &Terminals{listener: l, hostKey: key.PublicKey(), serve: func(ctx context.Context) error {
		return sshd.ServeApart(ctx, l, o, program)
	}}
	return nil
}

// terminalsEnv leaves half of the processors to the hub, however many clients prove a key to
// the process that admits them.
func terminalsEnv() []string {
	const half = 2
	return []string{"GOMAXPROCS=" + strconv.Itoa(max(1, runtime.GOMAXPROCS(0)/half))}
}

// terminalsVerb is the command that serves SSH.
const terminalsVerb = "terminals"

// terminalsCommand is what a hub runs to admit users over SSH: a process of its own, so that a
// crash leaves the hub running. It gets everything from the hub, and reads no settings of its
// machine.
func (p *commands) terminalsCommand() *cobra.Command {
	return &cobra.Command{
		Use: terminalsVerb, Hidden: true, Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := sshd.ServeFront(cmd.Context(), sshd.Options{Verbs: SSHVerbs(), Say: saySSH})
			if errors.Is(err, sshd.ErrStart) {
				return cli.Usage(p.Words.Say(i18n.ErrSessionAlone))
			}
			return err
		},
	}
}

// language returns the language of this run.
func language(p *cli.Program) string {
	if p.Words.Japanese() {
		return "ja"
	}
	return "en"
}

// SSHListening is what a server prints about SSH.
type SSHListening struct {
	Listen      string `json:"listen"`
	Fingerprint string `json:"fingerprint"`
}

func (t *Terminals) listening() *SSHListening {
	if t == nil {
		return nil
	}
	return &SSHListening{Listen: t.listener.Addr().String(), Fingerprint: sshd.Fingerprint(t.hostKey)}
}

// SayTerminals says how to come in over SSH: by each of these names or, without any, by key.
func SayTerminals(p *cli.Program, t *Terminals, names ...string) {
	if t == nil {
		return
	}
	host, port, _ := net.SplitHostPort(t.listener.Addr().String())
	if len(names) == 0 {
		p.Say(i18n.SSHListening, "Address", t.listener.Addr().String())
	}
	for _, name := range names {
		p.Line("ssh -p " + port + " " + name + "@" + host)
	}
	p.Say(i18n.SSHFingerprint, "Fingerprint", sshd.Fingerprint(t.hostKey))
}

// sshUsers implements [sshd.Users] with the hub's users.
type sshUsers struct{ *hub.Hub }

var _ sshd.Users = sshUsers{}

// UserOfKey implements [sshd.Users].
func (u sshUsers) UserOfKey(ctx context.Context, fingerprint string) (model.User, error) {
	user, err := u.UserOfSSHKey(ctx, fingerprint)
	return user, orNobody(err)
}

// CheckSession implements [sshd.Users].
func (u sshUsers) CheckSession(ctx context.Context, token string) error {
	_, err := u.Authenticate(ctx, token)
	return orNobody(err)
}

// orNobody returns [sshd.ErrNobody] if the hub no longer admits a user: it does not know them,
// or they are not active in the CRM.
func orNobody(err error) error {
	var refusal *model.Refusal
	if errors.Is(err, accounts.ErrSignIn) || errors.As(err, &refusal) {
		return sshd.ErrNobody
	}
	return err
}

// saySSH words a notice of the SSH server in one of the client's languages.
func saySSH(what request.Notice, langs ...string) string {
	return i18n.New(langs...).Say(sshNotice(what), "Verbs", strings.Join(slices.Sorted(maps.Keys(SSHVerbs())), ", "))
}

func sshNotice(what request.Notice) i18n.ID {
	switch what {
	case request.NoticeCommandLong:
		return i18n.SSHCommandLong
	case request.NoticeCommandQuote:
		return i18n.SSHCommandQuote
	case request.NoticeCommandVerb:
		return i18n.SSHCommandVerb
	case request.NoticeCommandFlag:
		return i18n.SSHCommandFlag
	case request.NoticeCommandValue:
		return i18n.SSHCommandValue
	case request.NoticeTerminal:
		return i18n.SSHTerminal
	case request.NoticeNotStarted:
		return i18n.SSHNotStarted
	case request.NoticeKilled:
		return i18n.SSHKilled
	case request.NoticeIdle:
		return i18n.SSHIdle
	case request.NoticeLong:
		return i18n.SSHLong
	case request.NoticeRevoked:
		return i18n.SSHRevoked
	case request.NoticeStopping:
		return i18n.SSHStopping
	}
	return i18n.SSHKilled
}

// SSHVerbs are the commands that may be run over SSH: those that only call the hub and touch
// nothing on its machine.
func SSHVerbs() request.Verbs {
	verb := func(values ...string) request.Verb {
		return request.Verb{Values: append(values, "lang"), Switches: []string{"json"}}
	}
	verbWith := func(switches []string, values ...string) request.Verb {
		v := verb(values...)
		v.Switches = append(v.Switches, switches...)
		return v
	}
	return request.Verbs{
		"list":   verb("filter", "search", "limit", "cursor"),
		"show":   verb("before", "limit"),
		"tail":   verb("from"),
		"reply":  verb("wait", "client-id", "reply-to"),
		"react":  verbWith([]string{"remove"}, "wait"),
		"note":   verb(),
		"done":   verbWith([]string{"open"}),
		"snooze": verb(),
		"assign": verb(),
		"read":   verb(),
		"unread": verb(),
		"pin":    verbWith([]string{"off"}),
		"label":  verb("remove"),
		"link":   verb(),
		"unlink": verb(),
		"record": verb("cursor"),
		"stats":  verb(),
		"counts": verb("format", "filter", "page"),
		"notify": verb(),

		"accessible": verb(),
	}
}
