package settings

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// From is where a setting is set.
type From string

// The places, as named in JSON.
const (
	FromFlag     From = "flag"
	FromVariable From = "variable"
	FromFile     From = "config.toml"
	FromLogin    From = "login"
	FromScreen   From = "screen"
	FromDefault  From = "default"
)

// Origin is where a setting is set; Name is the name of the variable or the file.
type Origin struct {
	From From
	Name string
}

// Origin returns which layer sets a setting.
func (l Layers) Origin(key string) Origin {
	switch {
	case l.flags.Exists(key):
		return Origin{From: FromFlag}
	case l.variables.Exists(key):
		return Origin{From: FromVariable, Name: VariableOf(key)}
	case l.File.Exists(key):
		return Origin{From: FromFile, Name: l.Path}
	}
	if l.chosen.Exists(key) {
		return Origin{From: FromScreen}
	}
	return Origin{From: FromDefault}
}

// VariableOf returns the variable that sets a setting.
func VariableOf(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// ValuesOf returns the values of settings, in the order of declaration.
func ValuesOf(prefix string, v reflect.Value) []Value {
	var out []Value
	for i := range v.NumField() {
		key := prefix + v.Type().Field(i).Tag.Get("koanf")
		switch field := v.Field(i).Interface().(type) {
		case string:
			out = append(out, Value{key, field})
		case int:
			out = append(out, Value{key, strconv.Itoa(field)})
		case bool:
			out = append(out, Value{key, strconv.FormatBool(field)})
		case []string:
			out = append(out, Value{key, strings.Join(field, ",")})
		case map[string][]string:
			for _, id := range slices.Sorted(maps.Keys(field)) {
				out = append(out, Value{key + "." + id, strings.Join(field[id], ",")})
			}
		case Bytes:
			out = append(out, Value{key, field.String()})
		case []Hook:
			var each []string
			for _, h := range field {
				each = append(each, h.Event+": "+strings.Join(h.Command, " "))
			}
			out = append(out, Value{key, strings.Join(each, "; ")})
		case []Macro:
			var each []string
			for _, m := range field {
				each = append(each, m.Key)
			}
			out = append(out, Value{key, strings.Join(each, ",")})
		case time.Duration:
			out = append(out, Value{key, field.String()})
		case []time.Duration:
			var each []string
			for _, d := range field {
				each = append(each, d.String())
			}
			out = append(out, Value{key, strings.Join(each, ",")})
		default:
			out = append(out, ValuesOf(key+".", v.Field(i))...)
		}
	}
	return out
}

// Value is a setting's value as text.
type Value struct{ Key, Text string }
