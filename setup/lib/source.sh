# Sourced by setup/odoo: gets the source of Odoo 19. After `find_odoo`, ODOO is the directory that
# belongs on Python's path, so that `import odoo` works.
# shellcheck shell=bash

APT=$LOCAL/apt
DEBIAN=$LOCAL/odoo-debian
CLONE=$LOCAL/odoo-git

# Debian leaves out or links to what other packages of it bring; only jQuery is vital.
DEBIAN_PACKAGES=(odoo-19 libjs-jquery libjs-jquery-form libjs-underscore
    fonts-montserrat fonts-roboto-unhinted fonts-ocr-b)

is_odoo_19() {
    grep -Eqs "^version_info = \(19, 0," "$1/odoo/release.py"
}

# Debian's package removes a file that the web client can't do without (see repair_debian), so an
# installation of that package is good for nothing here unless somebody repaired it.
is_complete() {
    local addons=$1/odoo/addons
    [[ -d $addons/mail ]] || addons=$1/addons
    [[ -e $addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js ]]
}

find_odoo() {
    if [[ -n ${ODOO_PATH-} ]]; then
        odoo_from_path
    elif odoo_from_python; then
        say "Odoo: the one that Python imports, in $ODOO"
    elif [[ -e $DEBIAN/complete ]]; then
        ODOO=$DEBIAN/usr/lib/python3/dist-packages
    elif [[ -e $CLONE/complete ]]; then
        ODOO=$CLONE
    else
        download_odoo
    fi
    is_odoo_19 "$ODOO" || die "$ODOO is no Odoo 19.0: remove it, or set ODOO_PATH."
}

download_odoo() {
    local advice="check the network, or set ODOO_PATH to an Odoo 19."
    if configure_apt; then
        step "Odoo: looking it up at the machine's Debian mirror" \
            "Debian's mirror doesn't answer: $advice" \
            apt-get --config-file "$APT/apt.conf" update --error-on=any
    fi
    if apt-cache --config-file "$APT/apt.conf" show odoo-19 >/dev/null 2>&1; then
        step "Odoo: fetching Debian's package odoo-19 (120 MB)" "The download failed: $advice" \
            fetch_debian
        ODOO=$DEBIAN/usr/lib/python3/dist-packages
    else
        step "Odoo: cloning its repository, branch 19.0 (1 GB)" \
            "No mirror of Debian has odoo-19, and cloning Odoo's repository failed too: $advice" \
            fetch_clone
        ODOO=$CLONE
    fi
}

# ODOO_PATH may be a checkout, a directory of Python packages, or a place where a .deb was unpacked.
odoo_from_path() {
    local dir
    for dir in "$ODOO_PATH" "$ODOO_PATH/usr/lib/python3/dist-packages"; do
        if is_odoo_19 "$dir"; then
            ODOO=$(cd "$dir" && pwd -P)
            return
        fi
    done
    die "ODOO_PATH=$ODOO_PATH has no odoo/release.py of version 19.0."
}

odoo_from_python() {
    local python
    for python in "${VIRTUAL_ENV:-/nonexistent}/bin/python" python3 /usr/bin/python3; do
        python=$(type -P "$python") || continue
        [[ $python != "$VENV"/* ]] || continue # it has what an earlier run found
        ODOO=$("$python" -c 'import os, odoo.release as r
print(os.path.dirname(os.path.dirname(os.path.abspath(r.__file__))))' 2>/dev/null) || continue
        is_odoo_19 "$ODOO" && is_complete "$ODOO" && return
    done
    return 1
}

# Sets up a private apt, which reads nothing but Debian's unstable suite on the mirror that this
# machine uses anyway. Nothing is installed over the system with it.
configure_apt() {
    local keyring mirror
    command -v dpkg-deb >/dev/null || return 1
    for keyring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
        [[ ! -r $keyring ]] || break
    done
    [[ -r $keyring ]] || return 1
    mkdir -p "$APT"/{lists,cache/archives}/partial "$APT"/{machine/partial,debs}
    mirror=$(debian_mirror 2>/dev/null)
    [[ -n $mirror ]] || return 1
    echo "deb [signed-by=$keyring] $mirror sid main" >"$APT/sources.list"
    cat >"$APT/apt.conf" <<EOF
Dir::Etc::sourcelist "$APT/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::Lists "$APT/lists";
Dir::State::status "/dev/null";
Dir::Cache "$APT/cache";
// apt's own user can't write below directories that are closed to others.
APT::Sandbox::User "root";
EOF
}

# Security and update suites have mirrors of their own. Where apt has no lists yet (a fresh
# container), private ones are fetched to ask.
debian_mirror() {
    local lists mirror
    for lists in /var/lib/apt/lists "$APT/machine"; do
        if [[ $lists = "$APT"/* ]]; then
            apt-get -o Dir::State::Lists="$lists" -o APT::Sandbox::User=root update >&2 || true
        fi
        mirror=$(apt-get -o Dir::State::Lists="$lists" indextargets \
            --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 'Origin: Debian' |
            awk '!found && $2 !~ /security|updates/ { print $1; found = 1 }')
        [[ -z $mirror ]] || break
    done
    echo "$mirror"
}

fetch_debian() {
    local deb
    rm -rf "$DEBIAN"
    mkdir -p "$DEBIAN"
    cd "$APT/debs"
    apt-get --config-file "$APT/apt.conf" download "${DEBIAN_PACKAGES[@]}"
    for deb in *.deb; do
        # The second `addons` is a leftover of packaging: Python files without their data, which
        # Odoo would take for addons.
        dpkg-deb --fsys-tarfile "$deb" | tar --extract --directory "$DEBIAN" \
            --exclude ./usr/lib/python3/dist-packages/addons \
            --exclude ./usr/lib/python3/dist-packages/doc \
            --exclude ./usr/lib/python3/dist-packages/setup
    done
    repair_debian
    touch "$DEBIAN/complete"
    rm -rf "$APT"
}

repair_debian() {
    local addons=$DEBIAN/usr/lib/python3/dist-packages/odoo/addons
    local segmentation=$addons/mail/static/lib/selfie_segmentation
    # Debian removed this file of video calls as not free. Without a file of that name the web
    # client reports an error on every page, and every browser test fails.
    mkdir -p "$segmentation"
    echo '/* Removed by Debian. */' >"$segmentation/selfie_segmentation.js"
    # Links to fonts that newer packages no longer have. An absent file is "not found" to a
    # browser; a link to nowhere is an error in Odoo.
    find "$DEBIAN" -xtype l -delete
    [[ -e $addons/web/static/lib/jquery/jquery.js ]]
}

fetch_clone() {
    rm -rf "$CLONE"
    git clone --depth 1 --branch 19.0 https://github.com/odoo/odoo.git "$CLONE"
    touch "$CLONE/complete"
}
