"""Compares Gabion with NumPy over plan documents: python bench/interop/serve_check.py, from the root of the repository.

The random expressions of expr_check.py, and indexing (expr_indexing.py) in every
second case, are sent as documents to `gabion serve --stdio`, which answers all of
them from one process for each number of workers. What is compared, and which
differences are meant, is said there; here also that what NumPy refuses is refused
with an error of the same kind, and that types and shapes are what `meta` says. A
failure prints how to run its case alone; --jobs divides the cases over processes.

Then single steps on inputs of one type go through the table: every operation that
takes arrays has to be tried with every element type, and every one that has a
parameter dtype with every one there, which both compute or both refuse. What the
cases before have tried counts too.

Cumulative sums are within 8 roundings of the sum of the magnitudes so far,
products within one a factor, 8 of complex ones. More differences that are meant:

- The length of what a mask keeps is not known before it is computed: `meta` says
  null, and what needs the length is refused.
- compress takes arrays as masks that are as long as the axis or shorter; NumPy also
  longer ones that are false there, as compress takes lists.
- An array without axes has none to take, compress or add up along; NumPy gives it
  one. argwhere of it, windows of length 0 and topk of no elements are refused.
- Indices in a list are looked at always, those in an array where the result has
  elements; a value to pad with also where nothing is put.
- A mask meets no other mask, list or array of indices, of which the lengths would
  have to agree, but lists of one index; lists of bools do. Arrays of indices set
  nothing.
- Shapes of weights that do not fit are a ValueError, in NumPy a TypeError.
"""
import argparse
import itertools
import json
import os
import select
import struct
import subprocess
import sys
import tempfile
import time
import warnings
from concurrent.futures import ProcessPoolExecutor

import numpy as np

import expr_reference as ref
from expr_cases import Case, unknown
from expr_documents import ARRAYS, Document, by_name
from expr_indexing import IndexingCase

PATIENCE = 120  # seconds for one answer


class Server:
    """A process that answers documents."""

    def __init__(self, binary, workers):
        command = [binary, "serve", "--stdio", "--workers", str(workers), "--memory", "64MiB"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)

    def ask(self, document, outputs):
        """What meta says of outputs and of all nodes, and the answer of compute with its arrays. Both are asked at once: what meta says fits the pipe."""
        data = b""
        for verb, wanted in ("meta", [*outputs, *range(len(document.nodes))]), ("compute", outputs):
            text = json.dumps({"v": 1, "verb": verb, "outputs": wanted, "nodes": document.nodes}).encode()
            data += struct.pack("<I", len(text)) + text + b"".join(document.buffers)
        data = memoryview(data)
        while len(data):
            data = data[self.process.stdin.write(data):]
        said, answer = (json.loads(self.read(struct.unpack("<I", self.read(4))[0])) for _ in range(2))
        arrays = []
        for out in answer.get("outputs", []):
            size = np.dtype(out["dtype"]).itemsize * int(np.prod(out["shape"], dtype=object))
            arrays.append(np.frombuffer(self.read(size), out["dtype"]).reshape(out["shape"]))
        return said, answer, arrays

    def read(self, n):
        data = b""
        while len(data) < n:
            if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
                raise TimeoutError(f"no answer for {PATIENCE} seconds")
            part = self.process.stdout.read(n - len(data))
            if not part:
                raise EOFError(f"the server ended with status {self.process.wait()}")
            data += part
        return data

    def close(self):
        self.process.stdin.close()
        return self.process.wait(PATIENCE)


def problem(server, case, document, outputs):
    """What is wrong with the results of a case, in words; whether it was refused; and the types of the document's nodes, None where they are not known."""
    refusal = next((v.refusal for v in case.roots if v.refusal is not None), None)
    types = [n.get("dtype") for n in document.nodes]
    if isinstance(outputs, Exception):
        return (None if type(outputs) is type(refusal) else f"constants: {outputs!r}"), True, types
    said, answer, arrays = server.ask(document, outputs)
    said = said.get("outputs", [])
    types = [s["dtype"] for s in said[len(outputs):]] or types
    if "error" in answer and any(map(unknown, case.roots)) and any(word in answer["error"]["msg"] for word in ("?", "unknown", "resolve")):
        return None, True, types  # NumPy always knows lengths
    if refusal is not None:
        if "error" not in answer:
            return f"not refused; NumPy: {refusal!r}", True, types
        if not ref.same_kind(refusal, answer["error"]["kind"]):
            return f"refused as {answer['error']}; NumPy: {refusal!r}", True, types
        return None, True, types
    if "error" in answer:
        return f"error: {answer['error']}", False, types
    for v, got in zip(case.roots, arrays):
        wrong = ref.difference(got, np.asarray(v.v), v.tol)
        if wrong:
            return f"{v.text}: {wrong}", False, types
    if not agrees(said[:len(outputs)], answer["outputs"], any(map(unknown, case.roots))):
        return f"meta says {said[:len(outputs)]}, the result is {answer}", False, types
    return None, False, types


def agrees(said, answer, unknown):
    """Whether meta says what the outputs are, but for unknown lengths."""
    if not unknown:
        return said == answer
    return len(said) == len(answer) and all(
        s["dtype"] == a["dtype"] and len(s["shape"]) == len(a["shape"]) and all(m in (None, n) for m, n in zip(s["shape"], a["shape"]))
        for s, a in zip(said, answer))


# What every element type has to be tried for, by the kinds of parameters.
WHERE = dict.fromkeys(ARRAYS, "arrays") | {"element type": "dtypes"}

