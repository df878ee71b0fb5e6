package zarr

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gabion/block"
	"gabion/io/store"
)

// Group is a folder of arrays and further groups.
type Group struct {
	store   store.Mover
	key     string
	name    string
	version int // 2 or 3
	attrs   block.Attributes
}

// OpenGroup reads the metadata of the group in the folder at path.
func OpenGroup(path string) (*Group, error) {
	return openGroup(context.Background(), store.NewDir(path), "", path)
}

func openGroup(ctx context.Context, s store.Mover, key, name string) (*Group, error) {
	n, err := openNode(ctx, s, key, name)
	if err != nil {
		return nil, err
	}
	if n.kind != "group" {
		return nil, fmt.Errorf("zarr: %s is an array, not a group", name)
	}
	attrs, err := parseGroup(n)
	if err != nil {
		return nil, fmt.Errorf("zarr: %s: %w", n.place, err)
	}
	return &Group{store: s, key: key, name: name, version: n.version, attrs: attrs}, nil
}

// Version is the version of the format that the group is stored in, 2 or 3.
func (g *Group) Version() int { return g.version }

// Attributes are those of the group itself.
func (g *Group) Attributes() block.Attributes { return g.attrs }

// Arrays lists the names of the arrays directly in the group.
func (g *Group) Arrays() ([]string, error) { return children(g.store, g.key, "array") }

// Groups lists the names of the groups directly in the group.
func (g *Group) Groups() ([]string, error) { return children(g.store, g.key, "group") }

