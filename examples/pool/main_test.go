package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// write makes a file of n bytes that repeat with a long period.
func write(t *testing.T, n int) (path string, content []byte) {
	t.Helper()
	for i := range n {
		content = append(content, byte(i*i/97))
	}
	path = filepath.Join(t.TempDir(), "in")
	require.NoError(t, os.WriteFile(path, content, 0o666))
	return path, content
}

// decompressed is the content of a gzip file, read by the standard library.
func decompressed(t *testing.T, path string) []byte {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	gz, err := gzip.NewReader(file)
	require.NoError(t, err)
	content, err := io.ReadAll(gz)
	require.NoError(t, err)
	return content
}

func TestPool(t *testing.T) {
	in, content := write(t, 100_000)
	c := config{in: in, copies: 3, piece: 4096, workers: 3, out: filepath.Join(t.TempDir(), "out.gz")}
	var out strings.Builder
	require.NoError(t, run(context.Background(), c, &out))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 4)
	require.Regexp(t, `^pool: serial [\d.]+ s, parallel [\d.]+ s, speed-up [\d.]+$`, lines[1])
	require.Regexp(t, `^compressors: (1 opened, 1|2 opened, 2|3 opened, 3) closed$`, lines[2])
	require.Regexp(t, `^\d+ bytes, SHA-256 [0-9a-f]{64}$`, lines[3])
	require.True(t, bytes.Equal(bytes.Repeat(content, 3), decompressed(t, c.out)), "the pieces are in their order")

	require.ErrorIs(t, run(context.Background(), c, &out), os.ErrExist, "a file that is there stays")
}

func TestFailuresLeaveNoFile(t *testing.T) {
	c := config{in: filepath.Join(t.TempDir(), "none"), copies: 1, piece: 10, out: filepath.Join(t.TempDir(), "out.gz")}
	require.ErrorIs(t, run(context.Background(), c, &strings.Builder{}), os.ErrNotExist)
	require.NoFileExists(t, c.out)
}

func TestPieces(t *testing.T) {
	in, content := write(t, 25)
	var got [][]byte
	for piece, err := range pieces(in, 2, 10) {
		require.NoError(t, err)
		got = append(got, piece)
	}
	require.Equal(t, [][]byte{content[:10], content[10:20], content[20:], content[:10], content[10:20], content[20:]}, got)
}

func TestWrongNumbers(t *testing.T) {
	require.ErrorContains(t, run(context.Background(), config{copies: 1}, &strings.Builder{}), "-piece 0")
}
