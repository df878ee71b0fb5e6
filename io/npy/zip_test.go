package npy

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
)

func TestZipSinkConformance(t *testing.T) {
	folder, n := t.TempDir(), 0
	path := func() string { return filepath.Join(folder, strconv.Itoa(n)+".npz") }
	make := func(opts ...CreateOption) block.Sink { return CreateZip(path(), []string{"x"}, opts...).Array("x") }
	blocktest.TestSink(t,
		func() block.Sink { n++; return make() },
		func() (block.Source, error) {
			z, err := OpenZip(path())
			if err != nil {
				return nil, err
			}
			return z.Array("x")
		},
		blocktest.SinkOptions{Again: func() block.Sink { return make(Overwrite()) }})
	nothingTemporary(t, folder)
}

// TestSums compares the checksum of pieces in any order with that of all.
func TestSums(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		data := blocktest.Random(dtype.Uint8, block.Shape{rng.IntN(3000)}, rng.Uint64()).Data
		sum := newSum(int64(len(data)))
		var cuts []int
		for at := 0; at < len(data); at += 1 + rng.IntN(200) {
			cuts = append(cuts, at)
		}
		for _, i := range rng.Perm(len(cuts)) {
			end := len(data)
			if i+1 < len(cuts) {
				end = cuts[i+1]
			}
			sum.value ^= sum.part(data[cuts[i]:end], int64(cuts[i]))
		}
		require.Equal(t, crc32.ChecksumIEEE(data), sum.value)
	}
}

// TestArchives stores several arrays in one file, at once and one after the
// other, and reads them here and with the standard library, which verifies their
// checksums.
func TestArchives(t *testing.T) {
	names := []string{"u", "group/größe", "none", "scalar"}
	blocks := []block.Block{random(dtype.Float32, 50, 70), random(dtype.Complex128, 3), random(dtype.Int8, 0, 4), random(dtype.Float64)}
	path := filepath.Join(t.TempDir(), "a.npz")
	check := func() {
		t.Helper()
		z := openZip(t, path)
		require.Equal(t, names, z.Names())
		std, err := zip.OpenReader(path)
		require.NoError(t, err)
		defer std.Close()
		for i, name := range names {
			a, err := z.Array(name)
			require.NoError(t, err)
			require.True(t, bytes.Equal(blocks[i].DenseBytes(), loadAll(t, a).DenseBytes()), name)
			member, err := std.Open(name + ".npy")
			require.NoError(t, err)
			content, err := io.ReadAll(member)
			require.NoError(t, err)
			require.Equal(t, crc32.ChecksumIEEE(content), std.File[i].CRC32)
			require.Equal(t, fs.FileMode(0o644), std.File[i].Mode())
			h, err := parse(content)
			require.NoError(t, err)
			require.True(t, blocks[i].Shape.Equal(h.shape))
		}
	}
	z := CreateZip(path, names)
	var outputs []array.Output
	for i, name := range names {
		outputs = append(outputs, array.Output{Array: array.From(blocktest.NewSource(describe(blocks[i]), blocks[i])), Sink: z.Array(name)})
	}
	require.NoError(t, array.StoreAll(ctx, outputs))
	check()
	first, err := os.ReadFile(path)
	require.NoError(t, err)

	z = CreateZip(path, names, Overwrite())
	for i, name := range names {
		require.NoError(t, save(z.Array(name), blocks[i]))
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, first, content, "the old archive is there until the new one is complete, and both are the same")
	}
	check()
	nothingTemporary(t, filepath.Dir(path))
	require.ErrorContains(t, save(z.Array("u"), blocks[0]), "the archive is complete; make another with CreateZip")
	require.NoError(t, z.Close())
	check()
}

