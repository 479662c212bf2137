// Package screen tests the inbox on an emulated terminal.
package screen
