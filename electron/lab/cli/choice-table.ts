import type { Choice } from '../../../engine/spaces/search-space.ts';
import { table } from './table.ts';

/** The choices of a space as a table: one line a choice, or one line a block (choices that share all but the last part of their names). */
export function choiceTable(choices: readonly Choice[], isFolded: boolean): string {
  const rows = isFolded ? blocksOf(choices).map(blockRow) : choices.map(choiceRow);
  return table([{ title: isFolded ? 'block' : 'choice' }, { title: 'options' }, { title: 'what it is' }], rows);
}

const optionsText = ({ options, values, range }: Choice): string => options?.join(', ') ?? values?.join(', ') ?? range?.join('..') ?? '';
/** Of many named options the first and the last ones. */
const foldedOptions = (choice: Choice): string => {
  const { options = [] } = choice;
  return options.length > 12
    ? `${options.slice(0, 3).join(', ')}, … ${options.slice(-2).join(', ')} (${options.length} options)`
    : optionsText(choice);
};
const choiceRow = (choice: Choice): string[] => [choice.name, optionsText(choice), choice.description ?? ''];

interface Block {
  readonly name: string;
  readonly choices: readonly Choice[];
}

/** In the order of their first choices. */
function blocksOf(choices: readonly Choice[]): readonly Block[] {
  const blocks = Map.groupBy(choices, ({ name }) => name.slice(0, Math.max(0, name.lastIndexOf('.'))));
  return [...blocks].map(([name, members]) => ({ name, choices: members }));
}

/** 'par0.0.0', 'k3 k5 k7: 0..96; tokens: 0..64', '24 -> 24 channels, stride 1'. */
function blockRow({ name, choices }: Block): string[] {
  const [first] = choices;
  if (first === undefined) return [];
  if (name === '' || choices.length === 1) return [first.name, foldedOptions(first), first.description ?? ''];
  const parts = Map.groupBy(choices, foldedOptions);
  const options = [...parts].map(([text, members]) => `${members.map((choice) => choice.name.slice(name.length + 1)).join(' ')}: ${text}`);
  return [name, options.join('; '), sharedDescription(choices)];
}

/** The end that the descriptions of most choices share, from a comma on; that of the first choice when they share none. */
function sharedDescription(choices: readonly Choice[]): string {
  const first = choices[0]?.description ?? '';
  const rest = first.slice(first.indexOf(', ') + 2);
  const sharing = choices.filter(({ description }) => description?.endsWith(rest) === true).length;
  return first.includes(', ') && sharing > choices.length / 2 ? rest : first;
}
