/**
 * The parcel on the screen: which return it is, and what was counted of it. The server
 * judges, and gets all of this with each scan.
 */
export class DockParcel {
    constructor() {
        this.clear();
    }

    clear() {
        this.rma = false;
        this.goods = [];
        this.selectedKey = false;
        this.isFinished = false;
    }

    /** The return can be received. */
    get isOpen() {
        return Boolean(this.rma && this.rma.is_open && !this.isFinished);
    }

    get rows() {
        return this.rma ? this.rma.rows : [];
    }

    /** What the server wants to know with a scan. */
    get request() {
        return { rma_id: this.isOpen && this.rma.id, goods: this.isOpen ? this.goods : [] };
    }

    /** Show the return of an answer, and keep what was counted if it is the same. */
    show(rma) {
        if (!rma || !this.rma || this.isFinished || rma.id !== this.rma.id) {
            this.clear();
        }
        this.rma = rma;
        if (!this.rows.some((row) => row.key === this.selectedKey)) {
            this.selectedKey = this.rows.length ? this.rows[0].key : false;
        }
    }

    /** Nothing more comes with this parcel: the next scan is another one. */
    finish(rma) {
        this.show(rma);
        this.goods = [];
        this.isFinished = true;
    }

    add(count) {
        const same = this.goods.find(
            (one) =>
                one.key === count.key &&
                one.lot_id === count.lot_id &&
                one.lot_name === count.lot_name
        );
        if (same) {
            same.qty += count.qty;
        } else {
            this.goods.push({ ...count });
        }
        this.selectedKey = count.key;
    }

    /** One more of a row whose goods have no numbers. */
    addOne(row, qty = 1) {
        this.add({
            key: row.key,
            line_id: row.line_id,
            product_id: row.product_id,
            qty,
            lot_id: false,
            lot_name: false,
            received: row.received,
        });
    }

    /** One less: of what has numbers, the last that was scanned. */
    removeOne(row) {
        const last = this.goods.findLastIndex((one) => one.key === row.key);
        if (last < 0) {
            return;
        }
        this.goods[last].qty -= 1;
        if (this.goods[last].qty <= 0) {
            this.goods.splice(last, 1);
        }
    }

    /** All that is expected and has no numbers to be looked at. */
    addAll() {
        for (const row of this.rows) {
            const rest = row.expected - this.getCounted(row);
            if (row.tracking === "none" && rest > 0) {
                this.addOne(row, rest);
            }
        }
    }

    getCounted(row) {
        return this.goods
            .filter((one) => one.key === row.key)
            .reduce((total, one) => total + one.qty, 0);
    }

    getNumbers(row) {
        return this.goods
            .filter((one) => one.key === row.key && one.lot_name)
            .map((one) => one.lot_name);
    }

    get selectedRow() {
        return this.rows.find((row) => row.key === this.selectedKey);
    }

    /** Select the row that is so many rows below. */
    move(step) {
        const index = this.rows.findIndex((row) => row.key === this.selectedKey);
        const next = this.rows[index + step];
        if (next) {
            this.selectedKey = next.key;
        }
    }
}
