"""Compares Gabion with NumPy over plan documents: python bench/interop/serve_check.py, from the root of the repository.

The random expressions of expr_check.py, and indexing (expr_indexing.py) in every
second case, are sent as documents to `gabion serve --stdio`, which answers all of
them from one process for each number of workers. What is compared, and which
differences are meant, is said there; here also that what NumPy refuses is refused
with an error of the same kind, and that types and shapes are what `meta` says. A
failure prints how to run its case alone.

Cumulative sums are within 8 roundings of the sum of the magnitudes so far,
products within one a factor, 8 of complex ones. More differences that are meant:

- The length of what a mask keeps is not known before it is computed: `meta` says
  null, and what needs the length is refused.
- compress takes masks of the length of the axis; NumPy also shorter ones.
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
import builtins
import json
import os
import select
import struct
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np

import expr_reference as ref
from expr_cases import Case
from expr_documents import Document
from expr_indexing import IndexingCase, unknown

PATIENCE = 120  # seconds for one answer


class Server:
    """A process that answers documents."""

    def __init__(self, binary, workers):
        command = [binary, "serve", "--stdio", "--workers", str(workers), "--memory", "64MiB"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)

    def ask(self, document, verb, outputs):
        """The answer and its arrays."""
        text = json.dumps({"v": 1, "verb": verb, "outputs": outputs, "nodes": document.nodes}).encode()
        data = memoryview(struct.pack("<I", len(text)) + text + b"".join(document.buffers))
        while len(data):
            data = data[self.process.stdin.write(data):]
        answer = json.loads(self.read(struct.unpack("<I", self.read(4))[0]))
        arrays = []
        for out in answer.get("outputs", []) if verb == "compute" else []:
            size = np.dtype(out["dtype"]).itemsize * int(np.prod(out["shape"], dtype=object))
            arrays.append(np.frombuffer(self.read(size), out["dtype"]).reshape(out["shape"]))
        return answer, arrays

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


def problem(server, case, operations):
    """What is wrong with the results of a case, in words, and whether it was refused; the document too."""
    refusal = next((v.refusal for v in case.roots if v.refusal is not None), None)
    document = Document(operations, case.inputs)
    try:
        outputs = [document.output(v.text) for v in case.roots]
    except (ZeroDivisionError, OverflowError, TypeError) as e:  # of constants, which are Python's
        return (None if type(e) is type(refusal) else f"constants: {e!r}"), True, document
    answer, arrays = server.ask(document, "compute", outputs)
    if "error" in answer and any(map(unknown, case.roots)) and any(word in answer["error"]["msg"] for word in ("?", "unknown", "resolve")):
        return None, True, document  # NumPy always knows lengths
    if refusal is not None:
        if "error" not in answer:
            return f"not refused; NumPy: {refusal!r}", True, document
        kind = getattr(builtins, answer["error"]["kind"])
        if not isinstance(refusal, kind) and (type(refusal), kind) not in OTHER_KINDS:
            return f"refused as {answer['error']}; NumPy: {refusal!r}", True, document
        return None, True, document
    if "error" in answer:
        return f"error: {answer['error']}", False, document
    for v, got in zip(case.roots, arrays):
        wrong = ref.difference(got, np.asarray(v.v), v.tol)
        if wrong:
            return f"{v.text}: {wrong}", False, document
    said, _ = server.ask(document, "meta", outputs)
    if not agrees(said, answer, any(map(unknown, case.roots))):
        return f"meta says {said}, the result is {answer}", False, document
    return None, False, document


def agrees(said, answer, unknown):
    """Whether meta says what the result is, but for unknown lengths."""
    if not unknown:
        return said == answer
    return len(said.get("outputs", [])) == len(answer["outputs"]) and all(
        s["dtype"] == a["dtype"] and len(s["shape"]) == len(a["shape"]) and all(m in (None, n) for m, n in zip(s["shape"], a["shape"]))
        for s, a in zip(said["outputs"], answer["outputs"]))


# Kinds that differ: the error that NumPy raises, and what stands for it.
OTHER_KINDS = {(ZeroDivisionError, ValueError)}


def main():
    options = argparse.ArgumentParser(description="Compare Gabion with NumPy over plan documents.")
    options.add_argument("--cases", type=int, default=2000)
    options.add_argument("--seed", type=int, default=2)
    options.add_argument("--only", type=int, help="the number of one case")
    options.add_argument("--failures", type=int, default=5, help="wrong cases after which to stop")
    options.add_argument("--gabion", help="the command to run; built if not given")
    args = options.parse_args()
    np.seterr(all="ignore")
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        binary = args.gabion or os.path.join(folder, "gabion")
        if not args.gabion:
            subprocess.run(["go", "build", "-o", binary, "./cmd/gabion"], check=True)
        return check(binary, args)


def check(binary, args):
    operations = json.loads(subprocess.run([binary, "ops", "--json"], check=True, capture_output=True).stdout)
    servers, began = {}, time.monotonic()
    numbers = range(args.cases) if args.only is None else [args.only]
    wrong_cases = refusals = nodes = 0
    for number in numbers:
        case = (Case, IndexingCase)[number % 2](f"{args.seed}:{number}")
        workers = case.engine["workers"]
        if workers not in servers:
            servers[workers] = Server(binary, workers)
        try:
            wrong, refused, document = problem(servers[workers], case, operations)
        except (OSError, EOFError) as e:
            wrong, refused, document = f"the server broke down: {e!r}", False, None
            servers.pop(workers).process.kill()
        refusals += refused
        nodes += len(document.nodes) if document else 0
        if wrong:
            wrong_cases += 1
            print(f"\ncase {number} is wrong: {wrong}")
            for v in case.roots:
                print("  expression:", v.text)
            print("  document:", json.dumps(document.nodes) if document else "?")
            print(f"  again: python bench/interop/serve_check.py --seed {args.seed} --only {number}", flush=True)
            if wrong_cases >= args.failures:
                break
    ended = [server.close() for server in servers.values()]
    print(f"{len(numbers)} cases of seed {args.seed}, {nodes} nodes, against NumPy {np.__version__} over serve in {time.monotonic() - began:.0f} s: "
          f"{wrong_cases} wrong; {refusals} refused by both; the servers ended with {ended}")
    return 1 if wrong_cases or any(ended) else 0


if __name__ == "__main__":
    sys.exit(main())
