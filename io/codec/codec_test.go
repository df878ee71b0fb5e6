package codec_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"gabion/io/codec"
)

// chains are what is tested, of chunks of 32-bit words.
var chains = [][]codec.Spec{
	{codec.Bytes("little")},
	{codec.Bytes("big")},
	{codec.Bytes("little"), codec.Zstd(1)},
	{codec.Bytes("little"), codec.Gzip(6)},
	{codec.Bytes("little"), codec.CRC32C()},
	{codec.Bytes("big"), codec.Zstd(3), codec.CRC32C()},
	{codec.Bytes("little"), codec.CRC32C(), codec.Zstd(1)},
	{codec.Bytes("little"), codec.Gzip(1), codec.Zstd(1)},
	{codec.Bytes("little"), codec.Zstd(10), codec.Gzip(9), codec.CRC32C()},
	{codec.Bytes("little"), {Name: "zstd", Configuration: json.RawMessage(`{"level": 1, "checksum": true}`)}},
	{codec.Bytes("little"), codec.Zlib(1)},
	{codec.Bytes("big"), codec.Zlib(9), codec.Zstd(1)},
}

// bz2 is what can be decoded only.
var bz2 = []codec.Spec{codec.Bytes("little"), {Name: "numcodecs.bz2", Configuration: json.RawMessage(`{"level": 1}`)}}

func chain(t testing.TB, specs []codec.Spec, words int) *codec.Chain {
	c, err := codec.New(specs, []int{words}, 4, 4)
	require.NoError(t, err)
	return c
}

// content is words that compress somewhat.
func content(words int) []byte {
	data := make([]byte, 0, 4*words)
	for i := range uint32(words) {
		data = binary.LittleEndian.AppendUint32(data, i*i>>7&0xffff)
	}
	return data
}

func encode(t testing.TB, c *codec.Chain, data []byte, piece int) []byte {
	var out bytes.Buffer
	w, err := c.Writer(&out)
	require.NoError(t, err)
	for rest := data; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
		_, err := w.Write(rest[:min(piece, len(rest))])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

// limited gives memory up to a number of bytes in all.
type limited struct{ left int64 }

func (l *limited) Take(n int) ([]byte, error) {
	if int64(n) > l.left {
		return nil, io.ErrShortBuffer
	}
	l.left -= int64(n)
	return make([]byte, n), nil
}

// decode decodes whole and in pieces. Neither writes outside of the chunk.
func decode(c *codec.Chain, stored []byte, size, piece int) (whole []byte, wholeErr error, pieces []byte, pieceErr error) {
	guarded := bytes.Repeat([]byte{0xa5}, size+64)
	whole = guarded[32 : 32+size]
	wholeErr = c.Decode(whole, bytes.NewReader(stored), int64(len(stored)), &limited{c.DecodeScratch()})
	for i, b := range guarded {
		if (i < 32 || i >= 32+size) && b != 0xa5 {
			panic("written outside of the chunk")
		}
	}
	r, pieceErr := c.Reader(bytes.NewReader(stored), int64(len(stored)))
	if pieceErr != nil {
		return whole, wholeErr, nil, pieceErr
	}
	defer r.Close()
	pieces = make([]byte, size)
	for at := 0; at < size; at += piece {
		if err := r.Next(pieces[at:min(at+piece, size)]); err != nil {
			return whole, wholeErr, nil, err
		}
	}
	return whole, wholeErr, pieces, r.End()
}

func TestRoundTrip(t *testing.T) {
	for _, specs := range chains {
		for _, words := range []int{1, 5, 1000, 100_000} {
			c, data := chain(t, specs, words), content(words)
			for _, piece := range []int{4 * 7, 4 * 4096, 4 * words} {
				if words/piece > 1000 {
					continue
				}
				stored := encode(t, c, data, piece)
				require.LessOrEqual(t, int64(len(stored)), c.MaxStored())
				whole, wholeErr, pieces, pieceErr := decode(c, stored, len(data), piece)
				require.NoError(t, wholeErr)
				require.NoError(t, pieceErr)
				require.True(t, bytes.Equal(data, whole))
				require.True(t, bytes.Equal(data, pieces))
			}
		}
	}
}

// Incompressible chunks do not fit the memory for compressed bytes, and are
// decoded all the same.
func TestIncompressible(t *testing.T) {
	data := make([]byte, 4*100_000)
	x := uint64(1)
	for i := 0; i < len(data); i += 8 {
		x = x*6364136223846793005 + 1442695040888963407
		binary.LittleEndian.PutUint64(data[i:], x^x>>33)
	}
	for _, specs := range chains {
		c := chain(t, specs, len(data)/4)
		stored := encode(t, c, data, len(data))
		whole, wholeErr, pieces, pieceErr := decode(c, stored, len(data), 1<<16)
		require.NoError(t, wholeErr)
		require.NoError(t, pieceErr)
		require.True(t, bytes.Equal(data, whole))
		require.True(t, bytes.Equal(data, pieces))
	}
}

// What is stored is what other implementations read.
func TestFormat(t *testing.T) {
	data := content(1000)
	stored := encode(t, chain(t, chains[1], 1000), data, 400)
	for i := 0; i < len(data); i += 4 {
		require.Equal(t, binary.LittleEndian.Uint32(data[i:]), binary.BigEndian.Uint32(stored[i:]))
	}
	stored = encode(t, chain(t, chains[4], 1000), data, 400)
	require.Equal(t, data, stored[:4000])
	require.Equal(t, crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)), binary.LittleEndian.Uint32(stored[4000:]))

	for _, words := range []int{10, 100_000} {
		var header zstd.Header
		require.NoError(t, header.Decode(encode(t, chain(t, chains[2], words), content(words), 4000)))
		require.True(t, header.HasFCS, "readers learn the size before they decode")
		require.EqualValues(t, 4*words, header.FrameContentSize)
	}
}

