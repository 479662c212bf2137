package cache

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
)

// A file is the magic bytes, then blocks. A block is a header, then that many bytes of deflated
// entries: blocks are written as a whole and checked by their sum. A file that grows may end in
// half a block after a crash; what is before it holds.

// magic begins each file; its number is the version of all that follows.
const magic = "parley cache 1\n"

// header is the size of a block's header: the sizes of its bytes, deflated and not, and the sum
// of the deflated ones.
const header = 12

// maxBlock is the most bytes that a block inflates to.
const maxBlock = 16 << 20

// errBroken: a file does not hold what we write.
var errBroken = errors.New("damaged cache file")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// kind says what an entry is.
type kind byte

// The kinds of entries. Their bodies are JSON, as on the wire of the hub.
const (
	ofConversation kind = 'c' // model.Conversation
	ofLinks        kind = 'l' // []model.Link of the conversation
	ofNotice       kind = 'n' // model.Notice
	ofPage         kind = 'p' // model.Page
	ofPosition     kind = 'a' // model.Position, up to which changes are in this and earlier blocks
	ofOpened       kind = 'o' // inbox.Opened
)

// entry is one object in a file.
type entry struct {
	kind kind
	id   string
	seq  int64
	body []byte
}

func appendEntry(b []byte, e entry) []byte {
	b = append(b, byte(e.kind))
	b = binary.AppendUvarint(b, uint64(len(e.id)))
	b = append(b, e.id...)
	b = binary.AppendVarint(b, e.seq)
	b = binary.AppendUvarint(b, uint64(len(e.body)))
	return append(b, e.body...)
}

// entries calls f with each entry of a block; their bodies are parts of it.
func entries(b []byte, f func(entry) error) error {
	for len(b) > 0 {
		e := entry{kind: kind(b[0])}
		id, rest, ok := cut(b[1:])
		if !ok {
			return errBroken
		}
		seq, n := binary.Varint(rest)
		if n <= 0 {
			return errBroken
		}
		e.id, e.seq = string(id), seq
		if e.body, b, ok = cut(rest[n:]); !ok {
			return errBroken
		}
		if err := f(e); err != nil {
			return err
		}
	}
	return nil
}

// cut reads bytes that follow their number.
func cut(b []byte) (part, rest []byte, ok bool) {
	size, n := binary.Uvarint(b)
	if n <= 0 || size > uint64(len(b)-n) { //nolint:gosec // n is at most len(b)
		return nil, nil, false
	}
	end := n + int(size) //nolint:gosec // no more than len(b)
	return b[n:end], b[end:], true
}

// packer makes blocks.
type packer struct{ deflate *flate.Writer }

// block returns a block that holds those entries.
func (p *packer) block(raw []byte) []byte {
	var out bytes.Buffer
	out.Write(make([]byte, header))
	if p.deflate == nil {
		p.deflate, _ = flate.NewWriter(&out, flate.BestSpeed) // fails only for an unknown level
	} else {
		p.deflate.Reset(&out)
	}
	_, _ = p.deflate.Write(raw) // a buffer takes all
	_ = p.deflate.Close()
	b := out.Bytes()
	put := binary.LittleEndian.PutUint32
	put(b, uint32(len(b)-header))                      //nolint:gosec // maxBlock
	put(b[4:], uint32(len(raw)))                       //nolint:gosec // maxBlock
	put(b[8:], crc32.Checksum(b[header:], castagnoli)) // what is stored
	return b
}

// frame is a block as it is in a file.
type frame struct {
	// whole is the block with its header, size that of its entries.
	whole []byte
	size  int
}

// frames returns the blocks of a file up to the first that is damaged, and how many bytes they
// take with what is before them; 0: it is no file of this version. Whether that is all is for
// the caller to compare.
func frames(file []byte) (all []frame, good int) {
	if !bytes.HasPrefix(file, []byte(magic)) {
		return nil, 0
	}
	good = len(magic)
	get := binary.LittleEndian.Uint32
	for b := file[good:]; len(b) >= header; {
		stored, size := int64(get(b)), int64(get(b[4:]))
		if stored > int64(len(b)-header) || size > maxBlock {
			return all, good
		}
		end := header + int(stored)
		if crc32.Checksum(b[header:end], castagnoli) != get(b[8:]) {
			return all, good
		}
		all = append(all, frame{whole: b[:end], size: int(size)})
		good += end
		b = b[end:]
	}
	return all, good
}

// entries calls f with each entry of the block.
func (f frame) entries(each func(entry) error) error {
	r := flate.NewReader(bytes.NewReader(f.whole[header:]))
	raw := make([]byte, f.size)
	if _, err := io.ReadFull(r, raw); err != nil {
		return errBroken
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		return errBroken
	}
	return entries(raw, each)
}
