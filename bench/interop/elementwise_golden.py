"""Writes what NumPy says of elementwise operations, for the tests in Go: python bench/interop/elementwise_golden.py, from the root of the repository.

array/testdata/elementwise_types.txt: the element types of results, one
operation after the other. A table of one operand has one line, of two operands
a line for each type of the first; columns are the types in the order of the
line at the top. Under "literals" are the types with a literal beside each type,
as the second operand and, if it differs, as the first. In the place of a type
stand "type" and "over" where NumPy refuses with a TypeError or an OverflowError,
"value" with a ValueError.

internal/kernel/testdata/complex_specials.txt: values of complex128 functions at
zeros, infinities, NaN and numbers in between, as the C library has them that
NumPy calls. Parts are hexadecimal floats.
"""
import itertools
import warnings

import numpy as np

DTYPES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()
LITERALS = {"true": True, "2": 2, "300": 300, "-1": -1, "2.5": 2.5, "2i": 2j}

UNARY = """abs acos acosh asin asinh atan atanh bitwise_invert cbrt ceil conj cos cosh deg2rad exp exp2 expm1 floor imag isfinite isinf isnan isneginf
isposinf log log10 log1p log2 logical_not nan_to_num negative positive rad2deg real reciprocal rint round sign signbit sin sinh sqrt square tan tanh
trunc""".split()
BINARY = """add atan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor clip copysign divide equal floor_divide fmax fmin fmod
greater greater_equal hypot isclose less less_equal logaddexp logaddexp2 logical_and logical_or logical_xor maximum minimum multiply nextafter
not_equal pow remainder subtract where""".split()

COMPLEX = """acos acosh asin asinh atan atanh cos cosh exp log log10 log2 reciprocal sign sin sinh sqrt tan tanh""".split()
PARTS = [-np.inf, -2.0, -0.5, -0.0, 0.0, 1.0, np.inf, np.nan]


def function(name):
    if name == "clip":
        return lambda x, bound: np.clip(x, bound, bound)
    if name == "where":
        return lambda a, b: np.where(True, a, b)
    return getattr(np, name)


def result_type(name, *operands):
    try:
        return str(np.asarray(function(name)(*operands)).dtype)
    except TypeError:
        return "type"
    except OverflowError:
        return "over"
    except ValueError:
        return "value"


def types():
    ones = [np.ones(2, d) for d in DTYPES]
    yield "types " + " ".join(DTYPES)
    for name in UNARY:
        yield f"one {name}"
        yield " ".join(result_type(name, x) for x in ones)
    for name in BINARY:
        yield f"two {name}"
        for x in ones:
            yield " ".join(result_type(name, x, y) for y in ones)
    for name in BINARY:
        if name == "where":
            continue  # lets integers wrap that do not fit, unlike all others
        yield f"literals {name}"
        for text, v in LITERALS.items():
            second = [result_type(name, x, v) for x in ones]
            yield f"{text} second " + " ".join(second)
            if name != "clip":  # of which the first is an array
                first = [result_type(name, v, x) for x in ones]
                if first != second:
                    yield f"{text} first " + " ".join(first)


def hexadecimal(x):
    return float(x).hex() if np.isfinite(x) else str(float(x))


def complex_specials():
    for name in COMPLEX:
        for x, y in itertools.product(PARTS, PARTS):
            v = complex(getattr(np, name)(np.array([complex(x, y)]))[0])
            yield f"{name} {hexadecimal(x)} {hexadecimal(y)} {hexadecimal(v.real)} {hexadecimal(v.imag)}"


def write(path, lines):
    with open(path, "w", encoding="ascii") as f:
        f.write(f"# NumPy {np.__version__}: bench/interop/elementwise_golden.py\n")
        f.writelines(line + "\n" for line in lines)


if __name__ == "__main__":
    np.seterr(all="ignore")
    warnings.simplefilter("ignore")
    write("array/testdata/elementwise_types.txt", types())
    write("internal/kernel/testdata/complex_specials.txt", complex_specials())
