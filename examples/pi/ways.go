package main

import (
	"context"
	"math/rand/v2"

	"gabion/array"
	"gabion/scheduler"
)

// batch is points with a random generator of their own, so that it does not
// matter who counts them, nor when.
type batch struct {
	number uint64
	points int
}

// cut is points in batches of a million.
func cut(points int) []batch {
	const most = 1_000_000
	var batches []batch
	for from := 0; from < points; from += most {
		batches = append(batches, batch{uint64(len(batches)), min(most, points-from)})
	}
	return batches
}

const seed = 20240229

// hits is how many points of the batch are in the quarter of a circle.
func (b batch) hits() int64 {
	random := rand.New(rand.NewPCG(seed, b.number))
	var hits int64
	for range b.points {
		x, y := random.Float64(), random.Float64()
		if float64(x*x)+float64(y*y) < 1 { // rounded alike on every processor
			hits++
		}
	}
	return hits
}

// byMap maps batches to their hits.
func byMap(ctx context.Context, batches []batch) (int64, error) {
	counts, err := scheduler.Map(ctx, batches, func(_ context.Context, b batch) (int64, error) { return b.hits(), nil })
	var hits int64
	for _, n := range counts {
		hits += n
	}
	return hits, err
}

// byFutures submits batches one by one and adds up their hits as they come.
func byFutures(ctx context.Context, batches []batch) (int64, error) {
	futures := make([]*scheduler.Future[int64], len(batches))
	for i, b := range batches {
		futures[i] = scheduler.Submit(ctx, func(context.Context) (int64, error) { return b.hits(), nil })
	}
	var hits int64
	for _, f := range scheduler.AsCompleted(ctx, futures) {
		n, err := f.Result(ctx)
		if err != nil {
			return 0, err
		}
		hits += n
	}
	return hits, nil
}

// expression is how many points are in the quarter of a circle, as an array of
// one element.
func expression(points int) array.Array {
	random := array.NewGenerator(seed)
	x, y := random.Random([]int{points}), random.Random([]int{points})
	return x.Mul(x).Add(y.Mul(y)).Lt(array.Const(1)).Sum()
}
