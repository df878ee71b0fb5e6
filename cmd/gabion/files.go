package main

import (
	"fmt"
	"io"
	"strings"

	"gabion/array/call"
	"gabion/block"
	"gabion/graph/document"
	"gabion/io/open"
	"gabion/io/zarr"
)

// files are the sources that a plan document reads, to be closed when it is done.
type files struct{ opened []block.Source }

// environment is what documents refer to, with the elements of their inputs.
func (f *files) environment(input func(int, *document.Input) (block.Block, error)) call.Environment {
	return call.Environment{Input: input, Read: f.read, Write: createTarget}
}

// read opens a source.
func (f *files) read(from call.Location) (block.Source, error) {
	source, err := openLocation(from)
	if err == nil {
		f.opened = append(f.opened, source)
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

// formatName is what documents call a format: the first word of its name, in
// lower case, such as zarr.
func formatName(format string) string {
	word, _, _ := strings.Cut(format, " ")
	return strings.ToLower(word)
}

// createTarget is the sink that a write of a plan document names.
func createTarget(to call.Target) (block.Sink, error) {
	path := to.URI
	if to.Name != "" {
		path = strings.TrimSuffix(path, "/") + "/" + to.Name // an array of a group
	}
	var options []zarr.Option
	if to.Overwrite {
		options = append(options, zarr.Overwrite())
	}
	switch to.Format {
	case "":
		return open.Create(path, options...)
	case "zarr":
		return zarr.Create(path, options...), nil
	}
	return nil, fmt.Errorf("%s: %s is not written; zarr is", path, to.Format)
}
