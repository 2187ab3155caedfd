"""./setup/test with arguments: pytest on a database that is kept up to date."""

import fcntl
import json
import os
import sys

import addons
import database
import installation

LOG = addons.ROOT / ".local" / "log" / "test_database.log"


def prepare(name, others, *, fresh):
    """Bring the database up to date: by an update of our addons, or anew.

    `others` are apps to be installed besides.
    """
    LOG.unlink(missing_ok=True)
    core = installation.core_database(LOG, addons.ADDONS)
    wanted = {
        "core": core,
        "addons": [*addons.ADDONS, *others],
        "files": addons.digest(addons.ADDONS),
    }
    found = json.loads(database.read_mark(name) or "{}")
    if fresh or any(found.get(key) != wanted[key] for key in ("core", "addons")):
        print(f"Making the database {name}: {', '.join(wanted['addons'])}", flush=True)
        database.copy(core, name)
        load(name, "-i", "", others)
    elif found != wanted:
        print(f"Addons have changed: updating the database {name}", flush=True)
        load(name, "-u", " Perhaps --fresh can.")
    database.mark(name, json.dumps(wanted))


def load(name, option, advice, others=()):
    if installation.odoo(LOG, name, option, ",".join([*addons.ADDONS, *others])):
        print(LOG.read_text(encoding="utf-8")[-3000:])
        raise database.SetupError(f"Odoo can't load the addons: {LOG}.{advice}")
    for line in installation.complaints(LOG):
        print(line)


def main(*arguments):
    fresh = "--fresh" in arguments
    arguments = [argument for argument in arguments if argument != "--fresh"]
    name, others = database.prefix(), []
    if any(addons.OTHER_TESTS in argument for argument in arguments):
        # these need apps that the others must do without
        name, others = f"{name}_other_apps", addons.OTHER_APPS
    else:
        arguments.append(f"--ignore={addons.OTHER_TESTS}")
    lock = os.open(addons.ROOT / ".local" / f"{name}.lock", os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"Another setup/test uses the database {name}; waiting for it.")
        fcntl.flock(lock, fcntl.LOCK_EX)
    # pytest takes this process over, and the lock with it.
    os.set_inheritable(lock, True)
    try:
        prepare(name, others, fresh=fresh)
    except database.SetupError as problem:
        sys.exit(f"setup/test: {problem}")
    sys.stdout.flush()
    os.chdir(addons.ROOT)
    pytest = [sys.executable, "-m", "pytest", *installation.pytest_options(name)]
    os.execv(sys.executable, [*pytest, *arguments])


if __name__ == "__main__":
    main(*sys.argv[1:])
