# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tools import SQL


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
