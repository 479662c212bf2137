// Package holder keeps a second hub off the store: a row says which hub holds it and until when,
// by the database's clock, and that hub renews it. Each commit checks that it is still so.
package holder
