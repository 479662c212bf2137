// Package desk keeps what users arrange for themselves and each other: the labels of
// conversations, the views that they saved, who is mentioned, what they are notified of. Its readers and writers are roles of the store, as
// those of tables, which puts them together.
package desk
