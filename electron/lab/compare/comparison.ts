import { comparedRow } from '../../../engine/export/comparison.ts';
import type { ComparedCell, ComparisonGroup, ComparisonRow } from '../../../engine/export/comparison.ts';
import { comparabilityFindings } from '../../../engine/metrics/comparability.ts';
import type { ComparabilityFinding } from '../../../engine/metrics/comparability.ts';
import type { Comparison } from '../../ipc/compare.ts';
import { namedChoices } from '../architecture/named-choices.ts';
import type { Subject } from './subject.ts';

/** Facts that scores depend on; a seed or a series is shown but makes nothing unfair. */
const scoreFacts = ['task', 'data set', 'split', 'input', 'kind of score', 'scope of MACs', 'budget'];
const costFacts: ReadonlySet<string> = new Set(['input', 'scope of MACs']);

/** Lays subjects side by side; the first one is the base. */
export function comparisonOf(subjects: readonly Subject[]): Comparison {
  const [base] = subjects;
  const findings = subjects.map((subject, column) => (base === undefined || column === 0 ? [] : unfairness(base, subject)));
  const groups: readonly ComparisonGroup[] = [
    { id: 'scores', title: 'Scores', rows: scoreRows(subjects, findings) },
    { id: 'cost', title: 'Cost', rows: costRows(subjects, findings) },
    { id: 'conditions', title: 'Conditions', rows: conditionRows(subjects) },
    { id: 'classes', title: 'Per class (IoU)', rows: partRows(subjects, findings, 'classes') },
    { id: 'joints', title: 'Per joint (similarity)', rows: partRows(subjects, findings, 'joints') },
    { id: 'settings', title: 'Settings of the space', rows: settingRows(subjects) },
    ...choiceGroups(subjects),
  ];
  const shown = groups.filter(({ rows }) => rows.length > 0);
  const rows = shown.flatMap((group) => group.rows);
  return {
    columns: subjects.map(({ ref, label, detail, hash, arch }) => ({ ref, label, detail, hash, space: arch.space })),
    groups: shown,
    differing: rows.filter(({ differs }) => differs).length,
    rows: rows.length,
    findings,
  };
}

function unfairness(base: Subject, other: Subject): readonly ComparabilityFinding[] {
  const facts = ({ conditions }: Subject) =>
    Object.fromEntries(scoreFacts.flatMap((fact) => (conditions[fact] === undefined ? [] : [[fact, [conditions[fact]]]])));
  return comparabilityFindings([
    { label: base.label, facts: facts(base) },
    { label: other.label, facts: facts(other) },
  ]);
}

/** A cell that was taken under other conditions carries the mark. */
function judged(
  cell: ComparedCell,
  findings: readonly ComparabilityFinding[] | undefined,
  matters: (fact: string) => boolean,
): ComparedCell {
  return cell.value !== null && findings?.some(({ fact }) => matters(fact)) === true ? { ...cell, isUnfair: true } : cell;
}

function scoreRows(subjects: readonly Subject[], findings: Comparison['findings']): readonly ComparisonRow[] {
  const names = [...new Set(subjects.flatMap(({ scores }) => Object.keys(scores)))];
  return names.map((name) =>
    comparedRow(
      { name, unit: 'share', better: 'higher' },
      subjects.map(({ ref, scores }, column) =>
        judged(
          scores[name] ?? { value: null, reason: 'published' in ref ? 'no checked figure of this metric is published' : 'not evaluated' },
          findings[column],
          () => true,
        ),
      ),
    ),
  );
}

function costRows(subjects: readonly Subject[], findings: Comparison['findings']): readonly ComparisonRow[] {
  const counted = (name: string, unit: 'count' | 'bytes', of: string, field: keyof Subject['cost']): ComparisonRow =>
    comparedRow(
      { name, unit, of, better: 'lower' },
      subjects.map(({ cost }, column) => {
        const value = cost[field];
        const cell = Number.isFinite(value) ? { value } : { value: null, reason: 'the trial has not finished' };
        return judged(cell, findings[column], (fact) => field !== 'params' && costFacts.has(fact));
      }),
    );
  const timed = (name: string, field: 'latency' | 'latencyP95'): ComparisonRow =>
    comparedRow(
      { name, unit: 'ms', better: 'lower' },
      subjects.map((subject) => {
        // Another device, backend, number of threads or mode than the first one's.
        const [own, base] = [subject[field], subjects[0]?.[field]];
        const isUnfair = own.value !== null && typeof base?.value === 'number' && own.note !== base.note;
        return isUnfair ? { ...own, isUnfair } : own;
      }),
    );
  return [
    counted('MACs', 'count', 'MACs', 'macs'),
    counted('Parameters', 'count', 'params', 'params'),
    counted('Activation memory', 'bytes', 'B', 'activationBytes'),
    timed('Latency p50', 'latency'),
    ...(subjects.some(({ latencyP95 }) => latencyP95.value !== null) ? [timed('Latency p95', 'latencyP95')] : []),
  ];
}

function conditionRows(subjects: readonly Subject[]): readonly ComparisonRow[] {
  const names = [...new Set([...scoreFacts, 'seed', 'series'])].filter((name) =>
    subjects.some(({ conditions }) => conditions[name] !== undefined),
  );
  return names.map((name) =>
    comparedRow(
      { name: name[0]?.toUpperCase() + name.slice(1), unit: 'text' },
      subjects.map(({ conditions }) =>
        conditions[name] === undefined ? { value: null, reason: 'not known' } : { value: conditions[name] },
      ),
    ),
  );
}

function partRows(subjects: readonly Subject[], findings: Comparison['findings'], parts: 'classes' | 'joints'): readonly ComparisonRow[] {
  const names = [...new Set(subjects.flatMap((subject) => Object.keys(subject[parts])))];
  return names.map((name) =>
    comparedRow(
      { name, unit: 'share', better: 'higher' },
      subjects.map((subject, column) =>
        judged(subject[parts][name] ?? { value: null, reason: 'not evaluated' }, findings[column], () => true),
      ),
    ),
  );
}

function settingRows(subjects: readonly Subject[]): readonly ComparisonRow[] {
  const space = comparedRow(
    { name: 'Space', unit: 'text' },
    subjects.map(({ arch }) => ({ value: arch.space })),
  );
  const names = [...new Set(subjects.flatMap(({ arch }) => Object.keys(arch.settings)))].sort();
  return [
    space,
    ...names.map((name) =>
      comparedRow(
        { name, unit: 'text' },
        subjects.map(({ arch }) => {
          const value = arch.settings[name];
          return value === undefined
            ? { value: null, reason: 'this space has no such setting' }
            : { value: typeof value === 'string' ? value : JSON.stringify(value) };
        }),
      ),
    ),
  ];
}

/** One group for each outermost part of the choices' paths, in the order of the first column. Choices of named options are told by name. */
function choiceGroups(subjects: readonly Subject[]): readonly ComparisonGroup[] {
  const names = [...new Set(subjects.flatMap(({ arch }) => Object.keys(arch.choices)))];
  const choices = subjects.map(({ arch }) => namedChoices(arch));
  return [...Map.groupBy(names, (name) => name.split('.')[0] ?? name)].map(([part, own]) => ({
    id: 'choices',
    title: `Choices: ${part}`,
    rows: own.map((name) =>
      comparedRow(
        { name, unit: 'choice' },
        choices.map((own) => {
          const value = Object.hasOwn(own, name) ? own[name] : undefined;
          return value === undefined ? { value: null, reason: 'this network has no such choice' } : { value };
        }),
      ),
    ),
  }));
}
