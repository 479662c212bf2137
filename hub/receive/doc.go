// Package receive stores what Meta's webhooks report about Pages: messages, echoes, receipts,
// reactions, thread control, policy enforcement. It maintains what the reply window is judged
// by, and deletes conversations so that nothing of them comes back.
//
// It needs the store, functions that leave a notice on a Page and remove files, and the signals
// to wake when new data arrives.
//
// Once it has acknowledged something, that is on disk. It makes no outside calls and sends
// nothing.
package receive
