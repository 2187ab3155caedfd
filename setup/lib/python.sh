# Sourced by setup/odoo: the virtual environment in which Odoo and the tools run.
# shellcheck shell=bash

# make_venv PURPOSE: installs what `run` or `test` needs, unless nothing changed since last time.
make_venv() {
    local file=requirements.txt python
    [[ $1 = run ]] || file=requirements-test.txt
    if ! is_usable_venv || [[ $(cat "$VENV/made-from-$file" 2>/dev/null) != "$(venv_key "$file")" ]]; then
        python=$(supported_python) ||
            die "Odoo 19 runs on Python 3.10 to 3.13: install one, or name it with PYTHON=..."
        step "Python packages (${file%.txt})" \
            "Installing Python packages failed: check the network and the disk, then try again." \
            fill_venv "$python" "$file"
        venv_key "$file" >"$VENV/made-from-$file"
        # Those for testing include those for running.
        venv_key requirements.txt >"$VENV/made-from-requirements.txt"
    fi
    link_odoo
}

venv_key() {
    (cd "$ROOT/setup" && sha256sum requirements.txt "$1" lib/python.sh)
}

# A virtual environment can't be moved, nor outlive the Python it was made from. Another Python
# that happens to be the first in PATH is no reason to make it anew: PYTHON is.
is_usable_venv() {
    [[ $("$VENV/bin/python" -c 'import sys; print(sys.prefix)' 2>/dev/null) = "$VENV" ]] &&
        [[ -z ${PYTHON-} || $("$VENV/bin/python" --version) = $("$PYTHON" --version) ]]
}

fill_venv() {
    if ! is_usable_venv; then
        rm -rf "$VENV"
        "$1" -m venv "$VENV"
    fi
    "$VENV/bin/pip" install --disable-pip-version-check --no-input --no-deps \
        --requirement "$ROOT/setup/$2"
    # venv/bin is the first in Odoo's PATH, so this one wins over the system's.
    ln -sf wkhtmltopdf-pack "$VENV/bin/wkhtmltopdf"
    "$VENV/bin/wkhtmltopdf" --version | grep 'with patched qt'
}

link_odoo() {
    local site
    site=$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    echo "$ODOO" >"$site/odoo.pth"
    "$VENV/bin/python" -c 'import odoo.release' ||
        die "Python can't import odoo from $ODOO: remove $LOCAL, or set ODOO_PATH to another one."
}
