"""Plan documents of the expressions that expr_cases.py makes, for serve_check.py.

What an argument is, and which parameter it is for, comes from the table that
`gabion ops --json` prints: a function needs nothing here.
"""
import ast
import re

import numpy as np

BINARY = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.Mod: "remainder"}
COMPARE = {ast.Lt: "less", ast.LtE: "less_equal", ast.Gt: "greater", ast.GtE: "greater_equal", ast.Eq: "equal", ast.NotEq: "not_equal"}
LOGIC = {ast.And: "logical_and", ast.Or: "logical_or"}
NAMED = {"true": True, "false": False, "none": None, "pi": np.pi, "nan": float("nan"), "inf": float("inf")}
SAME = {"axes": "axis", "axis": "axes"}
LISTS = ("integer or list of integers", "number or list of numbers", "integer, pair or list of pairs", "list of arrays", "index", "chunks")
ARRAYS = ("array or number", "list of arrays")


def by_name(operations):
    """The rows of the table by all names that expressions have for them."""
    rows = {name: row for row in operations for name in [row["name"], *row["numpy"]]}
    return rows | {"slice": rows["getitem"]}


class Node(int):
    """The position of a node."""


class Document:
    """Nodes that are made of expressions; equal parts are one node."""

    def __init__(self, rows, inputs):
        self.rows = rows
        self.nodes, self.buffers, self.done = [], [], {}
        self.inputs = {i.text: i for i in inputs}

    def output(self, text):
        """The position of the node of an expression."""
        text = re.sub(r"(\d(?:[\d.]*))i\b", r"\1j", text.replace("&&", " and ").replace("||", " or "))
        value = self.value(ast.parse(text, mode="eval").body)
        return value if isinstance(value, Node) else self.node("full", [], value)

    def node(self, op, *args, out=0, **kw):
        inside = []
        args = [self.argument(a, inside) for a in args]
        kw = {k: self.argument(v, inside) for k, v in kw.items()}
        node = {"op": op, "in": inside, "args": args, "kw": kw, "out": out}
        key = repr(node)
        if key not in self.done:
            self.done[key] = Node(len(self.nodes))
            self.nodes.append({"id": len(self.nodes), **node})
        return self.done[key]

    def argument(self, v, inside):
        if isinstance(v, Node):
            inside.append(int(v))
            return {"in": len(inside) - 1}
        if isinstance(v, list):
            return [self.argument(item, inside) for item in v]
        if isinstance(v, slice):
            return {"slice": [v.start, v.stop, v.step]}
        for kind, written in ((bool, lambda: v), (int, lambda: str(v)), (float, lambda: v.hex()), (complex, lambda: [v.real.hex(), v.imag.hex()])):
            if isinstance(v, kind):
                return {"weak": kind.__name__, "v": written()}
        return {"ellipsis": 1} if v is ... else v

    def value(self, n):
        """A node of a tree: a Node, or a constant, of which arithmetic is Python's."""
        kind = type(n)
        if kind is ast.Constant:
            return n.value
        if kind is ast.Name:
            return NAMED[n.id] if n.id in NAMED else self.input(n.id)
        if kind is ast.UnaryOp:
            v = self.value(n.operand)
            return self.node("negative", v) if isinstance(v, Node) else -v
        if kind is ast.BinOp:
            return self.operation(n, BINARY[type(n.op)], self.value(n.left), self.value(n.right))
        if kind is ast.Compare:
            return self.operation(n, COMPARE[type(n.ops[0])], self.value(n.left), self.value(n.comparators[0]))
        if kind is ast.BoolOp:
            return self.node(LOGIC[type(n.op)], *(self.value(v) for v in n.values))
        if kind is ast.List:
            return [self.value(v) for v in n.elts]
        if kind is ast.Slice:
            return slice(*(p and self.value(p) for p in (n.lower, n.upper, n.step)))
        if kind is ast.Subscript:
            key = [self.value(item) for item in (n.slice.elts if type(n.slice) is ast.Tuple else [n.slice])]
            if type(n.value) is ast.Name and n.value.id == "key":  # an index alone
                return key
            return self.node("getitem", self.value(n.value), key)
        if kind is ast.Call:
            return self.call(n)
        raise NotImplementedError(ast.dump(n))

    def operation(self, n, op, a, b):
        if isinstance(a, Node) or isinstance(b, Node):
            return self.node(op, a, b)
        names = [ast.Name(name, ast.Load()) for name in "ab"]
        tree = ast.BinOp(names[0], n.op, names[1]) if type(n) is ast.BinOp else ast.Compare(names[0], n.ops, [names[1]])
        return eval(compile(ast.fix_missing_locations(ast.Expression(tree)), "constants", "eval"), {"a": a, "b": b})

    def input(self, name):
        if name not in self.done:
            i = self.inputs[name]
            node = {"id": len(self.nodes), "op": "input", "dtype": str(i.v.dtype), "shape": list(i.v.shape), "chunks": i.chunks, "nbytes": i.v.nbytes}
            self.done[name] = Node(len(self.nodes))
            self.nodes.append(node | {"names": i.names} if i.names else node)
            self.buffers.append(np.ascontiguousarray(i.v).tobytes())
        return self.done[name]

    def call(self, n):
        name = ast.unparse(n.func)
        if name not in self.rows:  # the name of an element type
            return self.node("astype", self.value(n.args[0]), {"dtype": name})
        row = self.rows[name]
        params = {p["name"]: p["kind"] for p in row["params"]}
        params["out"] = "number"
        params |= {p["numpy"]: p["kind"] for p in row["params"] if "numpy" in p}
        order = [p["name"] for p in row["params"]]
        options = {"out"} | {n for p in row["params"] if p["optional"] or p["kind"] not in ARRAYS for n in (p["name"], p.get("numpy"))}
        given = {}
        positional = []
        options -= {"min", "max"}  # of clip, which has reductions for operands here
        for arg in n.args:
            operand = arg is n.args[0] and order and params[order[0]] in ARRAYS
            name = ast.unparse(arg.func) if not operand and type(arg) is ast.Call else None
            if name not in options and name in self.rows:
                name = None  # a value, not an argument's name
            option = name if name in params else SAME.get(name)
            if option in params:
                values = [self.value(v) for v in arg.args]
                given[option] = self.typed(params[option], values if params[option] in LISTS else values[0])
            else:
                positional.append(arg)
        for arg in positional:
            p = next(p for p in order if p not in given or params[p] == "list of arrays" and not (type(arg) is ast.Constant and isinstance(arg.value, str)))
            v = self.value(arg)
            given[p] = given.get(p, []) + [v] if params[p] == "list of arrays" else self.typed(params[p], v)
        leading = []
        while order and order[0] in given and params[order[0]] in ARRAYS:  # arrays by position, the rest by name
            leading.append(given.pop(order.pop(0)))
        return self.node(row["name"], *leading, **given)

    def typed(self, kind, v):
        if kind == "element type" and isinstance(v, str):
            return {"dtype": v}
        if kind == "index" and isinstance(v, str):
            return index(v)
        if kind == "chunks" and isinstance(v, str):
            return [[int(size) for size in part.split("+")] if "+" in part else part if part == "auto" else int(part) for part in map(str.strip, v.split(","))]
        return v


def index(text):
    """What is between Python's brackets."""
    return [... if part == "..." else None if part in ("newaxis", "None") else int(part) if ":" not in part else
            slice(*(int(n) if n.strip() else None for n in part.split(":"))) for part in map(str.strip, text.split(","))]
