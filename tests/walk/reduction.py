# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Makes a walk that fails as short as it can be."""

import time

from .shop_walk import ShopWalk


class Reduction:
    """Leaves out steps of a walk, halves first, as long as it fails alike."""

    def __init__(self, case, seconds):
        self.case = case
        self.deadline = time.monotonic() + seconds

    def play(self, calls):
        """Take these steps.

        :return: the exception in which they end, or None, and the steps up to there
        """
        walk = ShopWalk(self.case)
        try:
            for number, (name, arguments) in enumerate(calls):
                try:
                    getattr(walk, name)(**arguments)
                except LookupError:
                    return None, calls
                except Exception as failure:
                    return failure, calls[: number + 1]
        finally:
            walk.teardown()
        return None, calls

    def reduce(self, calls):
        """The shortest walk found that fails as these steps do, and how it fails."""
        failure, calls = self.play(calls)
        if failure is None:
            return calls, None
        kind, size = self.classify(failure), max(len(calls) // 2, 1)
        while size and time.monotonic() < self.deadline:
            start = len(calls) - 1 - size
            while start > -size and time.monotonic() < self.deadline:
                shorter = calls[: max(start, 0)] + calls[max(start + size, 0) :]
                found, ended = self.play(shorter)
                if found is not None and self.classify(found) == kind:
                    calls, failure = ended, found
                start -= size
            size //= 2
        return calls, failure

    def classify(self, failure):
        """The kind of failure: its type, and its text up to the first colons."""
        return type(failure), ":".join(str(failure).split(":")[:2])[:40]


def describe(calls, failure):
    """The steps as Python, to be pasted into a test, and what is wrong at the end."""
    lines = [
        f"walk.{name}({', '.join(f'{key}={value!r}' for key, value in args.items())})"
        for name, args in calls
    ]
    text = "\n".join(["walk = ShopWalk(self)", *lines])
    return f"{type(failure).__name__}: {failure}\n\n{text}\n"