// TestArchivesAreGivenUp checks that nothing of an archive remains if one of its
// arrays fails.
func TestArchivesAreGivenUp(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.npz")
	b := random(dtype.Float32, 5, 7)
	empty := func() {
		t.Helper()
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, entries)
	}
	failing := blocktest.Count(blocktest.NewSource(describe(b), b))
	failing.Before = blocktest.FailOn(1, errors.New("no such luck"))
	z := CreateZip(path, []string{"u", "v"})
	require.NoError(t, save(z.Array("u"), b))
	require.ErrorContains(t, array.Store(ctx, z.Array("v"), array.From(failing)), "no such luck")
	empty()
	require.ErrorContains(t, save(z.Array("v"), b), "the archive was given up; make another with CreateZip")

	z = CreateZip(path, []string{"u", "v"})
	require.NoError(t, save(z.Array("u"), b))
	require.ErrorContains(t, z.Array("u").Begin(ctx, describe(b)), "the array is written already")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.ErrorContains(t, z.Close(), `"v" was not stored, and so the archive was given up`)
	require.NoError(t, z.Close(), "it was said once")
	empty()
	require.ErrorContains(t, save(z.Array("v"), b), "the archive was given up")

	z = CreateZip(path, []string{"u", "v"})
	u, v := z.Array("u"), z.Array("v")
	require.NoError(t, u.Begin(ctx, describe(b)))
	require.NoError(t, v.Begin(ctx, describe(b)))
	require.NoError(t, v.Abort())
	require.ErrorContains(t, u.Write(ctx, block.Whole(b.Shape), b, block.NewScratch(u.Scratch(block.Whole(b.Shape)))), "was given up")
	require.ErrorContains(t, u.Commit(ctx), "0 of 35 elements")
	require.NoError(t, u.Abort())
	empty()

	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	z = CreateZip(path, []string{"u"})
	require.ErrorIs(t, z.Array("u").Begin(cancelled, describe(b)), context.Canceled)
	require.NoError(t, save(z.Array("u"), b), "nothing had begun")
}

func TestNamesInArchives(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npz")
	for want, names := range map[string][]string{
		"the name of one array at least":     nil,
		`two arrays are called "u"`:          {"u", "v", "u"},
		`"" cannot be the name of an array`:  {""},
		`"../u" cannot be the name`:          {"../u"},
		`"/u" cannot be the name`:            {"u", "/u"},
		`"a\\b" cannot be the name`:          {`a\b`},
		`"." cannot be the name of an array`: {"."},
	} {
		w := CreateZip(path, names).Array("u")
		_, err := w.Align(describe(random(dtype.Int8, 3)))
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, w.Begin(ctx, describe(random(dtype.Int8, 3))), want)
		require.NoError(t, w.Abort())
	}
	_, err := CreateZip(path, []string{"u", "v"}).Array("w").Align(describe(random(dtype.Int8, 3)))
	require.ErrorContains(t, err, `creating `+path+`:w: CreateZip was not given the name "w"; the names are "u", "v"`)
}

// TestNumbersOf64Bits reads archives of more than 4 GiB, and of more members than
// 16 bits count, that are holes for the most part.
func TestNumbersOf64Bits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npz")
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close()
	write := func(p []byte, at int64) {
		_, err := f.WriteAt(p, at)
		require.NoError(t, err)
	}
	big := newHeader(dtype.Uint8, block.Shape{5 << 30}, false)
	small := newHeader(dtype.Int16, block.Shape{3}, false)
	records := []record{{name: "big.npy", size: big.first + big.bytes()}}
	write(records[0].local(), 0)
	at := int64(len(records[0].local()))
	write(big.encode(), at)
	write([]byte{42}, at+records[0].size-1)
	at += records[0].size
	for i := range 70_000 {
		records = append(records, record{name: strconv.Itoa(i) + ".npy", offset: at, size: small.first + small.bytes()})
	}
	last := records[len(records)-1] // all of them have its bytes, which readers of the directory do not mind
	write(last.local(), at)
	at += int64(len(last.local()))
	write(append(small.encode(), 1, 0, 2, 0, 3, 0), at)
	at += last.size
	write(directory(records, at), at)

	z := openZip(t, path)
	require.Len(t, z.Names(), 70_001)
	a, err := z.Array("big")
	require.NoError(t, err)
	require.Equal(t, block.Shape{5 << 30}, a.Describe().Shape())
	got, err := load(a, block.Region{Start: []int{5<<30 - 2}, Shape: block.Shape{2}})
	require.NoError(t, err)
	require.Equal(t, []byte{0, 42}, got.DenseBytes())
	a, err = z.Array("69999")
	require.NoError(t, err)
	values, err := block.Values[int16](loadAll(t, a))
	require.NoError(t, err)
	require.Equal(t, []int16{1, 2, 3}, values)
}

