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
        // keys of the accessories that are there
        this.present = [];
        // the worker was told once what is missing
        this.isWarned = false;
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
        if (!this.selectedRow) {
            this.selectedKey = this.rows.length ? this.rows[0].key : false;
        }
    }

    /** Nothing more comes with this parcel: the next scan is another one. */
    finish(rma) {
        this.show(rma);
        this.goods = [];
        this.present = [];
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
        return this.rows.find(
            (row) =>
                row.key === this.selectedKey ||
                row.accessories.some((one) => this.getKey(row, one) === this.selectedKey)
        );
    }

    /** Select what is so many places below: a row, or an accessory of one. */
    move(step) {
        const keys = this.rows.flatMap((row) => [
            row.key,
            ...this.getAccessories(row).map((one) => this.getKey(row, one)),
        ]);
        const next = keys[keys.indexOf(this.selectedKey) + step];
        if (next) {
            this.selectedKey = next;
        }
    }

    // -- accessories ------------------------------------------------------------------

    getKey(row, accessory) {
        return `${row.line_id}/${accessory.id}`;
    }

    /** What has to come with the goods that were counted of this line. */
    getAccessories(row) {
        const isCounted = this.goods.some((one) => one.line_id === row.line_id);
        return this.isOpen && isCounted ? row.accessories : [];
    }

    isPresent(row, accessory) {
        return this.present.includes(this.getKey(row, accessory));
    }

    toggle(row, accessory) {
        const key = this.getKey(row, accessory);
        if (this.isPresent(row, accessory)) {
            this.present.splice(this.present.indexOf(key), 1);
        } else {
            this.present.push(key);
        }
    }

    /** Tick the selected accessory; of a selected row all, or none if all are. */
    tick() {
        const row = this.selectedRow;
        if (!row) {
            return;
        }
        const accessories = this.getAccessories(row);
        const selected = accessories.find((one) => this.getKey(row, one) === this.selectedKey);
        const missing = accessories.filter((one) => !this.isPresent(row, one));
        const toggled = selected ? [selected] : missing.length ? missing : accessories;
        for (const one of toggled) {
            this.toggle(row, one);
        }
    }

    tickAll() {
        for (const row of this.rows) {
            for (const one of this.getAccessories(row)) {
                if (!this.isPresent(row, one)) {
                    this.toggle(row, one);
                }
            }
        }
    }

    /** What isn't ticked: rows of `receive`, with the name. */
    get missing() {
        return this.rows.flatMap((row) =>
            this.getAccessories(row)
                .filter((one) => !this.isPresent(row, one))
                .map((one) => ({
                    line_id: row.line_id,
                    accessory_id: one.id,
                    name: one.name,
                }))
        );
    }
}
