package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/graph/document"
	"gabion/internal/plan"
)

// What goes over the pipe. All integers are little-endian, all arrays dense in C
// order:
//
//	request  = u32 length of the document, the document, the arrays of its inputs
//	response = u32 length of the answer, the answer as JSON, the arrays of the outputs

// request is a document and the sizes of the arrays that follow it.
type request struct {
	text  []byte
	sizes []int64
}

func (r request) bytes() int64 {
	n := int64(0)
	for _, size := range r.sizes {
		n += size
	}
	return n
}

// answer is what an answer says.
type answer struct {
	Outputs []output
	Error   *mistake
}

type output struct {
	DType dtype.DType `json:"dtype"`
	Shape []*int      `json:"shape"` // null for a length that only computing tells
}

type mistake struct {
	Kind graph.Kind `json:"kind"`
	Msg  string     `json:"msg"`
}

// MarshalJSON writes either the outputs or the error.
func (a answer) MarshalJSON() ([]byte, error) {
	if a.Error != nil {
		return json.Marshal(map[string]any{"error": a.Error})
	}
	return json.Marshal(map[string]any{"outputs": a.Outputs})
}

func outputOf(d dtype.DType, shape block.Shape) output {
	out := output{d, make([]*int, len(shape))}
	for axis, n := range shape {
		if n != block.Unknown {
			out.Shape[axis] = &n
		}
	}
	return out
}

// next reads a request up to its arrays. io.EOF is the end of the input between two
// requests; other errors mean that it has lost its place.
func (s *server) next(ctx context.Context) (request, error) {
	var r request
	var head [4]byte
	if err := s.read(ctx, head[:]); err != nil {
		if err == io.EOF {
			return r, err
		}
		return r, fmt.Errorf("the length of a request: %w", err)
	}
	length := int64(binary.LittleEndian.Uint32(head[:]))
	if length > s.limit || length > document.MaxBytes {
		return r, fmt.Errorf("a document of %d bytes; %d are the most", length, min(s.limit, document.MaxBytes))
	}
	r.text = make([]byte, length)
	if err := s.read(ctx, r.text); err != nil {
		return r, fmt.Errorf("a document of %d bytes: %w", length, noEOF(err))
	}
	var err error
	if r.sizes, err = document.Buffers(r.text); err != nil {
		return r, err
	}
	left := s.limit - length
	for _, size := range r.sizes {
		if left -= size; left < 0 { // both are from 0 up to MaxInt64
			return r, fmt.Errorf("the arrays of a request, one of %d bytes, make it larger than the %s that --limit allows", size, plan.Size(s.limit))
		}
	}
	return r, nil
}

// arrays reads the arrays of a request.
func (s *server) arrays(ctx context.Context, r request) ([][]byte, error) {
	arrays := make([][]byte, len(r.sizes))
	for i, size := range r.sizes {
		arrays[i] = buffer(size)
		if err := s.read(ctx, arrays[i]); err != nil {
			return nil, fmt.Errorf("array %d, of %d bytes: %w", i, size, noEOF(err))
		}
	}
	return arrays, nil
}

// skip reads past the arrays of a request.
func (s *server) skip(ctx context.Context, r request) error {
	defer s.interruptible(ctx)()
	if _, err := io.CopyN(io.Discard, s.in, r.bytes()); err != nil {
		return fmt.Errorf("the arrays of a request: %w", noEOF(err))
	}
	return nil
}

func (s *server) read(ctx context.Context, p []byte) error {
	defer s.interruptible(ctx)()
	_, err := io.ReadFull(s.in, p)
	return err
}

// interruptible lets the end of ctx end the process during a read.
func (s *server) interruptible(ctx context.Context) (stop func()) {
	if s.abandon == nil {
		return func() {}
	}
	cancel := context.AfterFunc(ctx, s.abandon)
	return func() { cancel() }
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the input ended before")
	}
	return err
}

// answer writes an answer and the arrays of its results.
func (s *server) answer(a answer, results []*resultSink) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if len(text) > math.MaxUint32 {
		return fmt.Errorf("an answer of %d bytes", len(text))
	}
	var head [4]byte
	binary.LittleEndian.PutUint32(head[:], uint32(len(text)))
	if _, err := s.out.Write(append(head[:], text...)); err != nil {
		return err
	}
	for _, r := range results {
		if _, err := s.out.Write(r.elements.DenseBytes()); err != nil {
			return err
		}
	}
	return s.out.Flush()
}
