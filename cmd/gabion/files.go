package main

import (
	"fmt"
	"io"
	"path/filepath"
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
	path := to.URI
	if to.Name != "" {
		path = strings.TrimSuffix(path, "/") + "/" + to.Name // an array of a group
	}
	ending := strings.ToLower(filepath.Ext(path))
	switch to.Format {
	case "":
	case "npy", "npz":
		if ending != "."+to.Format {
			return nil, fmt.Errorf("%s: a file of format %s is called %s.%s", path, to.Format, path, to.Format)
		}
	case "zarr":
		if to.Overwrite {
			return zarr.Create(path, zarr.Overwrite()), nil
		}
		return zarr.Create(path), nil
	default:
		return nil, fmt.Errorf("%s: %s is not written; zarr, npy and npz are", path, to.Format)
	}
	if to.Overwrite {
		return open.Create(path, open.Overwrite())
	}
	return open.Create(path)
}