func TestCorrupt(t *testing.T) {
	data := content(2000)
	for _, specs := range chains {
		c := chain(t, specs, 2000)
		stored := encode(t, c, data, len(data))
		for n := 0; n < len(stored); n += 1 + len(stored)/50 {
			_, wholeErr, _, pieceErr := decode(c, stored[:n], len(data), 999*4)
			require.Error(t, wholeErr, "%s cut to %d", specs, n)
			require.Error(t, pieceErr, "%s cut to %d", specs, n)
		}
		for i := 0; i < len(stored); i += 1 + len(stored)/100 {
			bad := bytes.Clone(stored)
			bad[i] ^= 1 << (i % 8)
			whole, wholeErr, _, pieceErr := decode(c, bad, len(data), 999*4)
			// A gzip header has bits that do not matter.
			if c.Checked() && !(wholeErr == nil && bytes.Equal(whole, data)) {
				require.Error(t, wholeErr, "%s changed at %d", specs, i)
				require.Error(t, pieceErr, "%s changed at %d", specs, i)
			}
		}
		longer := append(bytes.Clone(stored), "more"...)
		_, wholeErr, _, pieceErr := decode(c, longer, len(data), 999*4)
		require.Error(t, wholeErr)
		require.Error(t, pieceErr)
	}
}

// A chunk that inflates to more than its shape says is stopped there, and one
// that is stored longer than can be is not read at all.
func TestBomb(t *testing.T) {
	const huge = 8 << 20
	for _, specs := range chains {
		bomb := encode(t, chain(t, specs, huge/4), make([]byte, huge), huge)
		c := chain(t, specs, 100)
		_, wholeErr, _, pieceErr := decode(c, bomb, 400, 400)
		require.Error(t, wholeErr)
		require.Error(t, pieceErr)
	}
	c := chain(t, chains[2], 100)
	err := c.Decode(make([]byte, 400), strings.NewReader(""), 1<<40, &limited{})
	require.ErrorContains(t, err, "are the most that 400 bytes of elements may need")

	// Frames that do not say their size, one after the other.
	var frames bytes.Buffer
	for range 20 {
		z, err := zstd.NewWriter(&frames)
		require.NoError(t, err)
		_, err = z.Write(make([]byte, 50))
		require.NoError(t, err)
		require.NoError(t, z.Flush())
		require.NoError(t, z.Close())
	}
	_, wholeErr, _, pieceErr := decode(c, frames.Bytes(), 400, 400)
	require.Error(t, wholeErr)
	require.Error(t, pieceErr)
}

// A stream that claims a window of 1 GiB does not get one.
func TestWindow(t *testing.T) {
	const rawBlock = 400<<3 | 1 // the last one
	frame := append([]byte{0x28, 0xb5, 0x2f, 0xfd, 0, 20 << 3, rawBlock & 0xff, rawBlock >> 8, 0}, content(100)...)
	whole, wholeErr, _, pieceErr := decode(chain(t, chains[2], 100), frame, 400, 400)
	require.NoError(t, wholeErr, "it is not needed")
	require.Equal(t, content(100), whole)
	require.ErrorIs(t, pieceErr, zstd.ErrWindowSizeExceeded)
	require.ErrorContains(t, pieceErr, "zstd: ")
}

// What Python's zlib.compress and bz2.compress make of content(300).
func TestPythonStreams(t *testing.T) {
	data := content(300)
	for name, specs := range map[string][]codec.Spec{"zlib": chains[len(chains)-2], "bz2": bz2} {
		stored, err := os.ReadFile(filepath.Join("testdata", "content."+name))
		require.NoError(t, err)
		c := chain(t, specs, 300)
		whole, wholeErr, pieces, pieceErr := decode(c, stored, len(data), 28)
		require.NoError(t, wholeErr)
		require.NoError(t, pieceErr)
		require.Equal(t, data, whole)
		require.Equal(t, data, pieces)
		require.True(t, c.Checked())
		for n := range stored {
			_, wholeErr, _, pieceErr := decode(c, stored[:n], len(data), 28)
			require.Error(t, wholeErr, "%s cut to %d", name, n)
			require.Error(t, pieceErr, "%s cut to %d", name, n)
			bad := bytes.Clone(stored)
			bad[n] ^= 0x10
			if whole, wholeErr, _, _ := decode(c, bad, len(data), 28); wholeErr == nil {
				require.Equal(t, data, whole, "%s changed at %d", name, n)
			}
		}
		for _, more := range []string{"x", "more"} { // one byte must not slip through
			_, wholeErr, _, pieceErr = decode(c, append(bytes.Clone(stored), more...), len(data), 28)
			require.ErrorContains(t, wholeErr, name+": ")
			require.ErrorContains(t, pieceErr, name+": ")
		}
	}
}

