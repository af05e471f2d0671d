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
    /** There is a page behind this one. Whoever follows `next` learns it from the rows, which come and go meanwhile. */
    readonly hasNext = (number + 1) * size < totalElements,
  ) {}

  get totalPages(): number {
    return Math.ceil(this.totalElements / this.size);
  }

  /** The same page with other items in place of these. */
  with<U>(items: readonly U[]): Page<U> {
    const { number, size, totalElements, after, before, hasNext } = this;
    return new Page(items, number, size, totalElements, after, before, hasNext);
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

/** A part of a log that is read from a position onwards, oldest first. */
export class FeedPage<T> {
  constructor(
    readonly items: readonly T[],
    /** The size that was asked for. */
    readonly size: number,
    /** The position behind which this part begins. */
    readonly after: number,
    /** The position from which to go on, now or later. */
    readonly next: number,
    /** More is there already. */
    readonly hasNext: boolean,
  ) {}

  map<U>(convert: (item: T) => U): FeedPage<U> {
    return new FeedPage(this.items.map(convert), this.size, this.after, this.next, this.hasNext);
  }
}
