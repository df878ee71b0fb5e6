"""Compares Gabion with NumPy on random expressions: python bench/interop/expr_check.py, from the root of the repository.

Needs go and NumPy 2. Every case is a function of its seed and number; a failure
prints how to run it alone, and the smallest part of the expression that fails.

What is compared, and what is not:

- Types and shapes exactly; what NumPy refuses Gabion refuses, with an error of the
  same kind unless it is about the text of the expression, and the other way.
- Bits of integers, bools, casts, comparisons, + - * / // %, sqrt, where, rounding,
  clip, bitwise operations and the like, and of sums and means of whole numbers
  that need no rounding. Any NaN equals any; which sign it has is not compared.
- Functions such as exp, sin, pow and |complex| within one unit in the last place
  of a more precise result, logaddexp within 2^-60 of its operands more, which
  shows where they nearly cancel. Complex functions within 8 roundings of the
  result's size, pow 400, where neither operands nor results are huge, tiny or
  special: those are compared by TestComplexSpecials in internal/kernel.
- Sums and means within 8 roundings of the sum of the magnitudes, var and std
  within what 8 roundings of the elements and their mean do, and so moments;
  averages within 32 roundings of the sums of products and of weights.
- Products within a rounding for each factor, complex ones within 8, apart from
  zeros and infinities of complex numbers.

Differences that are meant:

- astype of floats beyond an integer type's range gives its nearest number, NaN
  gives 0; NumPy leaves both to the processor.
- The sign of the zero that minimum, maximum, min, max and sums of zeros give is
  not specified, nor which NaN a complex minimum or maximum gives.
- argmin, nanmin and their like along an axis without elements have an empty
  result where another axis has none, as min has; NumPy refuses.
- nanargmin of NaN and infinity finds the infinity; NumPy, which puts infinity in
  the place of NaN, may find the NaN.
- Products do not overflow on the way. Averages are computed in float64; weights
  that sum to 0 give NaN or infinity, NumPy refuses them.
- allclose of float16 and a constant takes the bound in float64; in NumPy's
  float16 it may be infinite.
- A mean with an integer or bool as its dtype is refused; NumPy cuts it off.
- pow(-inf, 0.5) is inf as in C; NumPy takes the square root where the power is a
  constant.
- A complex mean of infinities divides each part alone; NumPy's is NaN.
- where refuses a constant integer that the result's type does not hold, which
  NumPy's where alone lets wrap; 2**63 beside other types than uint64, which NumPy
  refuses, is not tried, nor lengths below -1, which its reshape takes for -1.
- diff of order 0 looks at its axis.
- round makes tens of integers exactly, where NumPy goes through float64;
  reciprocal of an integer 0 is 0, which NumPy leaves to the processor.
- clip with a constant beyond the type of the array, and another bound of another
  type, is minimum(maximum(x, low), high) in the common type; NumPy leaves the
  constant out. Of complex numbers NumPy's clip looks at the real part of NaN alone.
- complex(a, b) has no like in NumPy, and is compared with an array whose parts
  are set.
- A range of bools is refused, of which NumPy has those of two elements; indices of
  bools tell 0 from the others at any length, empty and empty_like are zeros.
- Integers of linspace beyond their type are as astype has them; steps of ranges of
  integers that are no whole numbers are not tried, as NumPy rounds them first.
- Arithmetic of constants alone is done in 64 bits; Python's integers grow.
- einsum sums an operand over what only it has before multiplying, so that
  infinity times a sum with zeros is not NaN.
"""
import argparse
import json
import select
import subprocess
import sys
import time
import warnings

import numpy as np

import expr_reference as ref
from expr_cases import Case, without_input

PATIENCE = 120  # seconds for one answer


