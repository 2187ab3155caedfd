# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Other processes at work on the same database, see worker.py."""

import dataclasses
import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Seconds until a process that doesn't answer is taken for hanging.
PATIENCE = 120


@dataclasses.dataclass
class Call:
    """A public method of some records, or of a model where there are none, called by
    the user who looks at them."""

    records: object
    method: str
    context: dict = dataclasses.field(default_factory=dict)
    args: list = dataclasses.field(default_factory=list)

    def describe(self):
        return {
            "login": self.records.env.user.login,
            "model": self.records._name,
            "args": [self.records.ids, *self.args] if self.records else self.args,
            "method": self.method,
            "context": self.context,
        }


@dataclasses.dataclass
class Outcome:
    """What became of a call: how often Odoo tried it, and why it failed, if it did."""

    tries: int
    error: str | None
    is_sentence: bool

    @property
    def succeeded(self):
        return self.error is None

    @property
    def sentence(self):
        """What the user reads who was refused."""
        assert self.is_sentence, self.error
        return self.error


class Process:
    """A worker that loads Odoo and then makes calls, one after the other."""

    def __init__(self, database):
        self._has_loaded = False
        self._process = subprocess.Popen(
            [sys.executable, ROOT / "tests" / "worker.py", database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )

    def begin(self, call, **stop):
        """Let the transaction of the call begin, but not yet the call itself.

        :return: the id of the process that makes it
        """
        if not self._has_loaded:
            assert self._read() == "loaded"
            self._has_loaded = True
        self._write(json.dumps({**call.describe(), "stop": stop}))
        return int(self._read())

    def go_on(self):
        self._write("go on")

    def read(self):
        """Return what the process says about its call."""
        return json.loads(self._read())

    def end(self):
        self._process.kill()
        self._process.communicate()

    def _write(self, line):
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _read(self):
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE)
        assert ready, f"a worker says nothing for {PATIENCE} seconds"
        line = self._process.stdout.readline()
        assert line, "a worker has ended"
        return line.strip()


class Team:
    """Two processes, which can get into each other's way."""

    def __init__(self, database):
        self._processes = []
        self._database = database

    def __enter__(self):
        self._processes = [Process(self._database) for _ in range(2)]
        return self

    def __exit__(self, *exc_info):
        for process in self._processes:
            process.end()

    def call(self, call):
        """Make one call, undisturbed."""
        process = self._processes[0]
        process.begin(call)
        process.go_on()
        return Outcome(**process.read())

    def race(self, *calls):
        """Make two calls at once."""
        for process, call in zip(self._processes, calls, strict=True):
            process.begin(call)
        for process in self._processes:
            process.go_on()
        return [Outcome(**process.read()) for process in self._processes]

    def overtake(self, *calls):
        """Make two calls; the first is over when the second, begun before, goes on."""
        for process, call in zip(self._processes, calls, strict=True):
            process.begin(call)
        outcomes = []
        for process in self._processes:
            process.go_on()
            outcomes.append(Outcome(**process.read()))
        return outcomes

    def kill(self, call, **stop):
        """Begin a call, and kill its process where it halts.

        :return: how many records of some models there were, for that process alone
        """
        process = self._processes[0]
        pid = process.begin(call, **stop)
        process.go_on()
        try:
            return process.read()
        finally:
            os.kill(pid, signal.SIGKILL)
