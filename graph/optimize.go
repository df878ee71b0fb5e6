package graph

// Graph is the results that are wanted, with everything they are made from.
type Graph struct{ Outputs []Ref }
