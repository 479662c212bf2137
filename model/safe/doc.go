// Package safe is the one way from text that somebody outside wrote to text
// that may be drawn in a terminal.
//
// Names, messages, file names, addresses and reasons in errors come as [model.Untrusted].
// [Body] makes text of many lines of it, [Line] text of one line. Both return a [Text], and
// drawing code accepts only a Text. Text is stored and sent as it came; it is made safe where
// it is shown.
//
// The string of a Text
//
//   - is valid UTF-8 in normalization form C;
//   - holds no control character but the newline, and that only from Body;
//   - holds nothing that changes the direction or the order of other text;
//   - holds no invisible character but a joiner or an emoji's variation
//     selector in the few places where writing needs it;
//   - has no cluster longer than 16 code points or 64 bytes, no line longer
//     than 4 KiB, and no more cells or bytes than the caller asked for;
//   - stays the same when it is made safe once more.
//
// Nothing disappears silently: a control character becomes a picture or a name in brackets,
// an invalid byte becomes U+FFFD, and where an invisible character was removed, [Text.Hidden]
// is true.
//
// Everything here is a pure function and safe for concurrent use.
package safe
