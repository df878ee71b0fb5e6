"""Runs the Python snippets of docs/coming-from-python.md: python bench/interop/snippets_check.py, from the root of the repository.

Each block runs as a program of its own, in an empty folder, and has to print
what the comment at its end promises. Needs the packages that the blocks import,
in the versions of bench/peers/requirements.txt. The Go blocks beside them are
run by snippets_test.go. Prints one line and exits with 0 if all is well.
"""
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PAGE = Path("docs/coming-from-python.md")
FEWEST = 38  # pairs, as in snippets_test.go
PATIENCE = 120  # seconds for one snippet
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMISE = re.compile(r"^# Output:(.*(?:\n#.*)*)\n\Z", re.MULTILINE)


def printed(text):
    """text without spaces at the ends of lines and empty lines around it."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def promised(code):
    """What the comment at the end of a block says that it prints; None if it says nothing."""
    found = PROMISE.search(code)
    return found and printed("\n".join(line.removeprefix("#").removeprefix(" ") for line in found[1].split("\n")))


def problem(code):
    """What is wrong with a snippet, in words; None if nothing is."""
    want = promised(code)
    if not want:
        return "it does not say what it prints"
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "snippet.py")  # a file, which new processes of multiprocessing import
        program.write_text(code)
        try:
            ran = subprocess.run([sys.executable, program.name], cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return f"it did not end within {PATIENCE} seconds"
    if ran.returncode:
        return f"it failed:\n{ran.stderr}"
    got = printed(ran.stdout)
    return None if got == want else f"it prints\n{got}\nand promises\n{want}"


def main():
    page = PAGE.read_text()
    blocks = [(page.count("\n", 0, m.start(1)) + 1, m[1]) for m in BLOCK.finditer(page)]
    if len(blocks) < FEWEST:
        print(f"{PAGE} has {len(blocks)} Python blocks, fewer than {FEWEST}")
        return 1
    with ThreadPoolExecutor(2) as pool:
        wrong = [(line, what) for (line, _), what in zip(blocks, pool.map(problem, [code for _, code in blocks])) if what]
    for line, what in wrong:
        print(f"{PAGE}:{line}: {what}")
    print(f"{len(blocks)} Python snippets of {PAGE}: {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
