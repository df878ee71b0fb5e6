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

// metadataKey is the document of an array or a group of version 3.
const metadataKey = "zarr.json"

const maxMetadata = 64 << 20 // bytes of a document

// document is a piece of metadata, with its name below the key of the array or
// the group.
type document struct {
	name string
	text []byte
}

// node is what lies at a key, as far as arrays and groups of both versions have
// it alike.
type node struct {
	version int             // 2 or 3
	kind    string          // array or group
	place   string          // of the document that makes it one
	fields  fields          // of that document
	attrs   json.RawMessage // an object; nil if there is none
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
	if n.version == 2 {
		n.attrs, err = readMetadata(ctx, s, join(key, attributesKey2))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return node{}, fmt.Errorf("zarr: %w", err)
		}
	}
	return n, nil
}

// findDocument reads the document that makes what lies at key an array or a
// group: that of version 3 where there are several.
func findDocument(ctx context.Context, s store.Store, key string) (d document, err error) {
	for _, d.name = range []string{metadataKey, arrayKey2, groupKey2} {
		d.text, err = readMetadata(ctx, s, join(key, d.name))
		if !errors.Is(err, fs.ErrNotExist) {
			return d, err
		}
	}
	return document{}, err
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

// parseNode reads the document that makes something an array or a group.
func parseNode(d document) (node, error) {
	f, err := parseFields(d.text)
	if err != nil {
		return node{}, err
	}
	n := node{version: 2, fields: f}
	switch d.name {
	case arrayKey2:
		n.kind = "array"
	case groupKey2:
		n.kind = "group"
	default:
		n.version, n.attrs = 3, f["attributes"]
	}
	var version int
	if err := f.get("zarr_format", &version); err != nil {
		return node{}, err
	}
	if version != n.version {
		return node{}, fmt.Errorf("zarr_format is %d; in a %s it is %d", version, d.name, n.version)
	}
	if n.version == 3 {
		if err := f.get("node_type", &n.kind); err != nil {
			return node{}, err
		}
	}
	if n.kind != "array" && n.kind != "group" {
		return node{}, fmt.Errorf("node_type is %q, neither array nor group", n.kind)
	}
	return n, nil
}

// absent says what lies where no document does.
func absent(ctx context.Context, s store.Store, key, name string) error {
	entries, err := s.List(ctx, key)
	if err != nil {
		return fmt.Errorf("zarr: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("zarr: %s is not an array or was never finished: it holds no %s, %s or %s: %w",
			name, metadataKey, arrayKey2, groupKey2, fs.ErrNotExist)
	}
	if _, err := s.Size(ctx, key); key != "" && err == nil {
		return fmt.Errorf("zarr: %s is a file, not the folder of an array: %w", name, fs.ErrNotExist)
	}
	return fmt.Errorf("zarr: no array at %s: %w", name, fs.ErrNotExist)
}

// join is the key of name below key.
func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "/" + name
}