# Operations that are not compared here: NumPy knows no functions of Go. Nor are random numbers, which are others.
ELSEWHERE = {"map_blocks", "tree_reduce", "map_overlap", "apply_gufunc"}


def main():
    options = argparse.ArgumentParser(description="Compare Gabion with NumPy over plan documents.")
    options.add_argument("--cases", type=int, default=2000)
    options.add_argument("--steps", type=int, default=40_000, help="the most single steps to try for each element type")
    options.add_argument("--seed", type=int, default=2)
    options.add_argument("--only", help="one case, such as 7, or one step, such as int8:7")
    options.add_argument("--failures", type=int, default=5, help="wrong cases after which a process stops")
    options.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many processes share the work; as many as there are CPUs if not given")
    options.add_argument("--gabion", help="the command to run; built if not given")
    args = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if not args.gabion:
            args.gabion = os.path.join(folder, "gabion")
            subprocess.run(["go", "build", "-o", args.gabion, "./cmd/gabion"], check=True)
        return check(args)


def check(args):
    began = time.monotonic()
    operations = json.loads(subprocess.run([args.gabion, "ops", "--json"], check=True, capture_output=True).stdout)
    if args.jobs == 1 or args.only:
        shares = [Share(args, operations, 0)]
    else:
        with ProcessPoolExecutor(args.jobs) as pool:
            shares = list(pool.map(Share, [args] * args.jobs, [operations] * args.jobs, range(args.jobs)))
    cases, nodes, refusals, wrong = (sum(getattr(s, name) for s in shares) for name in ("cases", "nodes", "refusals", "wrong"))
    ended = [status for s in shares for status in s.ended]
    print(f"{cases} cases of seed {args.seed}, {nodes} nodes, against NumPy {np.__version__} over serve in {time.monotonic() - began:.0f} s: "
          f"{wrong} wrong; {refusals} refused by both; the servers ended with {ended}")
    missing = set().union(*(s.missing for s in shares)) if not wrong else ()
    for (name, where), types in itertools.groupby(sorted(missing), lambda wanted: wanted[:2]):
        print(f"{name} was never tried with {where} of {', '.join(d for *_, d in types)}")
    return 1 if wrong or missing or any(ended) else 0


class Share:
    """What a process finds: it runs a part of the cases, and the steps of some types."""

    def __init__(self, args, operations, number):
        np.seterr(all="ignore")
        warnings.simplefilter("ignore")
        self.args, self.rows = args, by_name(operations)
        self.cases = self.nodes = self.refusals = self.wrong = 0
        types = ref.DTYPES[number::args.jobs]
        compared = [row for row in operations if row["name"] not in ELSEWHERE and not row["name"].startswith("random_")]
        self.missing = {(row["name"], where, d) for row in compared for p in row["params"] for where in [WHERE.get(p["kind"])] if where for d in types}
        self.servers = {}
        if args.only or not args.steps:
            self.missing.clear()
        if args.only:
            self.run(args.only)
        else:
            for k in range(args.cases * number // args.jobs, args.cases * (number + 1) // args.jobs):
                if self.wrong < args.failures:
                    self.run(str(k))
            for k in range(args.steps):
                for d in sorted({d for *_, d in self.missing}) if self.wrong < args.failures else ():
                    self.run(f"{d}:{k}", only_new=True)
        self.ended = [server.close() for server in self.servers.values()]
        self.servers = self.args = self.rows = None  # which no other process can have

    def run(self, name, only_new=False):
        """Runs a case; or only if it tries what nothing did before."""
        d, step, k = name.rpartition(":")
        kind = IndexingCase if int(k) % (4 if step else 2) == 1 else Case  # of which the most operations are steps
        case = kind(f"{self.args.seed}:{name}", **({"types": [d], "steps": 1} if step else {}))
        document = Document(self.rows, case.inputs)
        try:
            outputs = [document.output(v.text) for v in case.roots]
        except (ZeroDivisionError, OverflowError, TypeError) as e:  # of constants, which are Python's
            outputs = e
        if only_new and not self.missing & tried(document, [n.get("dtype") for n in document.nodes]):
            return
        workers = case.engine["workers"]
        if workers not in self.servers:
            self.servers[workers] = Server(self.args.gabion, workers)
        try:
            wrong, refused, types = problem(self.servers[workers], case, document, outputs)
            self.missing -= tried(document, types)
        except (OSError, EOFError) as e:
            wrong, refused = f"the server broke down: {e!r}", False
            self.servers.pop(workers).process.kill()
        self.cases, self.refusals, self.nodes, self.wrong = self.cases + 1, self.refusals + refused, self.nodes + len(document.nodes), self.wrong + bool(wrong)
        if wrong:
            text = [f"\ncase {name} is wrong: {wrong}", *("  expression: " + v.text for v in case.roots), f"  document: {json.dumps(document.nodes)}",
                    f"  again: python bench/interop/serve_check.py --seed {self.args.seed} --only {name}"]
            print("\n".join(text), flush=True)


def tried(document, types):
    """The operations that a document tries, each with the types of what it is given and makes."""
    of_arrays = {(n["op"], "arrays", types[k]) for n in document.nodes for k in n.get("in", ())}
    return of_arrays | {(n["op"], "dtypes", v["dtype"]) for n in document.nodes for v in [*n.get("args", ()), *n.get("kw", {}).values()] if isinstance(v, dict) and "dtype" in v}


if __name__ == "__main__":
    sys.exit(main())
