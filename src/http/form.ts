import { parse } from 'node:querystring';

/** A body that came as a form. OAuth requests are forms; operations take JSON. */
export class Form {
  private constructor(readonly fields: Record<string, string | string[] | undefined>) {}

  static of(text: string): Form {
    return new Form(parse(text));
  }
}
