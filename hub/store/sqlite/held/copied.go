package held

import (
	"reflect"
	"strings"
	"sync"
	"time"
)

// copied returns a copy that shares nothing with v, as v is when it was stored and read again:
// times are in UTC, and what is left out when it is empty is nil.
func copied[T any](v T) T {
	var c T
	from, to := reflect.ValueOf(&v).Elem(), reflect.ValueOf(&c).Elem()
	copyInto(to, from)
	return c
}

// field is an exported field of a struct.
type field struct {
	index int
	// plain: assigning it copies it. omitted: when it is empty it is not stored.
	plain, omitted bool
}

// fields are those of the types seen so far.
var fields sync.Map

func fieldsOf(t reflect.Type) []field {
	if known, ok := fields.Load(t); ok {
		return known.([]field) //nolint:forcetypeassert // nothing else is stored in it
	}
	var list []field
	for i := range t.NumField() {
		f := t.Field(i)
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); !f.IsExported() || tag == "-" {
			continue
		}
		_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		list = append(list, field{index: i, plain: plain(f.Type), omitted: strings.Contains(options, "omitempty")})
	}
	fields.Store(t, list)
	return list
}

// plain reports whether assigning a value of a type copies all of it, as it is stored.
func plain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface, reflect.Struct, reflect.Array:
		return false
	default:
		return true
	}
}

var timeType = reflect.TypeFor[time.Time]()

func copyInto(to, from reflect.Value) {
	switch from.Kind() {
	case reflect.Pointer:
		if !from.IsNil() {
			to.Set(reflect.New(from.Type().Elem()))
			copyInto(to.Elem(), from.Elem())
		}
	case reflect.Slice:
		if !from.IsNil() {
			to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
			if plain(from.Type().Elem()) {
				reflect.Copy(to, from)
				return
			}
			for i := range from.Len() {
				copyInto(to.Index(i), from.Index(i))
			}
		}
	case reflect.Map:
		if !from.IsNil() {
			to.Set(reflect.MakeMapWithSize(from.Type(), from.Len()))
			for i := from.MapRange(); i.Next(); {
				v := reflect.New(from.Type().Elem()).Elem()
				copyInto(v, i.Value())
				to.SetMapIndex(i.Key(), v)
			}
		}
	case reflect.Struct:
		if from.Type() == timeType {
			t := from.Interface().(time.Time) //nolint:forcetypeassert // it is one
			to.Set(reflect.ValueOf(t.Round(0).UTC()))
			return
		}
		for _, f := range fieldsOf(from.Type()) {
			v := from.Field(f.index)
			switch {
			case f.plain:
				to.Field(f.index).Set(v)
			case f.omitted && (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0:
			default:
				copyInto(to.Field(f.index), v)
			}
		}
	default:
		to.Set(from)
	}
}
