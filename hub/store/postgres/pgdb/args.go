package pgdb

import (
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/hub/store/engine"
)

// Args are the arguments of a statement.
type Args []any

// plain returns the arguments as the driver encodes them fastest: strings and numbers by their
// kinds, times as columns have them.
func plain(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = one(a)
	}
	return out
}

func one(a any) any {
	switch v := a.(type) {
	case nil, []byte, int64, bool, int, int16, int32, float64:
		return v
	case string:
		return text(v)
	case time.Time:
		return engine.Micros(v)
	}
	v := reflect.ValueOf(a)
	switch v.Kind() { //nolint:exhaustive // the kinds of which there are named types
	case reflect.String:
		return text(v.String())
	case reflect.Int, reflect.Int64:
		return v.Int()
	case reflect.Bool:
		return v.Bool()
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.String {
			list := make([]string, v.Len())
			for i := range list {
				list[i] = text(v.Index(i).String())
			}
			return list
		}
	}
	return a
}

// numbered has statements with PostgreSQL's placeholders, by those with question marks.
var numbered sync.Map

// number replaces question marks by $1, $2 and so on. Statements that are put together from parts
// can't number them themselves.
func number(query string) string {
	if q, ok := numbered.Load(query); ok {
		return q.(string)
	}
	var b strings.Builder
	n := 0
	for _, r := range query {
		if r != '?' {
			b.WriteRune(r)
			continue
		}
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
	}
	numbered.Store(query, b.String())
	return b.String()
}
