package kernel

// logaddexp is log(exp(x) + exp(y)), without overflow on the way.
func logaddexp(x, y float64) float64 {
	greater, less := max(x, y), min(x, y)
	switch {
	case greater != greater:
		return greater
	case greater == less: // also infinities of one sign
		return sumOfLog(greater, double{ln2Of53High, ln2Of53Low})
	}
	d := sumOf(less, -greater)
	if !(d.high > -750) {
		return greater
	}
	e, k := expOfDouble(d)
	return sumOfLog(greater, log1pOfDouble(e.shifted(k)))
}

// logaddexp2 is log2(2^x + 2^y), without overflow on the way.
func logaddexp2(x, y float64) float64 {
	greater, less := max(x, y), min(x, y)
	switch {
	case greater != greater:
		return greater
	case greater == less:
		return greater + 1
	}
	d := sumOf(less, -greater)
	if !(d.high > -1080) {
		return greater
	}
	e, k := expOfDouble(d.times(double{ln2Of53High, ln2Of53Low}))
	return sumOfLog(greater, log1pOfDouble(e.shifted(k)).times(double{log2EHigh, log2ELow}))
}

// shifted is a times 2^k; it may be subnormal.
func (a double) shifted(k int) double {
	if k < -1000 {
		return double{a.scaled(k), 0}
	}
	return double{a.high * power2(k), a.low * power2(k)}
}

// sumOfLog is x and a logarithm, which may nearly cancel.
func sumOfLog(x float64, l double) float64 {
	sum := sumOf(x, l.high)
	if sum.high-sum.high != 0 {
		return sum.high
	}
	return sum.high + (sum.low + l.low)
}
