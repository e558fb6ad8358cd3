// What continuous integration judges, as pure functions.

/** Bar of `npm test`. */
export const suiteSeconds = 15 * 60;

/**
 * Judges the time of the suite; `isReportOnly` lets it pass whatever it is.
 * @param {number} seconds
 */
export function checkSuite(seconds, isReportOnly = false) {
  return { what: `npm test: at most ${suiteSeconds} s`, pass: isReportOnly || seconds <= suiteSeconds, detail: `${Math.round(seconds)} s` };
}

/** Bars of the demo: 2.5 minutes on two cores, 2 GB, a final network of at most 60 % of the supernet's MACs at 95 % of its accuracy. */
export const bars = { seconds: 150, bytes: 2 * 1024 ** 3, penalties: 3, macsShare: 0.6, metricShare: 0.95 };

/**
 * Counts of vitest's JSON report. A file that could not be loaded has no tests and counts as one failure; no report at all, too.
 * @param {any} report
 */
export function countTests(report) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  const failed = report.numFailedTests + unloaded;
  // an error outside of any test fails the run without failing a test
  const outside = report.success === false && failed === 0 ? 1 : 0;
  return { passed: report.numPassedTests, failed: failed + outside, skipped: report.numPendingTests + (report.numTodoTests ?? 0) };
}

const metricOf = (trial) => trial.metrics[0]?.value ?? Number.NaN;
const percent = (value) => `${(100 * value).toFixed(1)} %`;

function describeShares(trial, reference) {
  const [value, full] = [metricOf(trial), metricOf(reference)];
  return `${percent(trial.cost.macs / reference.cost.macs)} of the MACs, ${percent(value / full)} of the mIoU (${percent(value)} against ${percent(full)})`;
}

/**
 * Judges a demo by its document (`lab demo --json`), its trials (`lab trials ID --json`) and what was measured from outside.
 * Returns a list of { what, pass, detail }; `isReportOnly` lets time and memory pass whatever they are.
 * @param {any} document
 * @param {any[]} trials
 * Where memory can be measured (Linux) a demo whose memory was not measured fails.
 * @param {{ seconds: number, peakBytes: number | undefined }} measured
 */
export function checkDemo(document, trials, measured, isReportOnly = false, platform = process.platform) {
  const complete = trials.filter((trial) => trial.state === 'complete' && Number.isFinite(metricOf(trial)));
  const ends = complete.filter((trial) => trial.role === 'front');
  const series = new Set(ends.map((trial) => trial.series));
  const reference = complete.find((trial) => trial.role === 'reference');
  const small = reference === undefined ? [] : ends.filter((trial) => trial.cost.macs <= bars.macsShare * reference.cost.macs);
  const best = small.toSorted((a, b) => metricOf(b) - metricOf(a))[0];
  const isKept = best !== undefined && metricOf(best) >= bars.metricShare * metricOf(reference);
  const bestText = best === undefined ? 'no such network' : `t${best.number}: ${describeShares(best, reference)}`;
  const listed = [...(document.front ?? []), ...(document.dominated ?? [])].map((trial) => trial.number);
  return [
    { what: 'demo: complete', pass: document.state === 'complete', detail: `state ${document.state}` },
    { what: `demo: the ends of at least ${bars.penalties} penalties`, pass: series.size >= bars.penalties, detail: [...series].join(', ') },
    {
      what: 'demo: front and best name finished trials',
      pass:
        document.front?.length > 0 &&
        listed.every((number) => complete.some((trial) => trial.number === number)) &&
        complete.some((trial) => trial.number === document.best?.number),
      detail: `front ${document.front?.map((trial) => `t${trial.number}`).join(' ')}, best t${document.best?.number}`,
    },
    {
      what: 'demo: an unshrunk reference of equal steps',
      pass: reference !== undefined && ends.every((trial) => trial.steps === reference.steps),
      detail: `steps ${[...new Set([reference, ...ends].map((trial) => trial?.steps))].join(', ')}`,
    },
    {
      what: `demo: a network of at most ${percent(bars.macsShare)} of the MACs at ${percent(bars.metricShare)} of the mIoU`,
      pass: isKept,
      detail: bestText,
    },
    {
      what: `demo: at most ${bars.seconds} s`,
      pass: isReportOnly || measured.seconds <= bars.seconds,
      detail: `${measured.seconds.toFixed(1)} s`,
    },
    {
      what: 'demo: at most 2 GB',
      pass: isReportOnly || (measured.peakBytes === undefined ? platform !== 'linux' : measured.peakBytes <= bars.bytes),
      detail: measured.peakBytes === undefined ? 'not measured here' : `${(measured.peakBytes / 1024 ** 3).toFixed(2)} GB`,
    },
  ];
}

/** Every demo has a form that shows within so many seconds that everything works. */
export const quickSeconds = 40;

/**
 * Judges a demo in its quick form by its document and its time; the random search behind it must have come to its end as well.
 * @param {string} name
 * @param {any} document
 * @param {number} seconds
 */
export function checkQuickDemo(name, document, seconds, isReportOnly = false) {
  const states = [document?.state, document?.baseline?.state];
  const fronts = [document?.front, document?.baseline?.front].map((front) => front?.length ?? 0);
  return [
    {
      what: `demo ${name}, quick: both searches complete, each with a front`,
      pass: states.every((state) => state === 'complete') && fronts.every((length) => length > 0),
      detail: `states ${states.join(', ')}; fronts of ${fronts.join(' and ')}`,
    },
    {
      what: `demo ${name}, quick: at most ${quickSeconds} s`,
      pass: isReportOnly || seconds <= quickSeconds,
      detail: `${seconds.toFixed(1)} s`,
    },
  ];
}
