package op

// The operations that make arrays, and those that call a user's function.
const (
	Read     Name = "read"
	Full     Name = "full"
	Arange   Name = "arange"
	MapBlock Name = "map_blocks"
)

// Random numbers, which depend on the seed, the stream and the element's index.
const (
	RandomUniform     Name = "random_uniform"
	RandomNormal      Name = "random_normal"
	RandomExponential Name = "random_exponential"
	RandomGamma       Name = "random_gamma"
	RandomBeta        Name = "random_beta"
	RandomIntegers    Name = "random_integers"
	RandomBinomial    Name = "random_binomial"
	RandomPoisson     Name = "random_poisson"
	RandomChoice      Name = "random_choice"
	RandomPermutation Name = "random_permutation"
)

var inputs = []Op{
	{Name: Read, Class: Input, Doc: "the elements of a source"},
	{Name: Full, Class: Input, Cheap: true, Doc: "one value everywhere"},
	{Name: Arange, Class: Input, Cheap: true, Doc: "start + i*step"},
	{Name: RandomUniform, Class: Input, Random: true, Params: drawn(Param{Name: "low", Kind: Float}, Param{Name: "high", Kind: Float}),
		Doc: "uniformly distributed random numbers in [low, high)"},
	{Name: RandomNormal, Class: Input, Random: true, Params: drawn(Param{Name: "loc", Kind: Float}, Param{Name: "scale", Kind: Float}),
		Doc: "normally distributed random numbers of a mean and a standard deviation"},
	{Name: RandomExponential, Class: Input, Random: true, Params: drawn(Param{Name: "scale", Kind: Float}),
		Doc: "exponentially distributed random numbers of a mean"},
	{Name: RandomGamma, Class: Input, Random: true, Params: drawn(Param{Name: "shape", Kind: Float}, Param{Name: "scale", Kind: Float}),
		Doc: "random numbers of the gamma distribution"},
	{Name: RandomBeta, Class: Input, Random: true, Params: drawn(Param{Name: "a", Kind: Float}, Param{Name: "b", Kind: Float}),
		Doc: "random numbers of the beta distribution"},
	{Name: RandomIntegers, Class: Input, Random: true, Params: drawn(Param{Name: "low", Kind: Int}, Param{Name: "high", Kind: Int},
		Param{Name: "endpoint", Kind: Bool, Optional: true}), Doc: "random integers of a range, all equally likely"},
	{Name: RandomBinomial, Class: Input, Random: true, Params: drawn(Param{Name: "n", Kind: Int}, Param{Name: "p", Kind: Float}),
		Doc: "random numbers of successes in n trials of probability p"},
	{Name: RandomPoisson, Class: Input, Random: true, Params: drawn(Param{Name: "lam", Kind: Float}),
		Doc: "random numbers of events of which lam are expected"},
	{Name: RandomChoice, Class: Input, Random: true, Params: drawn(Param{Name: "a", Kind: Int}, Param{Name: "replace", Kind: Bool, Optional: true},
		Param{Name: "p", Kind: Numbers, Optional: true}), Doc: "random indices below a, with or without replacement"},
	{Name: RandomPermutation, Class: Input, Random: true, Params: []Param{{Name: "x", Kind: Int}}, Doc: "the indices below x in random order"},
	{Name: MapBlock, Class: Function, Arity: -1, Doc: "a user's function of whole blocks"},
}

// drawn is the parameters of a distribution and how many numbers are drawn.
func drawn(params ...Param) []Param { return append(params, Param{Name: "size", Kind: Ints}) }
