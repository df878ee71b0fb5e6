"""Random ways for expr_cases.py to compute a case."""

PASSES = ["fold", "cse", "slice", "rechunk", "identity"]


def random_engine(rng):
    """Workers, whether the budget is the least that does, passes that are left out, and whether plans are verified. What is not read once alone may be computed again."""
    return {
        "workers": rng.choice([1, 3]),
        "tight": rng.random() < 0.4,
        "without": rng.sample(PASSES, rng.randint(1, len(PASSES))) if rng.random() < 0.3 else [],
        "verify": rng.random() < 0.2,
        "again": False,
    }
