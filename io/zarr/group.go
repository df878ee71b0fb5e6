package zarr

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"gabion/block"
	"gabion/io/store"
)

// Group is a folder of arrays and further groups.
type Group struct {
	store store.Mover
	key   string
	name  string
	attrs block.Attributes
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
	attrs, err := parseGroup3(n)
	if err != nil {
		return nil, fmt.Errorf("zarr: %s: %w", n.place, err)
	}
	return &Group{store: s, key: key, name: name, attrs: attrs}, nil
}

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
		if !e.Folder || strings.HasPrefix(e.Name, ".") {
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

// Create is a sink that stores an array of the given name in the group. See
// Create for a path.
func (g *Group) Create(name string, opts ...Option) *Writer {
	w := newWriter(g.store, join(g.key, name), g.child(name), opts)
	w.fail(childName(name))
	return w
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
// replaced and what it holds stays. Arrays are never replaced by a group, and
// never hold one. The other options do not matter.
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
	switch {
	case there.free():
	case there.kind != "group":
		return nil, fmt.Errorf("zarr: %s: %w: it is %s; a group cannot replace it", name, fs.ErrExist, there)
	case !settingsOf(opts).overwrite:
		return nil, fmt.Errorf("zarr: %s: %w: use zarr.Overwrite() to replace its attributes", name, fs.ErrExist)
	}
	text, err := encodeGroup3(attrs)
	if err != nil {
		return nil, fmt.Errorf("zarr: %s: %w", name, err)
	}
	if err := putDocuments(ctx, s, key, []document{{metadataKey, text}}); err != nil {
		return nil, fmt.Errorf("zarr: creating the group %s: %w", name, err)
	}
	return &Group{store: s, key: key, name: name, attrs: attrs}, nil
}
