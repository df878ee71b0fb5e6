package zarr

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gabion/io/store"
)

// cleaned is the folder that path lies in and its name there. Links at path are
// followed, also to what is not there yet: what is renamed must lie on the file
// system that they lead to.
func cleaned(path string) (parent, base string, err error) {
	if err := store.Local(path); err != nil {
		return "", "", err
	}
	place, err := filepath.Abs(path)
	if err != nil {
		return "", "", err
	}
	const mostLinks = 40 // as systems allow; there are circles
	for links := 0; ; links++ {
		target, err := os.Readlink(place)
		if err != nil {
			break
		}
		if links == mostLinks {
			return "", "", fmt.Errorf("%s: more than %d links", path, mostLinks)
		}
		if !filepath.IsAbs(target) {
			folder, err := filepath.EvalSymlinks(filepath.Dir(place)) // what ".." in the target counts from
			if err != nil {
				return "", "", err
			}
			target = filepath.Join(folder, target)
		}
		place = filepath.Clean(target)
	}
	parent, base = filepath.Split(place)
	if base == "" || path == "" {
		return "", "", fmt.Errorf("%q is not a place for an array or a group", path)
	}
	return parent, base, nil
}

// outsideArrays refuses a key inside an array: one that lies in s, or in the
// folder above, which is all of s, or in one that above lies in. "" for above
// leaves what is outside of s out.
func outsideArrays(ctx context.Context, s store.Store, key, above string) error {
	for key != "" {
		key = key[:max(0, strings.LastIndexByte(key, '/'))]
		if err := notArray(ctx, s, key); err != nil {
			return err
		}
	}
	for above != "" {
		// Until the folders exist, names are all there is to go by.
		if folder, err := filepath.EvalSymlinks(above); err == nil {
			above = folder
		}
		if err := notArray(ctx, store.NewDir(above), ""); err != nil {
			return err
		}
		parent := filepath.Dir(above)
		if parent == above {
			break
		}
		above = parent
	}
	return nil
}

// notArray is an error if an array lies at key, not if something else does or
// if nobody may look.
func notArray(ctx context.Context, s store.Store, key string) error {
	text, err := readMetadata(ctx, s, join(key, metadataKey))
	if err == nil {
		if n, err := parseNode(document{metadataKey, text}); err != nil || n.kind != "array" {
			return nil
		}
	} else if errors.Is(err, fs.ErrNotExist) {
		_, err = s.Size(ctx, join(key, arrayKey2))
	}
	switch {
	case err == nil:
		return fmt.Errorf("%w: it would lie inside the array %s; choose a path outside of it", fs.ErrExist, s.Place(key))
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission):
		return nil
	}
	return err
}

// content is what lies under a key before something is written there.
type content struct{ kind string }

// loneAttributes is what a process leaves that is killed while it creates a
// group of version 2.
const loneAttributes = "folder with a " + attributesKey2 + " that belongs to nothing"

func (c content) free() bool        { return c.kind == "" }
func (c content) replaceable() bool { return c.kind == "array" || c.kind == "unfinished" }

func (c content) String() string {
	switch c.kind {
	case "array", "group":
		return "a Zarr " + c.kind
	case "unfinished":
		return "an array that was never finished"
	}
	return "a " + c.kind
}

func whatLies(ctx context.Context, s store.Store, key string) (content, error) {
	entries, err := s.List(ctx, key)
	if err != nil {
		return content{}, err
	}
	if len(entries) == 0 {
		if _, err := s.Size(ctx, key); err == nil {
			return content{"file"}, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return content{}, err
		}
		return content{}, nil
	}
	named := func(name string) bool {
		return slices.ContainsFunc(entries, func(e store.Entry) bool { return e.Name == name })
	}
	switch {
	case named(metadataKey):
		text, err := readMetadata(ctx, s, join(key, metadataKey))
		if err != nil {
			return content{}, err
		}
		if n, err := parseNode(document{metadataKey, text}); err == nil {
			return content{n.kind}, nil
		}
		return content{"folder with a " + metadataKey + " that cannot be read"}, nil
	case named(arrayKey2):
		return content{"array"}, nil
	case named(groupKey2):
		return content{"group"}, nil
	case named(attributesKey2) && len(entries) == 1:
		return content{loneAttributes}, nil
	}
	chunksOnly := true
	for _, e := range entries {
		switch {
		case e.Name == probeName || store.IsTemporary(e.Name):
		case e.Name == "c":
			positions, err := s.List(ctx, join(key, "c"))
			if err != nil {
				return content{}, err
			}
			chunksOnly = chunksOnly && !slices.ContainsFunc(positions, notOfChunks)
		default:
			chunksOnly = false
		}
	}
	if chunksOnly {
		return content{"unfinished"}, nil
	}
	return content{"folder of other things"}, nil
}

// notOfChunks reports whether a name is not one that writing chunks leaves.
func notOfChunks(e store.Entry) bool {
	_, err := strconv.Atoi(e.Name)
	return err != nil && !store.IsTemporary(e.Name)
}
