# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What every walk needs: steps that are taken or refused, and are counted."""

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from odoo.exceptions import AccessError, MissingError, UserError

# Which of several records a step is about, and how much of what there is: see `part`.
PICK = st.integers(0, 7)
SHARE = st.integers(0, 3)
FLAG = st.booleans()


class Record:
    """What walks have met so far: steps taken, and refused with which sentence."""

    def __init__(self):
        self.examples = 0
        self.accepted = Counter()
        self.refused = Counter()
        self.sentences = {}
        # of the last walk that failed: names of rules, each with its arguments
        self.failed = []

    def refuse(self, name, sentence):
        self.refused[name] += 1
        self.sentences.setdefault(name, Counter())[sentence] += 1

    @property
    def steps(self):
        return self.accepted.total() + self.refused.total()

    def get_sentence(self, name):
        """Why it was refused most often."""
        sentences = self.sentences.get(name, Counter()).most_common(1)
        return " ".join(sentences[0][0].split())[:100] if sentences else ""

    def describe(self):
        """A table of the rules: how often taken and refused, and mostly why."""
        names = sorted({*self.accepted, *self.refused})
        rows = [
            f"{name:24}{self.accepted[name]:8}{self.refused[name]:8}"
            f"  {self.get_sentence(name)}"
            for name in names
        ]
        total = f"{self.steps} steps of {self.examples} walks"
        return "\n".join([f"{'rule':24}{'taken':>8}{'refused':>8}", *rows, total])


def act(options=None, *, weight=1, limit=9, when=None, **choices):
    """Make a rule of a method: it acts on one of `walk.options(options)`.

    The rule takes nothing but numbers and words, so that a walk can be printed and
    pasted into a test.

    :param str options: name of the records to pick from, if any
    :param int weight: how much more often it is taken than others, about
    :param int limit: how often it is taken in one walk, at most
    :param when: a further condition, called with the walk
    """

    def decorate(function):
        name = function.__name__
        picked = {"pick": PICK} if options else {}

        def is_possible_for(walk):
            return (
                name not in walk.avoided
                and walk.counts[name] < limit
                and (not options or bool(walk.options(options)))
                and (not when or when(walk))
            )

        is_possible = precondition(is_possible_for)

        def make(alias):
            def method(walk, **arguments):
                walk.take(name, arguments, function, options)

            method.__name__ = method.__qualname__ = alias
            method.__doc__ = function.__doc__
            return rule(**picked, **choices)(is_possible(method))

        method = make(name)
        method.is_possible = is_possible_for
        method.aliases = {
            f"{name}_{number}": make(f"{name}_{number}") for number in range(1, weight)
        }
        return method

    return decorate


class WalkMachine(RuleBasedStateMachine):
    """Takes steps in savepoints. A refusal with a sentence leaves things as they were;
    every other exception ends the walk, as does a violated invariant."""

    # rules that are left out, with the reason beside the name
    avoided = frozenset()

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        # hypothesis chooses among rules by their names
        for method in list(vars(cls).values()):
            for alias, copy in getattr(method, "aliases", {}).items():
                setattr(cls, alias, copy)

    def __init__(self, case, record=None):
        super().__init__()
        self.case = case
        self.env = case.env
        self.record = record or Record()
        self.record.examples += 1
        self.calls = []
        self.counts = Counter()
        self._options = {}
        self._savepoint = self.env.cr.savepoint()
        self.begin()

    def begin(self):
        """Override to set up what walks need."""

    def check(self):
        """Override to check the invariants."""

    def teardown(self):
        self._savepoint.close(rollback=True)
        self.env.invalidate_all()

    # -- steps -------------------------------------------------------------------------

    def take(self, name, arguments, function, options):
        """Take a step; then everything is written, read anew, and checked."""
        self.calls.append((name, dict(arguments)))
        self.counts[name] += 1
        try:
            if self.try_step(name, arguments, function, options):
                self._options.clear()
                self.env.invalidate_all()
                self.check()
        except Exception:
            self.record.failed = self.calls
            raise

    def try_step(self, name, arguments, function, options):
        """Whether the step was taken, and not refused."""
        records = []
        if options:
            found = self.options(options)
            if not found:
                raise LookupError(f"{name}: there are no {options}")
            records = [found[arguments.pop("pick") % len(found)]]
        try:
            with self.env.cr.savepoint():
                function(self, *records, **arguments)
                self.env.flush_all()
        except (AccessError, MissingError):
            raise
        except UserError as refusal:
            sentence = str(refusal)
            assert " " in sentence.strip(), f"{name} was refused without a sentence"
            self.record.refuse(name, sentence)
            return False
        self.record.accepted[name] += 1
        return True

    def options(self, name):
        """The records that a rule may pick from, found once per step."""
        if name not in self._options:
            self._options[name] = list(getattr(self, f"find_{name}")())
        return self._options[name]

    def is_stuck(self):
        """Whether no rule made by `act` is possible any more."""
        methods = (getattr(type(self), name) for name in dir(type(self)))
        return not any(
            method.is_possible(self)
            for method in methods
            if hasattr(method, "is_possible")
        )

    # -- helpers -----------------------------------------------------------------------

    def part(self, total, share, uom, *, whole=True):
        """A part of a quantity: all of it, one, about half, or all but one.

        :param bool whole: whole units only; otherwise the unit's finest step
        """
        one = min(1.0 if whole else uom.rounding * 25, total)
        half = float(int(total / 2)) if whole else uom.round(total / 3)
        parts = [total, one, max(half, one), max(total - one, one)]
        return uom.round(parts[share])

    def by(self, user, records):
        """These records as a user with this role, with nothing cached for another."""
        return records.with_user(user)
