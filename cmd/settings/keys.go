package settings

import (
	"errors"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"parley/cmd/cli"
	"parley/i18n"
)

// loadFile reads a file of settings, which must exist only if it was named. A key that sets
// nothing is refused: whoever wrote it believes that it does.
func loadFile(p *cli.Program, k *koanf.Koanf, path string, named bool) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil
	}
	if err != nil {
		return cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	text, err := p.Text(b, "")
	if err != nil {
		return cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", path+": "+p.Failure(err).Say))
	}
	values, err := toml.Parser().Unmarshal([]byte(text))
	if err != nil {
		return cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	if err := checkKeys(p, path, []byte(text)); err != nil {
		return err
	}
	return k.Load(confmap.Provider(values, ""), nil)
}

// checkKeys refuses a file with unknown keys, each with its line and the key that was probably
// meant.
func checkKeys(p *cli.Program, path string, file []byte) error {
	known := settingKeys()
	var said []string
	for _, k := range keysOf(file) {
		if knows(known, k.name) {
			continue
		}
		pairs := []any{"File", cli.Plain(path), "Line", k.line, "Key", cli.Plain(k.name)}
		if meant := nearest(k.name, known); meant != "" {
			said = append(said, p.Words.Say(i18n.ErrSettingKeyMeant, append(pairs, "Meant", meant)...))
		} else {
			said = append(said, p.Words.Say(i18n.ErrSettingKey, pairs...))
		}
	}
	if len(said) > 0 {
		return cli.Usage(strings.Join(said, "\n"))
	}
	return nil
}

// keysPart holds the keys of commands, whose names only the screen knows.
const keysPart = "keys"

// settingKeys returns the keys of all settings.
func settingKeys() []string {
	keys := []string{keysPart}
	for _, v := range ValuesOf("", reflect.ValueOf(Settings{})) {
		keys = append(keys, v.Key)
	}
	return keys
}

// hookKeys returns the keys of a hook.
func hookKeys() []string { return []string{"hooks.event", "hooks.command", "hooks.content"} }

// knows reports whether a key is a setting, or a table of settings.
func knows(known []string, key string) bool {
	return strings.HasPrefix(key, keysPart+".") || slices.Contains(hookKeys(), key) || slices.Contains(macroKeys(), key) || slices.ContainsFunc(known, func(k string) bool { return k == key || strings.HasPrefix(k, key+".") })
}

// keyAt is a key and its line.
type keyAt struct {
	name string
	line int
}

// keysOf returns the keys of a file that was parsed before: those of values, and of empty
// tables.
func keysOf(file []byte) []keyAt {
	var p unstable.Parser
	p.Reset(file)
	var all []keyAt
	table := ""
	for p.NextExpression() {
		e := p.Expression()
		name, line := keyOf(&p, e)
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = name + "."
			all = append(all, keyAt{name, line})
		case unstable.KeyValue:
			all = append(all, keysWithin(&p, e, table, line)...)
		default:
		}
	}
	// An unknown table is reported once, not with each of its keys.
	known := settingKeys()
	told := make(map[string]bool)
	for _, k := range all {
		told[k.name] = !knows(known, k.name)
	}
	return slices.DeleteFunc(all, func(k keyAt) bool {
		for i := strings.LastIndexByte(k.name, '.'); i > 0; i = strings.LastIndexByte(k.name[:i], '.') {
			if told[k.name[:i]] {
				return true
			}
		}
		return false
	})
}

// keysWithin returns the key of a value, or the keys of an inline table.
func keysWithin(p *unstable.Parser, e *unstable.Node, before string, line int) []keyAt {
	name, at := keyOf(p, e)
	line = max(line, at)
	if e.Value().Kind != unstable.InlineTable {
		return []keyAt{{before + name, line}}
	}
	all := []keyAt{{before + name, line}}
	for inner := e.Value().Children(); inner.Next(); {
		all = append(all, keysWithin(p, inner.Node(), before+name+".", line)...)
	}
	return all
}

func keyOf(p *unstable.Parser, e *unstable.Node) (name string, line int) {
	var parts []string
	for key := e.Key(); key.Next(); {
		parts = append(parts, string(key.Node().Data))
		if line == 0 {
			line = p.Shape(key.Node().Raw).Start.Line
		}
	}
	return strings.Join(parts, "."), line
}

// nearest returns the key that was probably meant: one with a similar name, or the same name in
// another table; "" if there is none.
func nearest(key string, known []string) string {
	best, least := "", 2+len(key)/4
	for _, k := range known {
		d := cli.Distance(strings.ToLower(strings.ReplaceAll(key, "-", "_")), k)
		if last := k[strings.LastIndexByte(k, '.')+1:]; strings.EqualFold(last, key[strings.LastIndexByte(key, '.')+1:]) {
			d = min(d, 1)
		}
		if part, _, ok := strings.Cut(k, "."); ok && !strings.Contains(key, ".") {
			if n := cli.Distance(strings.ToLower(key), part); n < least {
				best, least = part, n
			}
		}
		if d < least {
			best, least = k, d
		}
	}
	return best
}
