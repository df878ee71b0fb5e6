package zarr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"gabion/io/store"
)

// metadataKey is the name of the document that says what an array or a group is.
const metadataKey = "zarr.json"

const maxMetadata = 64 << 20 // bytes of a document

// document is a piece of metadata, with its name below the key of the array or
// the group.
type document struct {
	name string
	text []byte
}

// node is what lies at a key, as far as arrays and groups have it alike.
type node struct {
	kind   string // array or group
	fields fields // of the document that makes it one
	attrs  json.RawMessage
	place  string // of that document
}

// openNode reads the metadata of an array or a group.
func openNode(ctx context.Context, s store.Store, key, name string) (node, error) {
	d, err := findDocument(ctx, s, key)
	if errors.Is(err, fs.ErrNotExist) {
		return node{}, absent(ctx, s, key, name)
	}
	if err != nil {
		return node{}, fmt.Errorf("zarr: %w", err)
	}
	place := s.Place(join(key, d.name))
	n, err := parseNode(d)
	if err != nil {
		return node{}, fmt.Errorf("zarr: %s: %w", place, err)
	}
	n.place = place
	return n, nil
}

// findDocument reads the document that makes what lies at key an array or a
// group.
func findDocument(ctx context.Context, s store.Store, key string) (document, error) {
	text, err := readMetadata(ctx, s, join(key, metadataKey))
	return document{metadataKey, text}, err
}

func readMetadata(ctx context.Context, s store.Store, key string) ([]byte, error) {
	v, err := s.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	if v.Size() > maxMetadata {
		return nil, fmt.Errorf("%s has %d bytes; metadata has at most %d", s.Place(key), v.Size(), maxMetadata)
	}
	text := make([]byte, v.Size())
	if _, err := io.ReadFull(v, text); err != nil {
		return nil, fmt.Errorf("read %s: %w", s.Place(key), err)
	}
	return text, nil
}

// putDocuments stores documents in their order.
func putDocuments(ctx context.Context, s store.Store, key string, documents []document) error {
	for _, d := range documents {
		err := s.Put(ctx, join(key, d.name), func(w io.Writer) error {
			_, err := w.Write(d.text)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// parseNode reads a document as far as all nodes have it alike.
func parseNode(d document) (node, error) {
	f, err := parseFields(d.text)
	if err != nil {
		return node{}, err
	}
	var version int
	if err := f.get("zarr_format", &version); err != nil {
		return node{}, err
	}
	switch version {
	case 3:
	case 2:
		return node{}, errFormat2
	default:
		return node{}, fmt.Errorf("zarr_format is %d; only version 3 is read", version)
	}
	n := node{fields: f, attrs: f["attributes"]}
	if err := f.get("node_type", &n.kind); err != nil {
		return node{}, err
	}
	if n.kind != "array" && n.kind != "group" {
		return node{}, fmt.Errorf("node_type is %q, neither array nor group", n.kind)
	}
	return n, nil
}

// errFormat2 is what arrays of Zarr version 2 are refused with.
var errFormat2 = errors.New("it has Zarr version 2, which is not read yet, only version 3 is")

// absent says what lies where no document does.
func absent(ctx context.Context, s store.Store, key, name string) error {
	entries, err := s.List(ctx, key)
	if err != nil {
		return fmt.Errorf("zarr: %w", err)
	}
	for _, e := range entries {
		if isFormat2(e.Name) {
			return fmt.Errorf("zarr: %s: %w", name, errFormat2)
		}
	}
	if len(entries) > 0 {
		return fmt.Errorf("zarr: %s is not an array or was never finished: it holds no %s: %w", name, metadataKey, fs.ErrNotExist)
	}
	if _, err := s.Size(ctx, key); key != "" && err == nil {
		return fmt.Errorf("zarr: %s is a file, not the folder of an array: %w", name, fs.ErrNotExist)
	}
	return fmt.Errorf("zarr: no array at %s: %w", name, fs.ErrNotExist)
}

func isFormat2(name string) bool { return name == ".zarray" || name == ".zgroup" || name == ".zattrs" }

// join is the key of name below key.
func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "/" + name
}
