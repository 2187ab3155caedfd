# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import itertools
from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

# so many records are read ahead, as core does
_AHEAD = 1000


def take_numbers(env, code, company_ids):
    """The next numbers of a sequence, as `next_by_code` gives them one by one.

    :param str code: of the sequence, which is looked up once for each company
    :param list company_ids: the company of each number that is wanted
    :return: the numbers, in this order; False where there is no such sequence
    """
    sequences = {
        company_id: env["ir.sequence"]._get_rma_sequence(code, company_id)
        for company_id in set(company_ids)
    }
    return [
        sequences[company_id].with_company(company_id).next_by_id()
        if sequences[company_id]
        else False
        for company_id in company_ids
    ]


def lock_rows(records):
    """Lock the rows of `records` so that what is read of them next stays true.

    PostgreSQL runs Odoo's transactions at REPEATABLE READ. Somebody who merely
    locked a row and wrote elsewhere would stay invisible to us: we would get the lock
    after them and still judge by our older snapshot. An update that changes no
    value makes a new version of the row, so the later of two transactions fails
    with a serialization error, and Odoo runs its request again on fresh data.

    What was read of the rows before stays in the cache: it is of the same snapshot, so
    an update that succeeds says that it is still true. (A commit empties the cache.)

    Rows that this transaction has locked, or made (`own_rows`), are its own already.
    """
    missing = set(records.ids) - own_rows(records)
    if not missing:
        return
    records.env.execute_query(
        SQL(
            "UPDATE %(table)s SET write_date = write_date WHERE id IN %(ids)s "
            "RETURNING id",
            table=SQL.identifier(records._table),
            ids=tuple(sorted(missing)),
        )
    )
    own_rows(records).update(missing)


def own_rows(records):
    """The ids of those rows of a model that nobody else can have in hand before this
    transaction ends. Commit, rollback and the rollback of a savepoint forget them.

    :rtype: set, to be changed in place
    """
    data = records.env.cr.precommit.data
    return data.setdefault("rma_authorization.own_rows", {}).setdefault(
        records._table, set()
    )


def fetch_rows(records):
    """Read what isn't in memory yet of `records` in one query; `fetch` alone would read
    all of them again.

    :return: the same records
    """
    # a column that every row is read or made with
    missing = records._fields["create_date"]._cache_missing_ids(records._origin)
    records.browse(missing).fetch()
    return records


def fetch_people(partners):
    """Read in one query whom something is about, and who writes its history."""
    fetch_rows((partners | partners.env.user.partner_id).sudo())


def read_rows(records, *names):
    """Read a one2many together with its rows, for these records and, as core does, for
    those that they were read with. Core takes a query for the ids of the rows, and
    another one for what is in them.

    :param names: of the one2many, or of several that show parts of the same rows
    :return: the rows of these records
    """
    fields = [records._fields[name] for name in names]
    if missing := _get_missing_ids(records, fields):
        others = _get_missing_ids(records.browse(records._prefetch_ids), fields)
        others = itertools.islice(others - missing, _AHEAD)
        missing = records.browse([*missing, *others])
        [(inverse_name, comodel_name)] = {
            (field.inverse_name, field.comodel_name) for field in fields
        }
        # as `One2many.read` does
        model = records.env[comodel_name].with_context(
            **{"active_test": False, **fields[0].context}
        )
        domains = [field.get_comodel_domain(missing) for field in fields]
        found = model.search_fetch(
            Domain.OR(domains) & Domain(inverse_name, "in", missing.ids)
        )
        for field, domain in zip(fields, domains, strict=True):
            rows = defaultdict(list)
            for row in found.filtered_domain(domain) if len(fields) > 1 else found:
                rows[row[inverse_name].id].append(row.id)
            field._insert_cache(missing, [tuple(rows[id_]) for id_ in missing._ids])
    first, *others = (records[name] for name in names)
    return first.union(*others) if others else first


def _get_missing_ids(records, fields):
    """Those that one of these fields isn't in memory of."""
    records = records._origin
    return {id_ for field in fields for id_ in field._cache_missing_ids(records)}


def find_together(records, names):
    """Find what is in several one2manys and many2manys in one query, where the ORM
    takes one for each: their ids, that is; rows are read when they are wanted.

    :param names: of the fields; those that are in memory are left as they are, and
        those that aren't found by the ORM's own means to whoever finds them
    :raise AccessError: where the user can't read them, as the ORM does
    """
    records = records._origin
    fields = [
        field
        for field in map(records._fields.get, names)
        if is_found_together(records.env, field) and _get_missing_ids(records, [field])
    ]
    if not fields:
        return
    arrays = [SQL("ARRAY(%s)", _select_pairs(records, field)) for field in fields]
    [found] = records.env.execute_query(SQL("SELECT %s", SQL(", ").join(arrays)))
    for field, pairs in zip(fields, found, strict=True):
        others = {id_: [] for id_ in records._ids}
        for id_, other_id in pairs:
            others[id_].append(other_id)
        # what this transaction has changed stays
        field._insert_cache(records, map(tuple, others.values()))


def is_found_together(env, field):
    """Whether the records of this field are found as the ORM's fields find them: by a
    column or a table of relations, and by the search that every model has."""
    if field.type not in ("one2many", "many2many") or not field.store:
        return False
    comodel = env[field.comodel_name]
    if type(comodel)._search is not models.BaseModel._search:
        return False
    if field.type == "many2many":
        return True
    inverse = comodel._fields[field.inverse_name]
    return inverse.store and inverse.type == "many2one"


def _select_pairs(records, field):
    """Pairs of a record and one that is in its field, of those that the user may see,
    in their order; archived ones as well, which the ORM leaves out later."""
    context = {"active_test": False, **field.context}
    comodel = records.env[field.comodel_name].with_context(**context)
    table, domain = comodel._table, field.get_comodel_domain(records)
    if field.type == "one2many":
        domain &= Domain(field.inverse_name, "in", records.ids)
        query = comodel._search(domain, order=comodel._order)
        own_id = comodel._field_to_sql(table, field.inverse_name, query)
    else:
        query = comodel._search(domain, order=comodel._order)
        own_id = SQL.identifier(field.relation, field.column1)
        other_id = SQL.identifier(field.relation, field.column2)
        condition = SQL("%s = %s", other_id, SQL.identifier(table, "id"))
        query.add_join("JOIN", field.relation, None, condition)
        query.add_where(SQL("%s IN %s", own_id, records._ids))
    return query.select(SQL("ARRAY[%s, %s]", own_id, SQL.identifier(table, "id")))
