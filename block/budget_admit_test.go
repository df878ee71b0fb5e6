package block_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	. "gabion/block"
)

func TestAdmitRefusesWhatNeverFits(t *testing.T) {
	b := NewBudget(mib)
	_, err := b.Admit(context.Background(), mib+1)
	require.ErrorContains(t, err, "1048577 bytes does not fit")
	_, err = b.Admit(context.Background(), -1)
	require.Error(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = b.Admit(ctx, 1)
	require.ErrorIs(t, err, context.Canceled)
}

func TestTryAdmit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(100)
		first := admit(t, b, 60)
		_, ok := b.TryAdmit(41, true)
		require.False(t, ok)
		go func() { admit(t, b, 50).Close() }()
		synctest.Wait() // it waits for first
		_, ok = b.TryAdmit(40, false)
		require.False(t, ok, "others came before")
		second, ok := b.TryAdmit(40, true)
		require.True(t, ok)
		require.EqualValues(t, 100, b.Committed())
		second.Close()
		require.EqualValues(t, 60, b.Committed())
		_, ok = b.TryAdmit(-1, true)
		require.False(t, ok)
		first.Close()
		synctest.Wait()
		third, ok := b.TryAdmit(100, false)
		require.True(t, ok)
		third.Close()
		closeEmpty(t, b)
		_, ok = b.TryAdmit(1, true)
		require.False(t, ok)
	})
}

func TestAdmitIsFirstComeFirstServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(100)
		first := admit(t, b, 60)
		var order []string
		var mu sync.Mutex
		accounts := map[string]*Account{}
		enter := func(ctx context.Context, name string, need int64) {
			go func() {
				a, err := b.Admit(ctx, need)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					name += " " + err.Error()
				}
				order = append(order, name)
				accounts[name] = a
			}()
			synctest.Wait()
		}
		ctx, cancel := context.WithCancel(context.Background())
		enter(context.Background(), "big", 80)
		enter(ctx, "given up", 100)
		enter(context.Background(), "small", 20) // fits, but came later
		require.Empty(t, order)
		require.Equal(t, 3, b.Waiting())

		cancel()
		synctest.Wait()
		require.Equal(t, []string{"given up context canceled"}, order)
		first.Close()
		synctest.Wait()
		require.ElementsMatch(t, []string{"big", "small"}, order[1:])
		require.EqualValues(t, 100, b.Committed())
		accounts["big"].Close()
		accounts["small"].Close()
		require.Zero(t, b.Committed())

		// Giving up at the head lets in those behind.
		hold := admit(t, b, 60)
		ctx, cancel = context.WithCancel(context.Background())
		enter(ctx, "head", 80)
		enter(context.Background(), "behind", 40)
		require.Len(t, order, 3)
		cancel()
		synctest.Wait()
		require.Contains(t, order, "behind")
		enter(context.Background(), "closing", 80)
		require.NoError(t, b.Close())
		synctest.Wait()
		require.Contains(t, order, "closing the memory budget is closed")
		hold.Close()
		accounts["behind"].Close()
	})
}

func TestGrantsAndCommitments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(100)
		a := admit(t, b, 40)
		g1, ok := a.Grant(30)
		require.True(t, ok)
		require.EqualValues(t, 40, b.Committed(), "within the working set")
		g2, ok := a.Grant(50)
		require.True(t, ok)
		require.EqualValues(t, 80, b.Committed(), "beyond it")
		_, ok = a.Grant(21)
		require.False(t, ok)
		_, ok = a.Grant(-1)
		require.False(t, ok)

		var late *Account
		go func() { late, _ = b.Admit(context.Background(), 50) }()
		synctest.Wait()
		require.Equal(t, 1, b.Waiting())
		_, ok = a.Grant(1)
		require.False(t, ok, "would keep the waiting plan out")
		g2.Close()
		require.EqualValues(t, 40, b.Committed()-50, "the waiting plan came in")
		synctest.Wait()
		g3, ok := a.Grant(10)
		require.True(t, ok, "the working set is always there")
		_, ok = a.Grant(11)
		require.False(t, ok)

		a.Close()
		_, ok = a.Grant(0)
		require.False(t, ok)
		require.EqualValues(t, 30+10+50, b.Committed(), "open grants stay committed")
		g1.Close()
		g3.Close()
		late.Close()
		require.Zero(t, b.Committed())
	})
}

