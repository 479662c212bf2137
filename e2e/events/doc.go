// Package events has the tests of what Meta sends, and what becomes of it.
package events
