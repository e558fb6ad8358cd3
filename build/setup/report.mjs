// What set-up tells the user: numbered steps with seconds, on standard error (standard output belongs to the command that follows).

/** Replaces addresses: messages name no registry. */
export function hideAddresses(text) {
  return text.replace(/\b[a-z+]+:\/\/\S+/gi, '<address>');
}

/** A reporter for `count` steps. `step` runs one and prints its start, a sign of life every ten seconds, and its end. */
export function createReporter(count, write = (line) => process.stderr.write(`${line}\n`)) {
  let number = 0;
  return {
    say: write,
    async step(title, action) {
      number += 1;
      const label = `[${number}/${count}] ${title}`;
      const started = Date.now();
      const seconds = () => ((Date.now() - started) / 1000).toFixed(1);
      write(label);
      const life = setInterval(() => write(`${label}: ${Math.round((Date.now() - started) / 1000)} s so far`), 10_000);
      try {
        const result = await action();
        write(`${label}: done in ${seconds()} s`);
        return result;
      } finally {
        clearInterval(life);
      }
    },
  };
}
