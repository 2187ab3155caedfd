# Sourced by setup/odoo: a PostgreSQL server of our own below .local, on a socket, unless PGHOST or
# PGPORT name another one.
# shellcheck shell=bash

CLUSTER=$LOCAL/postgres
SOCKET=$CLUSTER/socket

uses_foreign_postgres() {
    [[ ${PGHOST-} != "$SOCKET" && -n ${PGHOST-}${PGPORT-} ]]
}

# PostgreSQL refuses to run as root. The unprivileged user that takes its place may be unable to
# enter a directory on the way to .local (/root, say); the right to pass through directories is
# all that is added then.
as_postgres() {
    if ((EUID != 0)); then
        "$@"
        return
    fi
    local user=(--reuid "$(postgres_user)" --regid "$(id --group "$(postgres_user)")" --clear-groups)
    if ! setpriv "${user[@]}" stat "$CLUSTER/." &>/dev/null; then
        user+=(--inh-caps=+dac_read_search --ambient-caps=+dac_read_search)
        setpriv "${user[@]}" stat "$CLUSTER/." &>/dev/null ||
            die "PostgreSQL runs as user $(postgres_user), who can't enter $LOCAL: make the" \
                "directories above it passable (chmod o+x), or set PGHOST to another server."
    fi
    # Its working directory must be one that it can enter.
    (cd / && exec setpriv "${user[@]}" "$@")
}

postgres_user() {
    if getent passwd postgres >/dev/null; then echo postgres; else echo nobody; fi
}

start_postgres() {
    if uses_foreign_postgres; then
        export PGHOST=${PGHOST-} PGPORT=${PGPORT:-5432} PGUSER=${PGUSER:-$(id --user --name)}
    else
        export PGHOST=$SOCKET PGPORT=5432 PGUSER=odoo
        unset PGPASSWORD PGDATABASE PGSERVICE
        start_cluster
    fi
    "$VENV/bin/python" "$ROOT/setup/lib/database.py" check
}

start_cluster() {
    local bin
    # A socket's path has room for 107 characters.
    ((${#SOCKET} < 90)) || die "The path of $SOCKET is too long for a socket: clone the repository" \
        "to a shorter path, or set PGHOST to a PostgreSQL server."
    bin=$(cluster_bin)
    if ! [[ -e $CLUSTER/data/PG_VERSION ]]; then
        step "PostgreSQL: making a cluster below .local" \
            "initdb failed: look at the lines above, or set PGHOST to a PostgreSQL server." \
            make_cluster "$bin"
    fi
    as_postgres "$bin/pg_ctl" --pgdata "$CLUSTER/data" status >/dev/null && return
    step "PostgreSQL: starting it" \
        "PostgreSQL doesn't start: look at $CLUSTER/log, or set PGHOST to another server." \
        as_postgres "$bin/pg_ctl" --pgdata "$CLUSTER/data" --log "$CLUSTER/log" --wait start
}

# The programs of the version that made the cluster: other versions can't read it.
cluster_bin() {
    local version bin
    bin=$(postgres_bin) || die "No PostgreSQL found: install it (apt-get install postgresql)."
    version=$(cat "$CLUSTER/data/PG_VERSION" 2>/dev/null || true)
    [[ -z $version || ! -d /usr/lib/postgresql ]] || bin=/usr/lib/postgresql/$version/bin
    [[ -x $bin/postgres ]] || die "$CLUSTER was made by PostgreSQL $version, which is gone:" \
        "install postgresql-$version, or remove $CLUSTER with the databases in it."
    echo "$bin"
}

make_cluster() {
    local bin=$1
    mkdir -p "$SOCKET"
    ((EUID != 0)) || chown -R "$(postgres_user):" "$CLUSTER"
    # Only its owner (and root) reaches the socket, so no password is needed. Databases from here
    # are for trying and testing: they survive a crash of Odoo or PostgreSQL; if the machine
    # itself goes down, the last second may be lost, for commits that don't wait for the disk.
    as_postgres chmod 700 "$SOCKET"
    as_postgres "$bin/initdb" --pgdata "$CLUSTER/data" --username odoo --auth trust \
        --encoding UTF8 --locale C.UTF-8 --no-sync
    as_postgres tee --append "$CLUSTER/data/postgresql.conf" <<EOF
# Written by setup/odoo.
listen_addresses = ''
unix_socket_directories = '$SOCKET'
unix_socket_permissions = 0700
shared_buffers = 512MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
synchronous_commit = off
jit = off
EOF
}

stop_cluster() {
    [[ -e $CLUSTER/data/postmaster.pid ]] || return 0
    as_postgres "$(cluster_bin)/pg_ctl" --pgdata "$CLUSTER/data" --mode fast --wait --silent stop
}
