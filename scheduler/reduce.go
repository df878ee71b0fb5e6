package scheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Reduce calls f for every input, several at once, and combines the results into
// one: split, apply, combine. combine is called with neighbours, in a balanced
// tree over the inputs: those numbered 0 and 1, 2 and 3, then the results of
// these. So the result is the same to the bit, whatever the number of workers,
// also where combine is not associative, as for floating-point sums; a combine
// that is not commutative sees its operands in order. It may change its operands
// and return one of them. About log2(n) results of f wait for each worker.
//
// An input for which f returns Skip is left out. The result for no inputs is the
// zero value. Errors are those of Map.
func Reduce[T, A any](ctx context.Context, inputs []T, f func(context.Context, T) (A, error), combine func(a, b A) A, opts ...MapOption) (A, error) {
	var none A
	j, err := newMap("Reduce", caller(0), ctx, inputs, f == nil, opts)
	if err == nil && combine == nil {
		err = mistake("Reduce", caller(0), errors.New("the function that combines results is nil"))
	}
	if err != nil {
		return none, err
	}
	call := prepared(j.options, j.crew, f)
	tree := tree[A]{combine: combine, waiting: make(map[treeNode]part[A])}
	j.each = func(b *batch) {
		var parts []placed[A] // of the batch, from left to right
		defer func() { b.combining = true; tree.put(parts); b.combining = false }()
		ctx := b.ctx
		for i := b.at; i < b.last; i++ {
			b.at = i
			if j.signal.Load() != 0 && !b.attend(i) || b.stopped() {
				return
			}
			v, err := call(ctx, inputs[i])
			p := part[A]{value: v, there: err == nil}
			if err != nil && !isSkip(err) {
				retried := b.retried
				if b.failed(i, err); b.retried > retried {
					continue // it comes again, alone
				}
			}
			parts = append(parts, placed[A]{treeNode{0, i}, p})
			for n := len(parts); n > 1 && parts[n-2].sibling(parts[n-1].treeNode); n-- {
				b.combining = true
				parts[n-2] = placed[A]{parts[n-2].parent(), tree.merge(parts[n-2].part, parts[n-1].part)}
				b.combining = false
				parts = parts[:n-1]
			}
		}
		b.at = b.last
	}
	if err := j.run(); err != nil {
		return none, err
	}
	var whole part[A]
	if err := protect(func() error { whole = tree.whole(); return nil }); err != nil {
		return none, mistake(j.op, j.site, fmt.Errorf("combining the last results: %w", err))
	}
	return whole.value, nil
}

// treeNode is a place in a balanced binary tree: level 0 holds the inputs.
type treeNode struct{ level, index int }

func (n treeNode) parent() treeNode { return treeNode{n.level + 1, n.index / 2} }

// sibling reports whether n and other are the left and the right one below a
// parent.
func (n treeNode) sibling(other treeNode) bool {
	return n.level == other.level && n.index%2 == 0 && other.index == n.index+1
}

// part is what is known of some neighbouring inputs, if any of them counts.
type part[A any] struct {
	value A
	there bool
}

type placed[A any] struct {
	treeNode
	part[A]
}

// tree is the parts that wait for their sibling.
type tree[A any] struct {
	combine func(a, b A) A

	mu      sync.Mutex
	waiting map[treeNode]part[A]
}

func (t *tree[A]) merge(a, b part[A]) part[A] {
	switch {
	case !a.there:
		return b
	case !b.there:
		return a
	}
	return part[A]{t.combine(a.value, b.value), true}
}

// put brings parts into the tree and merges them with those that wait for them.
func (t *tree[A]) put(parts []placed[A]) {
	for _, p := range parts {
		for {
			other, there := t.meet(p)
			if !there {
				break
			}
			if p.index%2 == 0 {
				p = placed[A]{p.parent(), t.merge(p.part, other)}
			} else {
				p = placed[A]{p.parent(), t.merge(other, p.part)}
			}
		}
	}
}

// meet takes the sibling of p out, or leaves p there to wait for it.
func (t *tree[A]) meet(p placed[A]) (other part[A], there bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	sibling := treeNode{p.level, p.index ^ 1}
	if other, there = t.waiting[sibling]; there {
		delete(t.waiting, sibling)
	} else {
		t.waiting[p.treeNode] = p.part
	}
	return other, there
}

// whole merges what is left, from right to left: those whose sibling would lie
// behind the last input.
func (t *tree[A]) whole() part[A] {
	nodes := make([]treeNode, 0, len(t.waiting))
	for n := range t.waiting {
		nodes = append(nodes, n)
	}
	slices.SortFunc(nodes, func(a, b treeNode) int { return a.level - b.level }) // the lowest is the last
	var all part[A]
	for _, n := range nodes {
		all = t.merge(t.waiting[n], all)
	}
	return all
}
