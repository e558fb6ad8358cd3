export type Severity = 'error' | 'warn' | 'info';

/** One fact about a data set, told once for each code and split, not once for each file. */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly split?: string;
  /** How many files it is about. */
  readonly count: number;
  /** Up to five of them, relative to the root. */
  readonly examples: readonly string[];
  /** The first example. */
  readonly path?: string;
  readonly message: string;
  readonly tip: string;
}

/** What a rule's text is made from. */
export interface FindingGroup {
  readonly split: string | undefined;
  readonly count: number;
  /** How many files were looked at. */
  readonly total: number;
  readonly example: string;
  /** Distinct details in the order they came, at most five. */
  readonly details: readonly string[];
}

export interface FindingRule {
  readonly severity: Severity;
  readonly say: (group: FindingGroup) => string;
  readonly tip: string;
}

interface Group {
  readonly code: string;
  readonly split: string | undefined;
  severity: Severity | undefined;
  count: number;
  total: number;
  readonly examples: string[];
  readonly details: string[];
}

const MAX_EXAMPLES = 5;

/** Collects what checks see, file by file, and words it by a table of rules. */
export class FindingList {
  readonly #rules: Readonly<Record<string, FindingRule>>;
  readonly #groups = new Map<string, Group>();

  constructor(rules: Readonly<Record<string, FindingRule>>) {
    this.#rules = rules;
  }

  /** One more file (or fact) of a code. `severity` overrides the rule's. */
  add(
    code: string,
    options: {
      readonly split?: string | undefined;
      readonly path?: string;
      readonly detail?: string;
      readonly total?: number;
      readonly severity?: Severity;
    } = {},
  ): void {
    if (this.#rules[code] === undefined) throw new RangeError(`no rule for finding '${code}'`);
    const key = `${code}/${options.split ?? ''}`;
    const group = this.#groups.get(key) ?? {
      code,
      split: options.split,
      severity: undefined,
      count: 0,
      total: 0,
      examples: [],
      details: [],
    };
    this.#groups.set(key, group);
    group.count += 1;
    group.total = Math.max(group.total, options.total ?? 0);
    group.severity = options.severity ?? group.severity;
    if (options.path !== undefined) keepFirst(group.examples, options.path);
    if (options.detail !== undefined) keepFirst(group.details, options.detail);
  }

  has(code: string, split?: string): boolean {
    return split === undefined ? [...this.#groups.values()].some((group) => group.code === code) : this.#groups.has(`${code}/${split}`);
  }

  /** Errors first, then warnings, then facts; each by code and split. Files are examined many at once: what was found first says nothing. */
  list(): readonly Finding[] {
    const order: Readonly<Record<Severity, number>> = { error: 0, warn: 1, info: 2 };
    const findings = [...this.#groups.values()].map((group): Finding => {
      const rule = this.#rules[group.code] as FindingRule;
      const example = group.examples[0] ?? '';
      return {
        code: group.code,
        severity: group.severity ?? rule.severity,
        ...(group.split === undefined ? {} : { split: group.split }),
        count: group.count,
        examples: group.examples,
        ...(example === '' ? {} : { path: example }),
        message: rule.say({ split: group.split, count: group.count, total: group.total, example, details: group.details }),
        tip: rule.tip,
      };
    });
    return findings.sort((a, b) => order[a.severity] - order[b.severity] || compareText(a.code, b.code) || compareText(a.split, b.split));
  }
}

const compareText = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);

/** Keeps the first few by name, whatever order they come in: files are looked at many at once. */
function keepFirst(examples: string[], example: string): void {
  if (examples.includes(example)) return;
  examples.push(example);
  examples.sort();
  examples.length = Math.min(examples.length, MAX_EXAMPLES);
}

const files = (group: FindingGroup, what: string): string =>
  `${group.split === undefined ? '' : `${group.split}: `}${group.count} ${what}${group.example === '' ? '' : `, e.g. ${group.example}`}`;
const COPY_AGAIN = 'Copy or unpack these files again.';

