"""The protocol of `gabion serve --stdio`, for which docs/plan-document.md is the specification: a pattern for clients in other languages.

python pipe.py gabion serve --stdio
"""
import builtins
import json
import math
import struct
import subprocess
import sys


class Pipe:
    """A process that answers documents one after the other."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, verb, nodes, outputs, elements=()):
        """What the nodes numbered outputs are, each as {"dtype": "float64", "shape": [2, 3]}, and with its elements as "data" if verb is compute and not
        meta. elements are the bytes of the nodes that are inputs, in their order. What is wrong is raised as Python's own errors are."""
        text = json.dumps({"v": 1, "verb": verb, "outputs": outputs, "nodes": nodes}).encode()
        self.process.stdin.write(struct.pack("<I", len(text)) + text + b"".join(elements))
        self.process.stdin.flush()
        answer = json.loads(self.read(struct.unpack("<I", self.read(4))[0]))
        if "error" in answer:
            raise getattr(builtins, answer["error"]["kind"])(answer["error"]["msg"])
        if verb == "compute":
            for out in answer["outputs"]:
                width = int("".join(filter(str.isdigit, out["dtype"])) or 8) // 8  # a bool is a byte
                out["data"] = self.read(math.prod(out["shape"]) * width)
        return answer["outputs"]

    def read(self, n):
        data = self.process.stdout.read(n)
        if len(data) < n:
            raise EOFError(f"the server ended with status {self.process.wait()}")
        return data

    def close(self):
        self.process.stdin.close()
        return self.process.wait()


if __name__ == "__main__":
    pipe = Pipe(*sys.argv[1:])
    x = {"op": "input", "dtype": "float64", "shape": [4], "nbytes": 32}
    mean = {"op": "mean", "in": [0], "args": [{"in": 0}]}
    out, = pipe.ask("compute", [x, mean], [1], [struct.pack("<4d", 1, 2, 3, 4)])
    print(out["dtype"], out["shape"], struct.unpack("<d", out["data"])[0])
    sys.exit(pipe.close())
