package block

import (
	"context"
	"fmt"
	"slices"
)

// admission is a plan that waits until its working set fits.
type admission struct {
	workingSet int64
	done       chan struct{} // closed when account or err is set
	account    *Account
	err        error
}

// Account is a plan that was admitted. It is committed to its working set, or
// to the sum of its open grants if that is more.
type Account struct {
	budget     *Budget
	workingSet int64
	granted    int64 // sum of the bounds of open grants
	inUse      int64 // sum of what open grants hold
	closed     bool
}

// Grant is the right of one running task to hold a number of bytes, its bound.
type Grant struct {
	account *Account
	bound   int64
	used    int64 // live allocations, and what was adopted
	peak    int64
	adopted map[*Buffer]struct{}
	closed  bool
}

// Admit waits until workingSet bytes more fit into the sum of commitments and
// reserves them, in one step. Those who wait are admitted in the order in which
// they came. It returns an error at once if workingSet is above the limit, and
// ctx's error if that ends first.
func (b *Budget) Admit(ctx context.Context, workingSet int64) (*Account, error) {
	if workingSet < 0 || workingSet > b.limit {
		return nil, fmt.Errorf("a working set of %d bytes does not fit the memory budget of %d bytes", workingSet, b.limit)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := &admission{workingSet: workingSet, done: make(chan struct{})}
	b.mu.Lock()
	b.waiting = append(b.waiting, w)
	b.admit()
	b.mu.Unlock()
	select {
	case <-w.done:
		return w.account, w.err
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(b.waiting, w); i >= 0 {
		b.waiting = slices.Delete(b.waiting, i, i+1)
		b.admit() // those behind may fit
		return nil, ctx.Err()
	}
	return w.account, w.err // admitted at the same moment
}

// TryAdmit is Admit without waiting for memory. Out of turn it does not matter
// that others wait: for who holds memory that they may be waiting for.
func (b *Budget) TryAdmit(workingSet int64, outOfTurn bool) (*Account, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || workingSet < 0 || workingSet > b.limit-b.committed || len(b.waiting) > 0 && !outOfTurn {
		return nil, false
	}
	b.committed += workingSet
	return &Account{budget: b, workingSet: workingSet}, true
}

// admit lets in those who wait, in order, while the first of them fits.
func (b *Budget) admit() {
	for len(b.waiting) > 0 {
		w := b.waiting[0]
		switch {
		case b.closed:
			w.err = errClosed
		case w.workingSet > b.limit-b.committed:
			return
		default:
			b.committed += w.workingSet
			w.account = &Account{budget: b, workingSet: w.workingSet}
		}
		b.waiting = b.waiting[1:]
		close(w.done)
	}
}

// Committed is the sum of the commitments of all accounts. It is never above
// the limit.
func (b *Budget) Committed() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.committed
}

// Waiting is how many calls of Admit wait for room.
func (b *Budget) Waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting)
}

func (a *Account) commitment() int64 { return max(a.workingSet, a.granted) }

// change applies f, which lowers what a needs, and gives back the commitment.
func (a *Account) change(f func()) {
	before := a.commitment()
	f()
	a.budget.committed += a.commitment() - before
	a.budget.admit()
}

// Grant is the right to hold at most bound bytes, if the commitments then stay
// within the limit. It never waits. While a plan waits to be admitted, a grant
// that would take the account beyond its working set is refused, so that a
// plan of large grants does not keep others out for ever.
func (a *Account) Grant(bound int64) (*Grant, bool) {
	b := a.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.closed || b.closed || bound < 0 || bound > b.limit-a.granted {
		return nil, false
	}
	more := max(a.workingSet, a.granted+bound) - a.commitment()
	if more > 0 && (len(b.waiting) > 0 || more > b.limit-b.committed) {
		return nil, false
	}
	a.granted += bound
	b.committed += more
	return &Grant{account: a, bound: bound}, true
}

// InUse is the number of bytes that the account's open grants hold.
func (a *Account) InUse() int64 {
	a.budget.mu.Lock()
	defer a.budget.mu.Unlock()
	return a.inUse
}

// Close gives the working set back. Grants that are still open stay committed
// until they are closed; there will be no new ones.
func (a *Account) Close() {
	a.budget.mu.Lock()
	defer a.budget.mu.Unlock()
	a.closed = true
	a.change(func() { a.workingSet = 0 })
}