// children lists what is directly under key and of the given kind.
func children(s store.Store, key, kind string) ([]string, error) {
	ctx := context.Background()
	entries, err := s.List(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("zarr: %w", err)
	}
	var names []string
	for _, e := range entries {
		if !e.Folder || childName(e.Name) != nil {
			continue
		}
		d, err := findDocument(ctx, s, join(key, e.Name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("zarr: %w", err)
		}
		if n, err := parseNode(d); err == nil && n.kind == kind {
			names = append(names, e.Name)
		}
	}
	return names, nil
}

// Array opens an array directly in the group.
func (g *Group) Array(name string) (*Array, error) {
	if err := childName(name); err != nil {
		return nil, fmt.Errorf("zarr: %s: %w", g.name, err)
	}
	return openArray(context.Background(), g.store, join(g.key, name), g.child(name))
}

// Group opens a group directly in the group.
func (g *Group) Group(name string) (*Group, error) {
	if err := childName(name); err != nil {
		return nil, fmt.Errorf("zarr: %s: %w", g.name, err)
	}
	return openGroup(context.Background(), g.store, join(g.key, name), g.child(name))
}

// Create is a sink that stores an array of the given name in the group, in the
// group's version of the format. See Create for a path.
func (g *Group) Create(name string, opts ...Option) *Writer {
	w := newWriter(g.store, join(g.key, name), g.child(name), opts)
	w.fail(childName(name))
	if asked := w.settings.version; asked != 0 && asked != g.version {
		w.fail(fmt.Errorf("the group %s has version %d, and so have its arrays, not %d", g.name, g.version, asked))
	}
	w.settings.version = g.version
	return w
}

// CreateMember is a sink that stores an array of the given name in the group in the
// folder at path, and makes the group when it begins if nothing is there. See Create.
func CreateMember(path, name string, opts ...Option) *Writer {
	g, err := OpenGroup(path)
	if err == nil {
		return g.Create(name, opts...)
	}
	w := Create(filepath.Join(path, name), opts...)
	w.fail(childName(name))
	if !errors.Is(err, fs.ErrNotExist) {
		w.fail(err)
	}
	made := false
	w.group = func() error {
		_, err := CreateGroup(path, nil, Version(w.settings.version))
		if errors.Is(err, fs.ErrExist) { // another array of it has begun before
			if _, opening := OpenGroup(path); opening == nil {
				return nil
			}
		}
		made = err == nil
		return err
	}
	w.ungroup = func() error {
		if !made {
			return nil
		}
		made = false
		return removeEmptyGroup(path)
	}
	return w
}

// removeEmptyGroup removes the group in the folder at path if it holds nothing.
func removeEmptyGroup(path string) error {
	ctx, s := context.Background(), store.NewDir(path)
	entries, err := s.List(ctx, "")
	own := []string{metadataKey, groupKey2, attributesKey2}
	if err != nil || slices.ContainsFunc(entries, func(e store.Entry) bool { return !slices.Contains(own, e.Name) }) {
		return err
	}
	for _, e := range entries {
		err = errors.Join(err, s.Delete(ctx, e.Name))
	}
	return errors.Join(err, os.Remove(path))
}

func (g *Group) child(name string) string { return g.store.Place(join(g.key, name)) }

// childName refuses names that are not one part of a key, or that Zarr keeps
// for itself.
func childName(name string) error {
	if name == "" || strings.Trim(name, ".") == "" || strings.ContainsAny(name, "/\\\x00") ||
		strings.HasPrefix(name, "__") || strings.HasPrefix(name, ".") || name == metadataKey {
		return fmt.Errorf("%q cannot be the name of an array or a group in a group", name)
	}
	return nil
}

// CreateGroup makes a group in the folder at path. A group that is there is
// refused unless Overwrite is among the options: then its attributes are
// replaced, what it holds stays, and so does its version. Arrays are never
// replaced by a group, and never hold one. The other options do not matter,
// except for Version.
func CreateGroup(path string, attrs block.Attributes, opts ...Option) (*Group, error) {
	parent, base, err := cleaned(path)
	if err != nil {
		return nil, fmt.Errorf("zarr: %w", err)
	}
	s := store.NewDir(parent)
	if err := outsideArrays(context.Background(), s, base, parent); err != nil {
		return nil, fmt.Errorf("zarr: creating the group %s: %w", path, err)
	}
	return createGroup(context.Background(), s, base, path, attrs, opts)
}

func createGroup(ctx context.Context, s store.Mover, key, name string, attrs block.Attributes, opts []Option) (*Group, error) {
	there, err := whatLies(ctx, s, key)
	if err != nil {
		return nil, fmt.Errorf("zarr: %w", err)
	}
	settings := settingsOf(opts)
	version, err := settings.formatVersion()
	if err != nil {
		return nil, fmt.Errorf("zarr: creating the group %s: %w", name, err)
	}
	switch {
	case there.free() || there.kind == loneAttributes:
	case there.kind != "group":
		return nil, fmt.Errorf("zarr: %s: %w: it is %s; a group cannot replace it", name, fs.ErrExist, there)
	case !settings.overwrite:
		return nil, fmt.Errorf("zarr: %s: %w: use zarr.Overwrite() to replace its attributes", name, fs.ErrExist)
	default:
		n, err := openNode(ctx, s, key, name)
		if err != nil {
			return nil, err
		}
		if settings.version != 0 && settings.version != n.version {
			return nil, fmt.Errorf("zarr: %s: %w: the group has version %d and cannot become one of version %d", name, fs.ErrExist, n.version, version)
		}
		version = n.version
	}
	documents, err := encodeGroup(version, attrs)
	if err != nil {
		return nil, fmt.Errorf("zarr: %s: %w", name, err)
	}
	if version == 2 { // it would hide the new attributes
		if err := s.Delete(ctx, join(key, consolidatedKey2)); err != nil {
			return nil, fmt.Errorf("zarr: creating the group %s: %w", name, err)
		}
	}
	if err := putDocuments(ctx, s, key, documents); err != nil {
		return nil, fmt.Errorf("zarr: creating the group %s: %w", name, err)
	}
	return &Group{store: s, key: key, name: name, version: version, attrs: attrs}, nil
}
