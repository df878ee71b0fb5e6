package npy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// unpacked is a compressed member, of which as much is unpacked, from the front
// on, as was asked for so far. What is unpacked lies in a temporary file, which
// is made when the first read wants more than the header.
type unpacked struct {
	archive *Zip // kept open
	open    func() (io.ReadCloser, error)
	size    int64 // bytes up to the end of the array
	last    bool  // nothing follows them: at the end, the checksum is verified

	mu     sync.Mutex
	stream io.ReadCloser
	file   *os.File
	name   string // of the file, where it could not be removed while it is open
	buffer []byte
	done   int64 // bytes in the file
	err    error // what goes wrong behind done
}

func (u *unpacked) readAt(ctx context.Context, p []byte, at int64) error {
	for ready := false; !ready; {
		// Others get their turn, and look at their contexts, between two steps.
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		if ready, err = u.step(at + int64(len(p))); err != nil {
			return err
		}
	}
	return file{u.file}.readAt(ctx, p, at)
}

// step unpacks some more, and reports whether there is enough.
func (u *unpacked) step(need int64) (bool, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if need <= u.done {
		return true, nil
	}
	if u.err == nil {
		if u.err = u.advance(); u.err != nil {
			u.err = fmt.Errorf("unpacking the member, at byte %d: %w", u.done, u.err)
		}
	}
	return need <= u.done, u.err
}

func (u *unpacked) advance() error {
	if err := u.begin(); err != nil {
		return err
	}
	for end := min(u.size, u.done+pieceBytes); u.done < end; {
		n, err := io.ReadFull(u.stream, u.buffer[:min(int64(len(u.buffer)), end-u.done)])
		if shorter(err) {
			return fmt.Errorf("the stream ends here, of %d bytes", u.size)
		}
		if err == nil && u.last && u.done+int64(n) == u.size {
			err = atEnd(u.stream)
		}
		if err != nil {
			return err
		}
		if _, err := u.file.WriteAt(u.buffer[:n], u.done); err != nil {
			return fmt.Errorf("%w (set TMPDIR to a folder with room for the array)", err)
		}
		u.done += int64(n)
	}
	return nil
}

// atEnd reads the end of a stream, which is where its checksum is verified.
func atEnd(stream io.Reader) error {
	switch _, err := io.ReadFull(stream, make([]byte, 1)); err {
	case io.EOF:
		return nil
	case nil:
		return errors.New("the stream goes on behind its end")
	default:
		return err
	}
}

// begin opens the stream and makes the file.
func (u *unpacked) begin() error {
	if u.file != nil {
		return nil
	}
	stream, err := u.open()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp("", "gabion-npz-*")
	if err != nil {
		return errors.Join(fmt.Errorf("%w (set TMPDIR to a folder with room for the array)", err), stream.Close())
	}
	if os.Remove(f.Name()) != nil { // not every system removes files that are open
		u.name = f.Name()
	}
	u.stream, u.file, u.buffer = stream, f, make([]byte, 64<<10)
	return nil
}

// close removes the file. Reading fails afterwards.
func (u *unpacked) close() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.err = fs.ErrClosed
	if u.file == nil {
		return nil
	}
	err := errors.Join(u.stream.Close(), u.file.Close())
	if u.name != "" {
		err = errors.Join(err, os.Remove(u.name))
	}
	return err
}
