# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A process of its own that calls methods as Odoo's HTTP workers do.

Reads one call per line from its standard input, as JSON. Each is answered twice: once
its transaction has begun, and, after a line that says to go on, with what became of
it. What the first try sees is as old as the first answer, so whatever others commit in
between is what a user's click meets when somebody else was quicker.
"""

import contextlib
import functools
import json
import os
import sys
from unittest import mock

import odoo.sql_db
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service import model as service
from odoo.tools import config


def main(name, answers):
    config.parse_config([f"--database={name}", "--no-http", "--log-level=critical"])
    Registry(name)
    tell = functools.partial(print, file=answers, flush=True)
    tell("loaded")
    for line in sys.stdin:
        call = json.loads(line)
        if call["stop"] and fork():
            # what gets killed is a child, which has everything loaded already
            continue
        perform(Registry(name).check_signaling(), call, tell)


def fork():
    """Go on in a child until it ends; returns whether this is the parent."""
    odoo.sql_db.close_all()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
    return bool(child)


def perform(registry, call, tell):
    """Call the method in a transaction, and again where Odoo would."""
    tries = 0

    def attempt():
        nonlocal tries
        tries += 1
        service.call_kw(
            env[call["model"]],
            call["method"],
            call["args"],
            {"context": call["context"]},
        )

    with registry.cursor() as cr:
        cr.execute("SELECT id FROM res_users WHERE login = %s", [call["login"]])
        env = Environment(cr, cr.fetchone()[0], call["context"])
        tell(os.getpid())
        sys.stdin.readline()
        with halting(env, tell, **call["stop"]):
            error = run(attempt, env)
    tell(json.dumps({"tries": tries, **error}))


def run(attempt, env):
    """Try as often as Odoo does; returns why it failed, if it did."""
    try:
        # Odoo waits for some seconds before it tries again, to no use here.
        with mock.patch.object(service.random, "uniform", return_value=0.02):
            service.retrying(attempt, env)
    except Exception as error:
        env.cr.rollback()
        is_sentence = isinstance(error, UserError)
        return {
            "error": str(error) if is_sentence else repr(error),
            "is_sentence": is_sentence,
        }
    return {"error": None, "is_sentence": False}


def halting(env, tell, model=None, method=None, after=False, counted=()):
    """Halt, to be killed, before or after this method of the model is called; tell
    how many records of each of the models `counted` there are at that moment."""
    if not model:
        return contextlib.nullcontext()
    cls = env.registry[model]
    original = getattr(cls, method)

    @functools.wraps(original)
    def halt(records, *args, **kwargs):
        if after:
            original(records, *args, **kwargs)
        env_sudo = records.sudo().env
        env_sudo.flush_all()
        tell(json.dumps({name: env_sudo[name].search_count([]) for name in counted}))
        # until it is killed, or nobody is left to do so
        sys.stdin.read()
        os._exit(1)

    return mock.patch.object(cls, method, halt)


if __name__ == "__main__":
    # Whatever else is printed must not be taken for an answer.
    ANSWERS, sys.stdout = sys.stdout, sys.stderr
    main(sys.argv[1], ANSWERS)