// TestHammer runs many plans of many tasks on one small budget. Each task pins
// some of the blocks that are alive, allocates, and leaves a block behind that
// may be dropped. Everything fits by its bounds, so nothing may fail.
func TestHammer(t *testing.T) {
	for _, limit := range []int64{256 * kib, mib, 8 * mib} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) { hammer(t, limit) })
	}
}

// idleBlocks is what a scheduler keeps: live blocks, some of them pinned.
type idleBlocks struct {
	mu     sync.Mutex
	blocks map[*Buffer]int // pins
}

func (p *idleBlocks) add(b *Buffer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.blocks[b] = 0
}

func (p *idleBlocks) pin(most int64) *Buffer {
	p.mu.Lock()
	defer p.mu.Unlock()
	for b := range p.blocks {
		if b.Size() <= most {
			p.blocks[b]++
			return b
		}
	}
	return nil
}

func (p *idleBlocks) unpin(b *Buffer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.blocks[b]--
}

func (p *idleBlocks) reclaim(need int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for b, pins := range p.blocks {
		if pins == 0 && need > 0 {
			need -= b.Size()
			delete(p.blocks, b)
			b.Free()
		}
	}
	if need > 0 {
		return errors.New("everything left is pinned")
	}
	return nil
}

func hammer(t *testing.T, limit int64) {
	b := NewBudget(limit)
	idle := &idleBlocks{blocks: map[*Buffer]int{}}
	var reclaims atomic.Int64
	b.SetReclaim(func(need int64) error {
		reclaims.Add(1)
		return idle.reclaim(need)
	})
	var failed atomic.Pointer[error]
	fail := func(err error) { failed.CompareAndSwap(nil, &err) }
	var wg sync.WaitGroup
	for worker := range 24 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(limit), uint64(worker)))
			for range 20 {
				a, err := b.Admit(context.Background(), limit/8+r.Int64N(limit/4))
				if err != nil {
					fail(err)
					return
				}
				for range 20 {
					if err := task(b, a, idle, r, limit); err != nil {
						fail(err)
					}
				}
				a.Close()
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		t.Fatal(*err)
	}
	require.Positive(t, reclaims.Load())
	require.Zero(t, b.Committed())
	require.LessOrEqual(t, b.Peak(), limit)
	for buffer, pins := range idle.blocks {
		require.Zero(t, pins)
		buffer.Free()
	}
	closeEmpty(t, b)
}

func task(b *Budget, a *Account, idle *idleBlocks, r *rand.Rand, limit int64) error {
	bound := limit/16 + r.Int64N(limit/16)
	g, ok := a.Grant(bound)
	if !ok {
		return fmt.Errorf("a grant of %d within the working set was refused", bound)
	}
	pinned := idle.pin(bound / 3)
	if pinned != nil {
		g.Adopt(pinned)
		bound -= pinned.Size()
		mem := pinned.Bytes()
		if mem[0] != mem[len(mem)-1] {
			return fmt.Errorf("a block changed: %x and %x", mem[0], mem[len(mem)-1])
		}
	}
	var own []*Buffer
	defer func() {
		for i, buffer := range own {
			if i == 0 {
				idle.add(buffer)
				continue
			}
			buffer.Free()
		}
		if used, committed := b.Used(), b.Committed(); used > limit || committed > limit {
			panic(fmt.Sprintf("used %d, committed %d, limit %d", used, committed, limit))
		}
		if pinned != nil {
			idle.unpin(pinned)
		}
		g.Close() // what it answered for is within reach of reclaim by now
	}()
	for {
		n := 1 + r.IntN(1<<r.IntN(18))
		if ClassSize(n) > bound {
			return nil
		}
		buffer, err := g.Alloc(n)
		if err != nil {
			return err
		}
		bound -= buffer.Size()
		mem := buffer.Bytes()
		mem[0], mem[n-1] = byte(n), byte(n)
		own = append(own, buffer)
	}
}
