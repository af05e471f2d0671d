/** A moment out of a request, in milliseconds. Without a zone it is meant in UTC, as all times of the API are. */
export function parseTime(text: string): number {
  return Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`);
}