func TestBz2IsReadOnly(t *testing.T) {
	c := chain(t, bz2, 300)
	require.ErrorContains(t, c.Encodes(), "numcodecs.bz2 can be read but not written; use zstd")
	_, err := c.Writer(io.Discard)
	require.ErrorContains(t, err, "can be read but not written")
	for _, specs := range chains {
		require.NoError(t, chain(t, specs, 300).Encodes())
	}
}

func TestRefusedSpecs(t *testing.T) {
	for _, c := range []struct{ specs, want string }{
		{`[]`, "codec bytes is missing"},
		{`["bytes"]`, "need an endian"},
		{`[{"name":"bytes","configuration":{"endian":"middle"}}]`, `the endian is "middle"`},
		{`[{"name":"bytes","configuration":{"endian":"big","x":1}}]`, `unknown field "x"`},
		{`[{"name":"bytes","configuration":{"endian":"big"}},{"name":"bytes","configuration":{"endian":"big"}}]`, "bytes occurs twice"},
		{`["zstd"]`, "stands before bytes"},
		{`[{"name":"bytes","configuration":{"endian":"big"}},"blosc"]`, `codec "blosc" is not a codec that can be read`},
		{`[{"name":"bytes","configuration":{"endian":"big"}},{"name":"gzip","configuration":{"level":10}}]`, "the level is 10"},
		{`[{"name":"bytes","configuration":{"endian":"big"}},{"name":"numcodecs.zlib","configuration":{"level":-1}}]`, "the level is -1"},
		{`[{"name":"bytes","configuration":{"endian":"big"}},{"name":"zstd","configuration":[]}]`, "codec zstd: configuration []"},
		{`[{"name":"bytes","configuration":{"endian":"big"}},{"name":"transpose","configuration":{"order":[0]}}]`, "transpose stands behind bytes"},
		{`[{"name":"transpose","configuration":{"order":[1,0]}}]`, "the order [1 0] is not one of 1 axes"},
		{`[{"name":"transpose","configuration":{"order":[1]}}]`, "the order [1] is not"},
		{`[{"name":"transpose","configuration":{"order":"C"}}]`, "codec transpose: configuration"},
	} {
		var specs []codec.Spec
		require.NoError(t, json.Unmarshal([]byte(c.specs), &specs), c.specs)
		_, err := codec.New(specs, []int{10}, 4, 4)
		require.ErrorContains(t, err, c.want)
	}
	for _, text := range []string{`{}`, `1`, `{"name":1}`, `{"configuration":{}}`, `{"name":"zstd","level":1}`} {
		require.Error(t, json.Unmarshal([]byte(text), new(codec.Spec)), text)
	}
}

func TestOrder(t *testing.T) {
	specs := []codec.Spec{codec.Transpose(2, 0, 1), codec.Transpose(1, 0, 2), codec.Bytes("little")}
	c, err := codec.New(specs, []int{2, 3, 4}, 8, 8)
	require.NoError(t, err)
	require.Equal(t, []int{0, 2, 1}, c.Order())
	require.True(t, c.Transposed())
}

// FuzzDecode decodes stored bytes that nobody vouches for: the memory around
// the chunk stays as it is, and where decoding whole and in pieces both
// succeed, they agree.
func FuzzDecode(f *testing.F) {
	for i, specs := range chains {
		f.Add(uint8(i), encode(f, chain(f, specs, 300), content(300), 1200))
	}
	stored, err := os.ReadFile(filepath.Join("testdata", "content.bz2"))
	require.NoError(f, err)
	f.Add(uint8(len(chains)), stored)
	readable := append(slices.Clone(chains), bz2)
	f.Fuzz(func(t *testing.T, which uint8, stored []byte) {
		c := chain(t, readable[int(which)%len(readable)], 300)
		whole, wholeErr, pieces, pieceErr := decode(c, stored, 1200, 100)
		if errors.Is(pieceErr, zstd.ErrWindowSizeExceeded) {
			return // whole decoding needs no memory for windows
		}
		require.Equal(t, wholeErr == nil, pieceErr == nil, "whole: %v, in pieces: %v", wholeErr, pieceErr)
		if wholeErr == nil {
			require.Equal(t, whole, pieces)
		}
	})
}
