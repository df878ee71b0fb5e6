package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// counts is how often each word is in a text.
type counts map[string]int

func separates(r rune) bool { return !unicode.IsLetter(r) }

// count is the words of a text: letters in a row, in lower case.
func count(text string) counts {
	c := make(counts)
	for word := range strings.FieldsFuncSeq(text, separates) {
		c[strings.ToLower(word)]++
	}
	return c
}

// merge adds b to a, which nobody else uses any more, and gives a.
func merge(a, b counts) counts {
	for word, n := range b {
		a[word] += n
	}
	return a
}

// cut cuts a text into pieces of at least size bytes, except for the last, at
// spaces and ends of lines. There is one piece of an empty text. Nothing is
// copied.
func cut(text string, size int) []string {
	var pieces []string
	for len(text) > size {
		end := strings.IndexAny(text[size:], " \n") // single bytes, never a part of a letter
		if end < 0 {
			break
		}
		pieces = append(pieces, text[:size+end])
		text = text[size+end:]
	}
	return append(pieces, text)
}

// top is the n most frequent words, in the order of the alphabet where they are
// as frequent.
func (c counts) top(n int) []string {
	words := slices.SortedFunc(maps.Keys(c), func(a, b string) int {
		return cmp.Or(cmp.Compare(c[b], c[a]), cmp.Compare(a, b))
	})
	return words[:max(0, min(n, len(words)))]
}
