// Package screen has the tests of the inbox at an emulated terminal.
package screen
