/** Loaded into the servers that the realtime bench measures: tells what they take. */
process.on('message', ({ cpu, memory }) => {
  if (cpu) {
    const { user, system } = process.cpuUsage();
    process.send({ cpu: user + system });
  } else if (memory) {
    // Twice, since the first time may only find what is to be given back.
    globalThis.gc();
    globalThis.gc();
    const { heapUsed, external, rss } = process.memoryUsage();
    process.send({ memory: { heap: heapUsed, outside: external, rss } });
  }
});
