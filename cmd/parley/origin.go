package main

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// from is a place that a setting comes from.
type from string

// The places, and what they are called in JSON.
const (
	fromFlag     from = "flag"
	fromVariable from = "variable"
	fromFile     from = "config.toml"
	fromLogin    from = "login"
	fromDefault  from = "default"
)

// origin is where a setting comes from; name is that of the variable or the file.
type origin struct {
	from from
	name string
}

// origin tells which layer a setting comes from.
func (l layers) origin(key string) origin {
	switch {
	case l.flags.Exists(key):
		return origin{from: fromFlag}
	case l.variables.Exists(key):
		return origin{from: fromVariable, name: variableOf(key)}
	case l.file.Exists(key):
		return origin{from: fromFile, name: l.path}
	}
	return origin{from: fromDefault}
}

// variableOf is the variable that sets a setting.
func variableOf(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// valuesOf returns the values of settings, in the order in which they are declared.
func valuesOf(prefix string, v reflect.Value) []value {
	var out []value
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() {
			continue // a flag alone sets it
		}
		key := prefix + v.Type().Field(i).Tag.Get("koanf")
		switch field := v.Field(i).Interface().(type) {
		case string:
			out = append(out, value{key, field})
		case bool:
			out = append(out, value{key, strconv.FormatBool(field)})
		case []string:
			out = append(out, value{key, strings.Join(field, ",")})
		case map[string][]string:
			for _, id := range slices.Sorted(maps.Keys(field)) {
				out = append(out, value{key + "." + id, strings.Join(field[id], ",")})
			}
		case time.Duration:
			out = append(out, value{key, field.String()})
		case []time.Duration:
			var each []string
			for _, d := range field {
				each = append(each, d.String())
			}
			out = append(out, value{key, strings.Join(each, ",")})
		default:
			out = append(out, valuesOf(key+".", v.Field(i))...)
		}
	}
	return out
}

// value is a setting's value in words.
type value struct{ key, text string }
