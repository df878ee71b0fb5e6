"""Makes tables.go: python internal/kernel/tables.py | gofmt > internal/kernel/tables.go

Needs mpmath. Everything is computed in 400 bits and rounded to float64 once.
Polynomials interpolate at the nodes of Chebyshev, which is within a fraction of
a bit of the best polynomial; beside each is the largest error that it has with
its rounded coefficients, relative to the function that it is a part of.
"""
import struct

from mpmath import mp, mpf, chebyfit, polyval

mp.prec = 400


def hexadecimal(x):
    """x, which is a float64, as Go writes it without loss."""
    return "0" if x == 0 else float(x).hex().replace("0x1.0000000000000p", "0x1p").replace("p+", "p")


def split(x, bits=53):
    """x as a float64 of so many bits and the rest as another."""
    x = mpf(x)
    if x == 0:
        return mpf(0), mpf(0)
    with mp.workprec(bits):
        high = +x
    return high, mpf(float(x - high))


def on_grid(x, exponent):
    """x as a multiple of 2**exponent and the rest."""
    high = mp.nint(mpf(x) / mpf(2) ** exponent) * mpf(2) ** exponent
    return high, mpf(float(mpf(x) - high))


def polynomial(name, what, g, low, high, n, weight):
    """g on [low, high] by n coefficients, those of the lowest powers first."""
    coefficients = [mpf(float(c)) for c in chebyfit(g, [mpf(low), mpf(high)], n)]
    worst = max(abs((polyval(coefficients, z) - g(z)) * weight(z)) for z in mp.linspace(mpf(low), mpf(high), 3000))
    print(f"\n// {name}: {what}, within 2^{mp.nstr(mp.log(worst, 2), 3)}.")
    print(f"var {name} = [...]float64{{")
    for c in coefficients[::-1]:
        print(f"\t{hexadecimal(c)},")
    print("}")


def even(f):
    """f of the square of a number, as a function of the number's square; its limit at 0 is taken from next to it."""
    return lambda z: f(mp.sqrt(max(z, mpf(10) ** -20)))


def constants():
    ln2, pi = mp.log(2), mp.pi
    pairs = []
    high, low = split(ln2 / 128, 35)
    pairs += [("ln2By128High", high, "ln(2)/128 of 35 bits, so that 18 bits of multiples are exact"), ("ln2By128Low", low, "")]
    high, low = on_grid(ln2, -42)
    pairs += [("ln2High", high, "ln(2) in multiples of 2^-42"), ("ln2Low", low, "")]
    for name, x, what in [("piHalf", pi / 2, "pi/2"), ("pi", pi, "pi"), ("log2E", 1 / ln2, "1/ln(2)"), ("log10E", 1 / mp.log(10), "1/ln(10)"),
                          ("ln2Of53", ln2, "ln(2) of 53 bits")]:
        high, low = split(x)
        pairs += [(name + "High", high, what), (name + "Low", low, "")]
    high, low = split(mp.log10(2), 40)
    pairs += [("log10Of2High", high, "log10(2) of 40 bits"), ("log10Of2Low", low, "")]
    high, low = split(pi / 2)
    pairs += [("piHalfLowest", pi / 2 - high - low, "")]
    high, low = split(pi / 2, 33)
    pairs += [("piHalf33High", high, "pi/2 of 33 bits, so that 20 bits of multiples are exact"), ("piHalf33Low", low, "")]
    print("\n// Constants whose names end in High and Low are one number in two parts.\nconst (")
    for name, x, what in pairs:
        print(f"\t{name} = {hexadecimal(mpf(float(x)))}" + (f" // {what}" if what else ""))
    print(")")


def exp_table():
    print("\n// expTable: 2^(i/128) as the bits of a float64, and what that lacks of it, as a part of it.")
    print("var expTable = [128]struct {\n\tbits uint64\n\ttail float64\n}{")
    for i in range(128):
        x = mpf(2) ** (mpf(i) / 128)
        high, low = split(x)
        bits, = struct.unpack("<Q", struct.pack("<d", float(high)))
        print(f"\t{{{bits:#018x}, {hexadecimal(mpf(float((x - high) / high)))}}},")
    print("}")