class Server:
    """The process that evaluates expressions with Gabion."""

    def __init__(self, binary):
        self.command = [binary] if binary else ["go", "run", "./bench/interop/exprserve"]
        self.process = None

    def ask(self, values, inputs, engine):
        """The answer's head and its arrays."""
        if self.process is None:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        texts = [v.text for v in values]
        used = [i for i in inputs if not all(without_input(t, i.text) for t in texts)]
        head = {"texts": texts, **engine, "inputs": [
            {"name": i.text, "dtype": str(i.v.dtype), "chunks": i.chunks, "names": i.names, "waits": i.waits, "once": i.once} for i in used]}
        data = b"".join([json.dumps(head).encode(), b"\n"] + [np.ascontiguousarray(i.v).tobytes() for i in used])
        try:
            self.process.stdin.write(data)
            self.process.stdin.flush()
            return self.read()
        except (BrokenPipeError, EOFError, TimeoutError) as e:
            self.close()
            return {"error": "", "broken": f"the server broke down: {e!r}"}, []

    def read(self):
        out = self.process.stdout
        if not select.select([out], [], [], PATIENCE)[0]:
            raise TimeoutError(f"no answer for {PATIENCE} seconds")
        line = out.readline()
        if not line:
            raise EOFError("no answer")
        head = json.loads(line)
        arrays = []
        for r in head["results"] or []:
            data = out.read(r["bytes"])
            arrays.append(np.frombuffer(data, r["dtype"]).reshape(r["shape"]))
        return head, arrays

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def problem(server, values, case, head_out=None):
    """What is wrong with Gabion's results of values, in words; None if nothing is."""
    head, arrays = server.ask(values, case.inputs, case.engine)
    if head_out is not None:
        head_out.update(head)
    if head.get("broken"):
        return head["broken"]
    refusal = next((v.refusal for v in values if v.refusal is not None), None)
    if refusal is not None:
        if not head["error"]:
            return f"not refused; NumPy: {refusal!r}"
        if head["kind"] and not ref.same_kind(refusal, head["kind"]):
            return f"refused as {head['kind']}: {head['error']}; NumPy: {refusal!r}"
        return None
    if head["error"]:
        return "error: " + head["error"].split("\n\n")[0]
    for v, got in zip(values, arrays):
        wrong = ref.difference(got, np.asarray(v.v), v.tol)
        if wrong:
            return f"{v.text}: {wrong}" if len(values) > 1 else wrong
    return None


def smallest(server, value, case):
    """The smallest part of a wrong value that is wrong by itself, and what is wrong with it."""
    for part in value.parts:
        found = smallest(server, part, case)
        if found:
            return found
    wrong = problem(server, [value], case)
    return (value, wrong) if wrong else None


def report(server, case, wrong, seed, number):
    print(f"\ncase {number} is wrong: {wrong}")
    for v in case.roots:
        print("  expression:", v.text)
    print("  engine:", case.engine)
    found = next(filter(None, (smallest(server, v, case) for v in case.roots)), None)
    texts = [v.text for v in case.roots]
    if found:
        texts = [found[0].text]
        print("  smallest wrong part:", found[0].text)
        print("   ", found[1])
    for i in case.inputs:
        if not all(without_input(t, i.text) for t in texts):
            values = repr(i.v.tolist()) if i.v.size <= 40 else "…"
            print(f"  {i.text}: {i.v.dtype}, shape {i.v.shape}, chunks {i.chunks}, waits {i.waits}, once {i.once}: {values}")
    print(f"  again: python bench/interop/expr_check.py --seed {seed} --only {number}")
    sys.stdout.flush()


def main():
    options = argparse.ArgumentParser(description="Compare Gabion with NumPy on random expressions.")
    options.add_argument("--cases", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", type=int, help="the number of one case")
    options.add_argument("--failures", type=int, default=5, help="wrong cases after which to stop")
    options.add_argument("--server", help="the program to run, built from exprserve; go run if not given")
    args = options.parse_args()
    np.seterr(all="ignore")
    warnings.simplefilter("ignore")
    server, began = Server(args.server), time.monotonic()
    numbers = range(args.cases) if args.only is None else [args.only]
    wrong_cases = refused = spilled = 0
    try:
        for number in numbers:
            case = Case(f"{args.seed}:{number}")
            head = {}
            wrong = problem(server, case.roots, case, head)
            refused += bool(head.get("error"))
            spilled += head.get("spilled", 0) > 0
            if wrong:
                wrong_cases += 1
                report(server, case, wrong, args.seed, number)
                if wrong_cases >= args.failures:
                    break
    finally:
        server.close()
    print(f"{len(numbers)} cases of seed {args.seed} against NumPy {np.__version__} in {time.monotonic() - began:.0f} s: "
          f"{wrong_cases} wrong; {refused} refused by both, {spilled} with spilled blocks")
    return 1 if wrong_cases else 0


if __name__ == "__main__":
    sys.exit(main())
