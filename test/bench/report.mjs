import { thousands } from './operations.mjs';

const MEASURES = ['requests/s', 'min–max', 'p50 ms', 'p99 ms', 'errors', 'peak RSS MiB'];

/** A Markdown table that grows with each operation. With a floor there are two rows for each, and their ratio. */
export class Report {
  constructor(hasFloor) {
    this.hasFloor = hasFloor;
    this.line(['operation', ...(hasFloor ? ['server'] : []), ...MEASURES, ...(hasFloor ? ['of the floor'] : [])]);
    this.line(['---', ...(hasFloor ? ['---'] : []), ...MEASURES.map(() => '--:'), ...(hasFloor ? ['--:'] : [])]);
  }

  add(title, summaries) {
    const floor = summaries.find(({ target }) => target.isFloor);
    for (const summary of summaries)
      this.line([
        title,
        ...(this.hasFloor ? [summary.target.name] : []),
        thousands(summary.rate),
        `${thousands(summary.slowest)}–${thousands(summary.fastest)}`,
        time(summary.p50),
        time(summary.p99),
        summary.errors,
        memory(summary.memory),
        ...(this.hasFloor ? [ratio(summary, floor)] : []),
      ]);
  }

  line(cells) {
    console.log(`| ${cells.join(' | ')} |`);
  }
}

/** Nothing was answered in time: there is no time to tell. */
const time = (milliseconds) => (Number.isNaN(milliseconds) ? '–' : milliseconds.toFixed(2));
const memory = (mebibytes) => (mebibytes === undefined ? '–' : thousands(mebibytes));
const ratio = (summary, floor) =>
  floor && summary !== floor ? `${((100 * summary.rate) / floor.rate).toFixed(0)} %` : '';
