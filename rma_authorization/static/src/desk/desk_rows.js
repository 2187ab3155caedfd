const PAGE = 40;
// So many rows are asked for once more: some may have been put in by their number.
const OVERLAP = 10;

/** The queue as far as it is loaded: which row is at hand, and which are marked. */
export class DeskRows {
    constructor() {
        this.total = 0;
        this.isLateOnly = false;
        this.clear();
    }

    clear() {
        this.rows = [];
        this.marked = [];
        this.selectedId = false;
    }

    /** What the server is asked for: the rows after these. */
    get filters() {
        const offset = Math.max(this.rows.length - OVERLAP, 0);
        return { is_late: this.isLateOnly, offset, limit: PAGE };
    }

    add({ rows, total }) {
        const known = new Set(this.rows.map((row) => row.id));
        this.rows.push(...rows.filter((row) => !known.has(row.id)));
        this.total = total;
    }

    /** Whether the next page is worth loading, and there is one. */
    get isShort() {
        return this.index + 2 > this.rows.length && this.rows.length < this.total;
    }

    get index() {
        return this.rows.findIndex((row) => row.id === this.selectedId);
    }

    /** The row that is so many places further. */
    get(step) {
        return this.rows[this.index + step];
    }

    /** A row that was found by its number; it may be further down than is loaded. */
    show(row) {
        if (!this.rows.some((one) => one.id === row.id)) {
            this.rows.unshift(row);
        }
    }

    replace(row) {
        this.rows = this.rows.map((one) => (one.id === row.id ? row : one));
    }

    /** Take judged lines out; the row that follows is at hand. */
    remove(ids) {
        const following = this.rows.slice(this.index).find((row) => !ids.includes(row.id));
        this.rows = this.rows.filter((row) => !ids.includes(row.id));
        this.total = Math.max(this.total - ids.length, this.rows.length);
        this.marked = this.marked.filter((id) => !ids.includes(id));
        this.selectedId = (following || this.rows.at(-1))?.id || false;
    }

    toggleMark() {
        const id = this.selectedId;
        if (this.marked.includes(id)) {
            this.marked = this.marked.filter((one) => one !== id);
        } else if (id) {
            this.marked = [...this.marked, id];
        }
    }
}