/** Findings that every kind of picture data set has. */
export const GENERIC_RULES: Readonly<Record<string, FindingRule>> = {
  'root.nested': {
    severity: 'info',
    say: (g) => `Using ${g.example}: the data lies one level away from the folder that was picked.`,
    tip: 'Nothing to do.',
  },
  'file.zero-bytes': {
    severity: 'error',
    say: (g) => `${files(g, 'empty files')}. The copy or unpacking was interrupted.`,
    tip: COPY_AGAIN,
  },
  'file.zero-bytes-unused': {
    severity: 'warn',
    say: (g) => `${files(g, 'empty files, which training and scoring do not read')}.`,
    tip: COPY_AGAIN,
  },
  'file.not-image': {
    severity: 'error',
    say: (g) => `${files(g, `files named as images contain ${g.details.join(' or ')}`)}.`,
    tip: COPY_AGAIN,
  },
  'file.truncated': {
    severity: 'error',
    say: (g) => `${files(g, 'files are cut off')}${g.details.length > 0 ? ` (${g.details[0]} bytes)` : ''}.`,
    tip: COPY_AGAIN,
  },
  'file.damaged': {
    severity: 'error',
    say: (g) => `${files(g, 'files cannot be decoded')}${g.details.length > 0 ? `: ${g.details[0]}` : ''}.`,
    tip: COPY_AGAIN,
  },
  'file.unreadable': {
    severity: 'error',
    say: (g) => `${files(g, 'files or folders cannot be opened')}${g.details.length > 0 ? ` (${g.details[0]})` : ''}.`,
    tip: 'Check the rights of these files and folders, and where links lead.',
  },
  'file.ext-mismatch': {
    severity: 'info',
    say: (g) => `${files(g, `files are ${g.details.join(' or ')}`)}; they are read by content.`,
    tip: 'Nothing to do.',
  },
  'file.junk': {
    severity: 'info',
    say: (g) => `${g.details[0]} files of operating systems (._*, .DS_Store, Thumbs.db, ...) are skipped.`,
    tip: 'Nothing to do.',
  },
  'file.duplicate': {
    severity: 'warn',
    say: (g) => `${files(g, 'files have the same key as another one')}; the first by name is used.`,
    tip: 'Keep one file for each picture.',
  },
  'name.grammar': {
    severity: 'warn',
    say: (g) => `${files(g, 'files have a name that follows no rule of the set')}; they are left out.`,
    tip: 'Restore the official file names.',
  },
  'image.exif-rotated': {
    severity: 'info',
    say: (g) => `${files(g, 'images carry a rotation tag')}. It is ignored, as in the reference code.`,
    tip: 'Nothing to do.',
  },
  'image.cmyk': { severity: 'info', say: (g) => `${files(g, 'CMYK images are converted to RGB')}.`, tip: 'Nothing to do.' },
  'image.gray': { severity: 'info', say: (g) => `${files(g, 'grey images are expanded to 3 channels')}.`, tip: 'Nothing to do.' },
  'image.alpha': {
    severity: 'warn',
    say: (g) => `${files(g, 'images have transparency')}; it is dropped.`,
    tip: 'Take the original images.',
  },
  'image.16bit': {
    severity: 'warn',
    say: (g) => `${files(g, 'images have 16 bits per channel')}; they are reduced to 8.`,
    tip: 'Take the original images.',
  },
  'image.too-small': { severity: 'warn', say: (g) => `${files(g, 'images have a side under 8 px')}.`, tip: 'Take the original images.' },
  'pair.missing-image': {
    severity: 'warn',
    say: (g) => `${files(g, 'label maps have no image')}; they are left out.`,
    tip: 'Unpack the images again.',
  },
  'pair.size-mismatch': {
    severity: 'error',
    say: (g) => `${files(g, 'label maps differ in size from their image')}: ${g.details[0] ?? ''}. Labels must not be resized.`,
    tip: 'Take images and labels from the same download.',
  },
  'label.rgb': {
    severity: 'error',
    say: (g) => `${files(g, 'label maps are colour pictures')}; ids are expected.`,
    tip: 'Pick the _labelIds.png files, not the _color.png ones.',
  },
  'label.antialiased': {
    severity: 'error',
    say: (g) => `${files(g, 'label maps hold many in-between values')}: they were resized with smoothing and cannot be repaired.`,
    tip: 'Restore the original label maps.',
  },
  'label.all-ignore': {
    severity: 'warn',
    say: (g) =>
      `${files(g, `of ${g.total} label maps have no labelled pixel`)}; this is typical of a test split, whose labels are withheld.`,
    tip: 'Restore the original label maps.',
  },
  'split.count': {
    severity: 'warn',
    say: (g) => `${g.split}: ${g.details[0]} official images.`,
    tip: 'Unpack the missing archives, or go on with this part of the set.',
  },
  'split.duplicate-content': {
    severity: 'warn',
    say: (g) =>
      `${files(g, 'pictures are byte for byte the same as one of another split')}${g.details.length > 0 ? ` (${g.details[0]})` : ''}.`,
    tip: 'A score on pictures that were trained on says little: remove them from one of the splits.',
  },
  'split.overlap': {
    severity: 'error',
    say: (g) => `${files(g, 'pictures are in more than one split')}: scores would be too good.`,
    tip: 'Keep each picture in its own split.',
  },
};
