/** What the server answered. `body` is the parsed JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  body: any;
}
