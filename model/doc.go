// Package model holds what things are and what the rules allow: Pages, conversations,
// messages, and who may see them and reply to them.
//
// It is pure. It does no I/O, has no clock of its own (now is a parameter), and imports
// nothing of ours, so hub and clients judge by the same functions and come to the same
// verdict. Values may be copied; none is safe for concurrent writes.
package model
