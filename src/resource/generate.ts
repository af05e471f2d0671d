/**
 * Makes a function of source text. What a class declares is known when the function is made; written out, field after
 * field, it is not gone through again for each object of each page. `known` are the values that the source refers to.
 * No source holds anything but names and texts that were declared in code.
 */
export function generate<Made>(parameters: string, body: string, known: Record<string, unknown> = {}): Made {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- this is what the function is for
  const make = new Function(...Object.keys(known), `return (${parameters}) => {\n${body}\n};`) as (
    ...values: unknown[]
  ) => Made;
  return make(...Object.values(known));
}

/** Source that adds a member to the `json` of an object; `value` is source too. */
export function addMember(name: string, value: string): string {
  const key = `${JSON.stringify(name)}:`;
  return `json += (json === '' ? ${JSON.stringify(`{${key}`)} : ${JSON.stringify(`,${key}`)}) + ${value};`;
}
