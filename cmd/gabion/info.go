package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"gabion/block"
	"gabion/internal/plan"
	"gabion/io/open"
)

// infoCommand is gabion info.
type infoCommand struct {
	File string `arg:"" name:"FILE" help:"A classic netCDF file, a NumPy file (.npy, .npz), or the folder of a Zarr array or group."`
}

// Run runs gabion info.
func (c *infoCommand) Run(to streams) error {
	info, err := open.Describe(unguarded(c.File))
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(to.out, infoText(info))
	return err
}

func infoText(info open.Info) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", printable(info.Path), info.Format)
	if len(info.Dimensions) > 0 {
		b.WriteString("\ndimensions\n")
		for _, d := range info.Dimensions {
			record := ""
			if d.Record {
				record = "  (record)"
			}
			fmt.Fprintf(&b, "  %s %d%s\n", printable(d.Name), d.Length, record)
		}
	}
	for _, part := range []struct {
		title       string
		coordinates bool
	}{{"variables", false}, {"coordinates", true}} {
		title := "\n" + part.title + "\n"
		for _, v := range info.Variables {
			if v.Coordinate != part.coordinates {
				continue
			}
			b.WriteString(title)
			title = ""
			writeVariable(&b, v)
		}
	}
	if len(info.Attributes) > 0 {
		b.WriteString("\nattributes\n")
		writeAttributes(&b, "  ", info.Attributes)
	}
	return b.String()
}

func writeVariable(b *strings.Builder, v open.Variable) {
	d := v.Description
	if v.Err != nil {
		fmt.Fprintf(b, "  %s  cannot be read: %s\n", printable(v.Name), printable(v.Err.Error()))
	} else {
		axes := make([]string, len(d.Grid))
		for axis, length := range d.Shape() {
			axes[axis] = fmt.Sprint(length)
			if d.Names != nil && d.Names[axis] != "" {
				axes[axis] = printable(d.Names[axis]) + " " + axes[axis]
			}
		}
		size := "more bytes than can be counted"
		if n, err := d.Shape().Size(); err == nil {
			size = plan.Size(int64(n) * int64(d.DType.Size()))
		}
		fmt.Fprintf(b, "  %s  %v (%s), %s in chunks of %v\n", printable(v.Name), d.DType, strings.Join(axes, ", "), size, d.Grid.Largest())
	}
	writeAttributes(b, "    ", d.Attrs)
}

func writeAttributes(b *strings.Builder, indent string, attrs block.Attributes) {
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		var text string
		switch value := attrs[name].(type) {
		case string:
			text = fmt.Sprintf("%q", value)
		case []string:
			text = fmt.Sprintf("%q", value)
		default:
			text = fmt.Sprint(value)
		}
		if r := []rune(text); len(r) > 100 {
			text = string(r[:97]) + "..."
		}
		fmt.Fprintf(b, "%s%s = %s\n", indent, printable(name), printable(text))
	}
}

// printable is text without what a terminal would obey.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
}
