// Command pool compresses a file piece by piece through a pool whose workers
// have a compressor each. The result is a gzip file.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"gabion/examples/timing"
	"gabion/scheduler"
)

type config struct {
	in      string
	copies  int    // how often the file is compressed, one copy after the other
	piece   int    // bytes a call
	workers int    // 0: as many as CPUs
	out     string // where the compressed file goes; "" for nowhere
}

func main() {
	var c config
	flag.StringVar(&c.in, "in", "examples/data/monthly_navy_winds.nc", "the `file` to compress")
	flag.IntVar(&c.copies, "copies", 10, "compress the file this `number` of times, for more work")
	flag.IntVar(&c.piece, "piece", 256<<10, "`bytes` that are compressed by a call")
	flag.IntVar(&c.workers, "workers", 0, "`workers` of the pool; 0 means as many as CPUs")
	flag.StringVar(&c.out, "out", "", "write the compressed file to this `file`, which must not be there yet")
	flag.Parse()
	if err := run(context.Background(), c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pool:", err)
		os.Exit(1)
	}
}

// summary is what is compared of compressed files, so that they need not be in
// memory.
type summary struct {
	Bytes int64
	Hash  [sha256.Size]byte
}

// summarise gives what write writes, which goes to tee too.
func summarise(tee io.Writer, write func(io.Writer) error) (summary, error) {
	hash := sha256.New()
	var s summary
	counted := writerFunc(func(b []byte) (int, error) {
		s.Bytes += int64(len(b))
		return hash.Write(b)
	})
	err := write(io.MultiWriter(counted, tee))
	hash.Sum(s.Hash[:0])
	return s, err
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// run compresses the file in both ways and stores the result if that is wanted.
func run(ctx context.Context, c config, out io.Writer) error {
	if c.copies < 1 || c.piece < 1 {
		return fmt.Errorf("-copies %d, -piece %d: none may be below 1", c.copies, c.piece)
	}
	if c.out == "" {
		return compare(ctx, c, out, io.Discard)
	}
	file, err := os.OpenFile(c.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if err := errors.Join(compare(ctx, c, out, file), file.Close()); err != nil {
		os.Remove(c.out)
		return err
	}
	return nil
}

// compare compresses the file serially and through a pool, whose result goes to
// compressed, and writes to out how long each took.
func compare(ctx context.Context, c config, out, compressed io.Writer) error {
	input := pieces(c.in, c.copies, c.piece)
	fmt.Fprintln(out, scheduler.CPUs())
	serial, err := timing.Serial(func() (summary, error) {
		return summarise(io.Discard, func(w io.Writer) error { return serially(w, input) })
	})
	if err != nil {
		return err
	}
	var opened, closed atomic.Int64
	options := scheduler.PoolOptions{
		Size: c.workers,
		State: scheduler.PerWorker(
			func(context.Context) (*compressor, error) {
				opened.Add(1)
				return newCompressor()
			},
			func(*compressor) error {
				closed.Add(1)
				return nil
			}),
	}
	err = serial.Compare(out, "pool", func() (summary, error) {
		return summarise(compressed, func(w io.Writer) error { return pooled(ctx, w, input, options) })
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "compressors: %d opened, %d closed\n", opened.Load(), closed.Load())
	fmt.Fprintf(out, "%d bytes, SHA-256 %x\n", serial.Result.Bytes, serial.Result.Hash)
	if opened.Load() != closed.Load() {
		return errors.New("not every compressor was closed")
	}
	return nil
}
