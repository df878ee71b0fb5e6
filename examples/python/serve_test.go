// Package python_test is a client of gabion serve in Go, beside the one in Python:
// a program that sends its own arrays and their graph to another process.
package python_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph/document"
)

// server is a process that computes arrays.
type server struct {
	process *exec.Cmd
	in      io.WriteCloser
	out     io.Reader
}

// start builds the command and starts it.
func start(t *testing.T, flags ...string) *server {
	t.Helper()
	name := filepath.Join(t.TempDir(), "gabion")
	build := exec.Command("go", "build", "-o", name, "../../cmd/gabion")
	output, err := build.CombinedOutput()
	require.NoError(t, err, "%s", output)
	s := &server{process: exec.Command(name, append([]string{"serve", "--stdio"}, flags...)...)}
	s.in, err = s.process.StdinPipe()
	require.NoError(t, err)
	s.out, err = s.process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.process.Start())
	return s
}

// stop ends the input, and gives the exit status.
func (s *server) stop() int {
	_ = s.in.Close()
	_, _ = io.Copy(io.Discard, s.out)
	_ = s.process.Wait()
	return s.process.ProcessState.ExitCode()
}

// send sends a document and the arrays of its inputs.
func (s *server) send(text []byte, arrays ...[]byte) error {
	message := append(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text...)
	for _, a := range arrays {
		message = append(message, a...)
	}
	_, err := s.in.Write(message)
	return err
}

// receive gives the arrays of an answer, or the error in it.
func (s *server) receive() ([]block.Block, error) {
	var head [4]byte
	if _, err := io.ReadFull(s.out, head[:]); err != nil {
		return nil, err
	}
	text := make([]byte, binary.LittleEndian.Uint32(head[:]))
	if _, err := io.ReadFull(s.out, text); err != nil {
		return nil, err
	}
	var answer struct {
		Outputs []struct {
			DType dtype.DType `json:"dtype"`
			Shape block.Shape `json:"shape"`
		} `json:"outputs"`
		Error struct{ Kind, Msg string } `json:"error"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, err
	}
	if answer.Error.Kind != "" {
		return nil, errors.New(answer.Error.Kind + ": " + answer.Error.Msg)
	}
	var blocks []block.Block
	for _, out := range answer.Outputs {
		data := make([]byte, out.Shape.Elements()*out.DType.Size())
		if _, err := io.ReadFull(s.out, data); err != nil {
			return nil, err
		}
		blocks = append(blocks, block.Dense(out.DType, out.Shape, data))
	}
	return blocks, nil
}

// remote computes arrays on the server, which gets the elements of inputs.
func (s *server) remote(t *testing.T, arrays, inputs []array.Array) ([]block.Block, error) {
	t.Helper()
	outputs, err := array.Graph(arrays...)
	require.NoError(t, err)
	given, err := array.Graph(inputs...)
	require.NoError(t, err)
	doc, err := document.Of(outputs, given.Outputs...)
	require.NoError(t, err)
	text, err := document.Encode(doc)
	require.NoError(t, err)
	elements, err := array.Compute(t.Context(), inputs)
	require.NoError(t, err)
	var data [][]byte
	for _, e := range elements {
		data = append(data, e.DenseBytes())
	}
	require.NoError(t, s.send(text, data...))
	return s.receive()
}

// TestRemote: what another process computes has the bits that this one gives.
func TestRemote(t *testing.T) {
	s := start(t, "--memory", "32MiB", "--workers", "2")
	values := make([]float32, 5000)
	for i := range values {
		values[i] = float32(i%37) / 7
	}
	x := array.FromSlice(values, []int{50, 100}, array.Chunks(16, 30))
	noise := array.NewGenerator(7).StandardNormal([]int{50, 1})
	scores := x.Sub(x.Mean(array.Axes(0))).Div(x.Std(array.Axes(0))).Add(noise)
	wanted := []array.Array{scores, scores.Sum(), x.Slice("::-7, 3").Gt(array.Const(2))}
	for range 3 {
		got, err := s.remote(t, wanted, []array.Array{x})
		require.NoError(t, err)
		local, err := array.Compute(t.Context(), wanted)
		require.NoError(t, err)
		require.Len(t, got, len(local))
		for i := range local {
			require.Equal(t, local[i].DType, got[i].DType)
			require.Equal(t, local[i].Shape, got[i].Shape)
			require.Equal(t, local[i].DenseBytes(), got[i].DenseBytes())
		}
	}

	require.NoError(t, s.send([]byte(`{"v": 1, "verb": "compute", "outputs": [0], "nodes": [{"op": "frobnicate"}]}`)))
	_, err := s.receive()
	require.EqualError(t, err, "NotImplementedError: frobnicate: there is no such operation (at node 0)")
	require.Equal(t, 0, s.stop())
}

// TestLost: what is no document is answered, and the process ends with status 1.
func TestLost(t *testing.T) {
	s := start(t)
	require.NoError(t, s.send([]byte(`{"v": 1`)))
	_, err := s.receive()
	require.ErrorContains(t, err, "ValueError: this is not JSON")
	_, err = s.receive()
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, 1, s.stop())
}
