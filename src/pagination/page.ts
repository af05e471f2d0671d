/** A numbered page of a collection; knows nothing of addresses. */
export class Page<T> {
  constructor(
    readonly items: readonly T[],
    readonly number: number,
    readonly size: number,
    readonly totalElements: number,
    /** Where a reader who follows `next` goes on, so that deep pages cost no more than the first. */
    readonly after?: string,
    /** The same for `prev`. */
    readonly before?: string,
  ) {}

  get totalPages(): number {
    return Math.ceil(this.totalElements / this.size);
  }

  /** The same page with other items in place of these. */
  with<U>(items: readonly U[]): Page<U> {
    return new Page(items, this.number, this.size, this.totalElements, this.after, this.before);
  }

  map<U>(convert: (item: T) => U): Page<U> {
    return this.with(this.items.map(convert));
  }
}

/** A page of a collection that is walked by cursor, newest first. */
export class CursorPage<T> {
  constructor(
    readonly items: readonly T[],
    /** The size that was asked for. */
    readonly size: number,
    readonly total: number,
    /** The first item of this page. */
    readonly start?: number,
    /** The first item of the next page, if there is one. */
    readonly next?: number,
    /** There are newer items than `start`. */
    readonly hasPrevious = false,
  ) {}

  /** The same page with other items in place of these. */
  with<U>(items: readonly U[]): CursorPage<U> {
    return new CursorPage(items, this.size, this.total, this.start, this.next, this.hasPrevious);
  }
}
