/** Lets one at a time to each host, so that many links to one site are no burden to it. */
export class HostGate {
  private readonly last = new Map<string, Promise<unknown>>();

  pass<T>(host: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(host) ?? Promise.resolve();
    const turn = before.then(work, work);
    const ended = turn.then(
      () => undefined,
      () => undefined,
    );
    this.last.set(host, ended);
    void ended.then(() => {
      if (this.last.get(host) === ended) this.last.delete(host);
    });
    return turn;
  }
}
