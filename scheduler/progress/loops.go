package progress

import (
	"io"
	"iter"
)

// Each ranges over items, by index and value, with a bar on w that is open while
// the loop runs. An item counts when the loop's body is through with it; one at
// which the loop is left does not.
func Each[T any](w io.Writer, items []T, options ...Option) iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		bar := Count(w, append([]Option{Total(len(items))}, options...)...)
		defer bar.Close()
		for i, item := range items {
			if !yield(i, item) {
				return
			}
			bar.Add(1)
		}
	}
}

// Seq is Each for a sequence whose length nobody knows beforehand, or only the
// caller does, who then gives a Total.
func Seq[T any](w io.Writer, seq iter.Seq[T], options ...Option) iter.Seq[T] {
	return func(yield func(T) bool) {
		if seq == nil {
			return
		}
		bar := Count(w, options...)
		defer bar.Close()
		for item := range seq {
			if !yield(item) {
				return
			}
			bar.Add(1)
		}
	}
}