// Alloc is a buffer of n bytes within the bound; see ClassSize for what it
// takes of it. It does not wait for other tasks, and succeeds as long as the
// budget's reclaim function can free what no running task reads.
//
// Going beyond the bound is an error, and panics if Invariants is set: the
// bound was computed wrongly (P3).
func (g *Grant) Alloc(n int) (*Buffer, error) { return g.alloc(n, false) }

// SetAside is a buffer of n bytes without memory: it counts, as any other, what
// the caller holds elsewhere, such as on the garbage collector's heap. Its Bytes
// are empty.
func (g *Grant) SetAside(n int) (*Buffer, error) { return g.alloc(n, true) }

func (g *Grant) alloc(n int, elsewhere bool) (*Buffer, error) {
	b := g.account.budget
	if n < 0 {
		return nil, fmt.Errorf("a buffer of %d bytes was asked for", n)
	}
	buffer := &Buffer{budget: b, n: n, size: ClassSize(n), grant: g, elsewhere: elsewhere}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := g.charge(buffer.size); err != nil {
		return nil, err
	}
	if n > 0 {
		var err error
		if buffer.memory, err = b.alloc(n, elsewhere); err != nil {
			g.uncharge(buffer.size)
			return nil, err
		}
	}
	return buffer, nil
}

// charge counts size more bytes against the bound.
func (g *Grant) charge(size int64) error {
	if g.closed {
		return fmt.Errorf("the grant of the task is closed")
	}
	if size > g.bound-g.used {
		err := fmt.Errorf("P3: a task needs %d bytes more when it holds %d, its bound is %d bytes", size, g.used, g.bound)
		if Invariants {
			panic(err.Error())
		}
		return err
	}
	g.used += size
	g.account.inUse += size
	g.peak = max(g.peak, g.used)
	return nil
}

// uncharge undoes charge. A closed grant counts nothing.
func (g *Grant) uncharge(size int64) {
	if !g.closed {
		g.used -= size
		g.account.inUse -= size
	}
}

// Adopt counts b, which exists already and which the task pins, against the
// bound until the grant is closed or the buffer freed. It changes nothing else: the memory is
// charged already. A buffer counts once.
func (g *Grant) Adopt(buffer *Buffer) {
	b := g.account.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if buffer.grant == g || g.closed {
		return
	}
	if _, ok := g.adopted[buffer]; ok {
		return
	}
	if g.adopted == nil {
		g.adopted = make(map[*Buffer]struct{})
	}
	g.adopted[buffer] = struct{}{}
	buffer.adopters = append(buffer.adopters, g)
	g.used += buffer.size
	g.account.inUse += buffer.size
	g.peak = max(g.peak, g.used)
	if Invariants && g.used > g.bound {
		panic(fmt.Sprintf("P3: a task pins %d bytes, its bound is %d bytes", g.used, g.bound))
	}
}

// Disown stops counting buffer, which the grant allocated or adopted: it stays
// alive, and from now on the budget's reclaim function or another grant answers
// for it.
func (g *Grant) Disown(buffer *Buffer) {
	b := g.account.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if buffer.grant == g {
		g.uncharge(buffer.size)
		buffer.grant = nil
		return
	}
	g.forsake(buffer)
	buffer.leave(g)
}

// leave takes a grant off those that count the buffer.
func (b *Buffer) leave(g *Grant) {
	b.adopters = slices.DeleteFunc(b.adopters, func(other *Grant) bool { return other == g })
}

// forsake undoes Adopt, on the grant's side.
func (g *Grant) forsake(buffer *Buffer) {
	if _, ok := g.adopted[buffer]; ok {
		delete(g.adopted, buffer)
		g.uncharge(buffer.size)
	}
}

// Peak is the most bytes that the grant held at once.
func (g *Grant) Peak() int64 {
	g.account.budget.mu.Lock()
	defer g.account.budget.mu.Unlock()
	return g.peak
}

// Close gives the bound back. Buffers stay alive until they are freed, but
// count against the grant no more: from now on the budget's reclaim function
// answers for them.
func (g *Grant) Close() {
	b := g.account.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if g.closed {
		return
	}
	for buffer := range g.adopted {
		buffer.leave(g)
	}
	g.account.inUse -= g.used
	g.closed, g.adopted = true, nil
	g.account.change(func() { g.account.granted -= g.bound })
}

// Scratch is scratch memory of at most limit bytes. It takes a buffer of limit
// bytes from Alloc at the first Take and frees it at Release, so that a task
// counts ClassSize(limit) for it. Where limit is a class size to the byte and
// takes are no multiples of 8, aligning them can need a second buffer.
func (g *Grant) Scratch(limit int64) *Scratch {
	return &Scratch{limit: limit, grant: g}
}
