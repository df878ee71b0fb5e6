package main

import (
	"fmt"
	"io"
	"strings"

	"gabion/array/call"
	"gabion/block"
	"gabion/graph/document"
	"gabion/io/open"
)

// files are the sources that a plan document reads, to be closed when it is done.
type files struct {
	opened []block.Source
	memory int64 // for smallBlocks
}

// environment is what documents refer to, with the elements of their inputs.
func (f *files) environment(input func(int, *document.Input) (block.Block, error)) call.Environment {
	return call.Environment{Input: input, Read: f.read, Write: createTarget}
}

// read opens a source.
func (f *files) read(from call.Location) (block.Source, error) {
	source, err := openLocation(from)
	if err == nil {
		f.opened = append(f.opened, source)
		source = smallBlocks(source, f.memory)
	}
	return source, err
}

// close closes what can be closed. Nothing was written to it, so that no error
// means anything.
func (f *files) close() {
	for _, source := range f.opened {
		if c, ok := source.(io.Closer); ok {
			_ = c.Close()
		}
	}
}

// openLocation is the source that a read of a plan document names.
func openLocation(from call.Location) (block.Source, error) {
	if from.Format != "" {
		info, err := open.Describe(from.URI)
		if err != nil {
			return nil, err
		}
		if found := formatName(info.Format); found != from.Format {
			return nil, fmt.Errorf("%s is %s, not %s: leave the format out, or write %s", from.URI, info.Format, from.Format, found)
		}
	}
	return open.Open(from.URI, from.Name)
}

// formatName is what documents call a format: the ending of its files, such as npy,
// or the first word of its name, in lower case, such as zarr.
func formatName(format string) string {
	if _, ending, ok := strings.Cut(format, "."); ok {
		return ending
	}
	word, _, _ := strings.Cut(format, " ")
	return strings.ToLower(word)
}

// createTarget is the sink that a write of a plan document names.
func createTarget(to call.Target) (block.Sink, error) {
	opts := []open.CreateOption{open.Format(to.Format), open.Member(to.Name)}
	if to.Overwrite {
		opts = append(opts, open.Overwrite())
	}
	return open.Create(to.URI, opts...)
}