def log_table():
    print("\n// logTable: for the numbers z from 0.6875 to 1.375 in 128 parts, of which those on both sides of 1 are")
    print("// the same, a float64 near 1/z and minus its logarithm, in multiples of 2^-42 and the rest.")
    print("var logTable = [128]struct{ inverse, high, low float64 }{")
    for i in range(128):
        low, width = (mpf(11) / 16 + mpf(i) / 256, mpf(1) / 256)
        if low >= 1:
            low, width = 1 + mpf(i - 80) / 128, mpf(1) / 128
        inverse = mpf(float(1 / (low + width / 2)))
        if i in (79, 80):
            inverse = mpf(1)
        high, rest = on_grid(-mp.log(inverse), -42)
        print(f"\t{{{hexadecimal(inverse)}, {hexadecimal(high)}, {hexadecimal(rest)}}},")
    print("}")


def atan_table():
    print("\n// atanTable: the arc tangent of i/32 in two parts.")
    print("var atanTable = [64]double{ // of which 33 are used, so that no index is out of range")
    for i in range(33):
        high, low = split(mp.atan(mpf(i) / 32))
        print(f"\t{{{hexadecimal(high)}, {hexadecimal(low)}}},")
    print("}")


def two_over_pi():
    print("\n// twoOverPi: the bits of 2/pi from 64 in front of the point.")
    print("var twoOverPi = [...]uint64{\n\t0,")
    with mp.workprec(2000):
        bits = int(mp.floor(2 / mp.pi * mpf(2) ** (20 * 64)))
    words = [f"{bits >> (64 * (19 - i)) & (2**64 - 1):#018x}" for i in range(20)]
    for i in range(0, 20, 4):
        print("\t" + ", ".join(words[i:i + 4]) + ",")
    print("}")


def polynomials():
    edge = (mp.pi / 4) ** 2 * mpf("1.002")
    polynomial("sinTail", "(sin(x)/x - 1)/x^2 of z = x^2 to (pi/4)^2", even(lambda x: (mp.sin(x) / x - 1) / x**2), 0, edge, 7, lambda z: z)
    polynomial("cosTail", "(cos(x) - 1 + x^2/2)/x^4 of z = x^2 to (pi/4)^2", even(lambda x: (mp.cos(x) - 1 + x**2 / 2) / x**4), 0, edge, 7, lambda z: z * z)
    polynomial("asinTail", "(asin(x)/x - 1)/x^2 of z = x^2 to 1/4", even(lambda x: (mp.asin(x) / x - 1) / x**2), 0, mpf("0.2501"), 13, lambda z: z)
    polynomial("atanTail", "(atan(x)/x - 1)/x^2 of z = x^2 to 1/15^2", even(lambda x: (mp.atan(x) / x - 1) / x**2), 0, mpf(1) / 15**2, 6, lambda z: z)
    polynomial("sinhTail", "(sinh(x)/x - 1)/x^2 of z = x^2 to 1/4", even(lambda x: (mp.sinh(x) / x - 1) / x**2), 0, mpf("0.2501"), 6, lambda z: z)
    polynomial("coshTail", "(cosh(x) - 1 - x^2/2)/x^4 of z = x^2 to 1/4", even(lambda x: (mp.cosh(x) - 1 - x**2 / 2) / x**4), 0, mpf("0.2501"), 5, lambda z: z * z)
    polynomial("cbrtGuess", "cbrt(m) of m from 1 to 2", mp.cbrt, 1, 2, 4, lambda m: 1)
    near0 = lambda f: lambda r: f(r if abs(r) > mpf(10) ** -20 else mpf(10) ** -20)
    width = mp.log(2) / 256 * mpf("1.01")
    polynomial("expTail", "(exp(r) - 1 - r)/r^2 of |r| to ln(2)/256", near0(lambda r: (mp.expm1(r) - r) / r**2), -width, width, 5, lambda r: r * r)
    polynomial("logTail", "(log1p(r) - r + r^2/2)/r^3 of r from -1/256 to 1/128", near0(lambda r: (mp.log1p(r) - r + r**2 / 2) / r**3),
               -mpf("1.01") / 256, mpf("1.01") / 128, 6, lambda r: r * r)


print("// Code generated by tables.py; DO NOT EDIT.\n\npackage kernel")
constants()
polynomials()
exp_table()
log_table()
atan_table()
two_over_pi()