// TestUnpacking counts what is unpacked of a compressed member, and checks that
// nothing of it stays.
func TestUnpacking(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	b := random(dtype.Uint8, 100, 20_000)
	path := filepath.Join(t.TempDir(), "a.npz")
	zipped(t, path, "x.npy", fileOf(b, false, false), zip.Deflate)
	z, err := OpenZip(path)
	require.NoError(t, err)
	a, err := z.Array("x")
	require.NoError(t, err)
	other, err := z.Array("x")
	require.NoError(t, err)
	u := a.data.(*unpacked)
	require.Same(t, u, other.data)
	require.Nil(t, u.file, "opening reads the header only")
	for _, c := range []struct{ row, least int }{{50, 51}, {3, 51}, {60, 61}, {99, 100}, {0, 100}} {
		r := block.Region{Start: []int{c.row, 5}, Shape: []int{1, 1000}}
		got, err := load(a, r)
		require.NoError(t, err)
		want, err := block.Values[uint8](b.Part(r))
		require.NoError(t, err)
		require.Equal(t, want, got.DenseBytes())
		require.GreaterOrEqual(t, u.done, int64((c.least-1)*20_000))
		require.LessOrEqual(t, u.done, int64(c.least*20_000+pieceBytes))
	}
	require.Equal(t, b.DenseBytes(), loadAll(t, other).DenseBytes())
	entries, err := os.ReadDir(temp)
	require.NoError(t, err)
	require.Empty(t, entries)
	require.NoError(t, z.Close())
	_, err = load(a, block.Whole(b.Shape))
	require.ErrorIs(t, err, fs.ErrClosed)
	_, err = z.Array("x")
	require.ErrorIs(t, err, fs.ErrClosed)

	t.Setenv("TMPDIR", filepath.Join(temp, "none"))
	a, err = openZip(t, path).Array("x")
	require.NoError(t, err)
	_, err = load(a, block.Whole(b.Shape))
	require.ErrorContains(t, err, "a.npz:x: reading [0:100, 0:20000]: unpacking the member, at byte 0: ")
	require.ErrorContains(t, err, "set TMPDIR to a folder with room for the array")
}

// zipped writes an archive of one member.
func zipped(t *testing.T, path, name string, content []byte, method uint16) {
	t.Helper()
	f, err := os.Create(path)
	require.NoError(t, err)
	w := zip.NewWriter(f)
	member, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
	require.NoError(t, err)
	_, err = member.Write(content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, f.Close())
}

