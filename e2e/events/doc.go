// Package events tests what Meta sends, and its effects.
package events
