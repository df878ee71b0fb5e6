//go:build invariants || race

package block

// Invariants is true in builds with the tag invariants or the race detector:
// contracts are then checked where they are kept, and breaking one panics.
const Invariants = true