// TestBadArchives changes an archive in many ways: each is refused when it is
// opened, or when what is wrong is read.
func TestBadArchives(t *testing.T) {
	dir := t.TempDir()
	b := random(dtype.Float64, 30, 40)
	archive := func(method uint16) []byte {
		path := filepath.Join(dir, "good.npz")
		zipped(t, path, "x.npy", fileOf(b, false, false), method)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		return content
	}
	stored, deflated := archive(zip.Store), archive(zip.Deflate)
	entry := func(archive []byte) []byte { // the member's record in the directory
		return archive[bytes.LastIndex(archive, []byte("PK\x01\x02")):]
	}
	for name, c := range map[string]struct {
		archive []byte
		change  func(archive []byte) []byte
		want    string
	}{
		"truncated": {stored, func(a []byte) []byte { return a[:len(a)-30] }, "not a .npz archive, or it is truncated"},
		"half":      {deflated, func(a []byte) []byte { return a[:len(a)/2] }, "not a .npz archive, or it is truncated"},
		"nothing":   {stored, func([]byte) []byte { return nil }, "not a .npz archive"},
		"encrypted": {stored, func(a []byte) []byte { entry(a)[8] |= 1; return a }, "it is encrypted"},
		"longer than it is": {stored, func(a []byte) []byte { binary.LittleEndian.PutUint32(entry(a)[24:], 5000); return a },
			"it is stored in 9728 bytes, but has 5000"},
		"longer than the file": {stored, func(a []byte) []byte {
			binary.LittleEndian.PutUint32(entry(a)[20:], 1<<30)
			binary.LittleEndian.PutUint32(entry(a)[24:], 1<<30)
			return a
		}, "its 1073741824 bytes at byte"},
		"shorter than its array": {stored, func(a []byte) []byte {
			binary.LittleEndian.PutUint32(entry(a)[20:], 9727)
			binary.LittleEndian.PutUint32(entry(a)[24:], 9727)
			return a
		}, "1200 elements of float64 need a file of 9728 bytes, this one has 9727: it is truncated"},
		"no local record": {stored, func(a []byte) []byte { copy(a, "XX"); return a }, "its header in the archive cannot be read"},
		"elsewhere": {stored, func(a []byte) []byte { binary.LittleEndian.PutUint32(entry(a)[42:], math.MaxUint32-1); return a },
			"its header in the archive cannot be read"},
		"compressed garbage": {deflated, func(a []byte) []byte { copy(a[200:3000], make([]byte, 2800)); return a }, "unpacking the member"},
		"another checksum":   {deflated, func(a []byte) []byte { entry(a)[16]++; return a }, "checksum error"},
		"compressed and too long": {deflated, func(a []byte) []byte { binary.LittleEndian.PutUint32(entry(a)[24:], 9727); return a },
			"this one has 9727: it is truncated"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, "bad.npz")
			require.NoError(t, os.WriteFile(path, c.change(bytes.Clone(c.archive)), 0o666))
			err := func() error {
				z, err := OpenZip(path)
				if err != nil {
					return err
				}
				defer z.Close()
				a, err := z.Array("x")
				if err != nil {
					return err
				}
				_, err = load(a, block.Whole(b.Shape))
				return err
			}()
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, path)
		})
	}

	// A stream that is shorter or longer than the directory says.
	for want, content := range map[string][]byte{
		"the stream ends here, of 9728 bytes": fileOf(b, false, false)[:9664],
		"not a valid zip file":                append(fileOf(b, false, false), make([]byte, 64)...),
	} {
		path := filepath.Join(dir, "lie.npz")
		zipped(t, path, "x.npy", content, zip.Deflate)
		archive, err := os.ReadFile(path)
		require.NoError(t, err)
		binary.LittleEndian.PutUint32(entry(archive)[24:], 9728)
		require.NoError(t, os.WriteFile(path, archive, 0o666))
		a, err := openZip(t, path).Array("x")
		require.NoError(t, err)
		for range 2 { // it does not get better
			_, err = load(a, block.Whole(b.Shape))
			require.ErrorContains(t, err, "lie.npz:x: reading [0:30, 0:40]: unpacking the member, at byte 0: ")
			require.ErrorContains(t, err, want)
		}
	}

	path := filepath.Join(dir, "twice.npz")
	f, err := os.Create(path)
	require.NoError(t, err)
	w := zip.NewWriter(f)
	for range 2 {
		_, err := w.Create("x.npy")
		require.NoError(t, err)
	}
	require.NoError(t, errors.Join(w.Close(), f.Close()))
	_, err = OpenZip(path)
	require.ErrorContains(t, err, `two members are called "x.npy"`)
}

// FuzzZip reads any bytes as an archive: no panic, and no member that is larger
// than it says.
func FuzzZip(f *testing.F) {
	for _, name := range []string{"stored", "compressed", "mixed", "lzma", "none"} {
		content, err := os.ReadFile(python(name + ".npz"))
		require.NoError(f, err)
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		z, err := newZip("fuzz.npz", bytes.NewReader(content), int64(len(content)))
		if err != nil {
			require.ErrorContains(t, err, "npy: fuzz.npz: ")
			return
		}
		defer z.Close()
		for _, name := range z.Names() {
			a, err := z.Array(name)
			if err != nil {
				continue
			}
			// Of a stream that says that it is long, only so much is read.
			r := block.Whole(a.Describe().Shape()).Clone()
			for axis := range r.Shape {
				r.Shape[axis] = min(r.Shape[axis], 4)
			}
			if _, stream := a.data.(*unpacked); r.Elements() < 1<<16 && (!stream || len(content)%8 == 0) { // temporary files take time
				_, _ = load(a, r)
			}
		}
	})
}
