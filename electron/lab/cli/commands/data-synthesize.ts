import type { Command } from 'commander';
import { CITYSCAPES_DEFECTS, parseDefects } from '../../../../datasets/cityscapes/synthesize/defects.ts';
import { synthesizeCityscapes, synthesizePresets } from '../../../../datasets/cityscapes/synthesize/synthesize.ts';
import { KEYPOINTS_DEFECTS, parseKeypointsDefects } from '../../../../datasets/coco-keypoints/synthesize/defects.ts';
import { sceneStyles, type SceneStyle } from '../../../../datasets/coco-keypoints/synthesize/scene.ts';
import { synthesizeKeypoints, synthesizeKeypointsPresets } from '../../../../datasets/coco-keypoints/synthesize/synthesize.ts';
import type { DrawOptions, SynthesizeResult } from '../../../../datasets/synthesize/draw-set.ts';
import { listOf, oneOf, size, wholeNumber } from '../arguments.ts';
import { cancellable } from '../cancellable.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError } from '../failure.ts';
import { shellWord } from '../format.ts';
import { Progress } from '../progress.ts';
import type { CommandResult, Session } from '../session.ts';

const presetNames = ['unit', 'demo', 'search'] as const;
type PresetName = (typeof presetNames)[number];

interface SynthesizeArguments {
  readonly train?: number;
  readonly val?: number;
  readonly test?: number;
  readonly size?: readonly [number, number];
  readonly preset?: PresetName;
  readonly style?: SceneStyle;
  readonly inject?: readonly string[];
}

interface SetSize {
  readonly train: number;
  readonly val: number;
  readonly test?: number;
  readonly height: number;
  readonly width: number;
}

interface DrawControl extends Pick<DrawOptions, 'seed' | 'height' | 'width'>, Partial<Pick<DrawOptions, 'signal' | 'onProgress'>> {
  /** Only where there are some. */
  readonly style?: SceneStyle;
}

type Counts = Required<Pick<SetSize, 'train' | 'val' | 'test'>>;

interface Generator {
  /** Pictures of a set, by preset; without `test` none can be drawn for a test. */
  readonly presets: Readonly<Record<PresetName, SetSize>>;
  readonly defects: readonly string[];
  readonly hasStyles: boolean;
  draw(dir: string, counts: Counts, inject: readonly string[], control: DrawControl): Promise<SynthesizeResult>;
}

const generators = {
  cityscapes: {
    presets: synthesizePresets,
    defects: CITYSCAPES_DEFECTS,
    hasStyles: false,
    draw: (dir, counts, inject, control) => synthesizeCityscapes(dir, { ...control, ...counts, inject: parseDefects(inject) }),
  },
  'coco-keypoints': {
    presets: synthesizeKeypointsPresets,
    defects: KEYPOINTS_DEFECTS,
    hasStyles: true,
    draw: (dir, { train, val }, inject, { style = 'full', ...control }) =>
      synthesizeKeypoints(dir, { ...control, train, val, style, inject: parseKeypointsDefects(inject) }),
  },
} as const satisfies Readonly<Record<string, Generator>>;

type SyntheticKind = keyof typeof generators;
const syntheticKinds = Object.keys(generators) as readonly SyntheticKind[];

/** `lab data synthesize`: draws a data set into a folder. */
export function addSynthesizeCommand(data: Command, host: CommandHost): void {
  handle<[SyntheticKind, string], SynthesizeArguments>(
    examples(
      data
        .command('synthesize')
        .argument('<kind>', syntheticKinds.join(', '), oneOf('KIND', syntheticKinds))
        .argument('<dir>', 'folder to write; continued when it was cut off')
        .description('write a synthetic data set in the official layout')
        .option('--preset <P>', `sizes of a set (default: demo). ${eachKind(presetsText)}`, oneOf('--preset', presetNames))
        .option('--train <N>', 'pictures to train on', wholeNumber('--train', 0, 1_000_000))
        .option('--val <N>', 'pictures to validate on', wholeNumber('--val', 0, 1_000_000))
        .option(
          '--test <N>',
          'pictures without public labels, of cityscapes (none unless asked for, once --train or --val is given)',
          wholeNumber('--test', 0, 1_000_000),
        )
        .option(
          '--style <S>',
          'of coco-keypoints: full = up to four people, clutter, hidden parts; plain = one or two large ones (default: full)',
          oneOf('--style', sceneStyles),
        )
        .option('--size <HxW>', 'size in pixels, height first', size('--size'))
        .option(
          '--inject <CODES>',
          `spoil a file or two for each of these findings of data check, separated by commas. ${eachKind(({ defects }) => defects.join(', '))}`,
          listOf,
        ),
      [
        'lab data synthesize cityscapes streets --train 200 --val 50 --size 128x256 --seed 1',
        'lab data synthesize coco-keypoints people --preset unit',
      ],
      '{ "kind": "cityscapes", "root": "/data/streets", "counts": { "train": 200, "val": 50, "test": 0 }, "written": 250 }',
    ),
    host,
    synthesize,
  );
}

function eachKind(text: (generator: Generator) => string): string {
  return syntheticKinds.map((kind) => `${kind}: ${text(generators[kind])}`).join('. ');
}

function presetsText({ presets }: Generator): string {
  return presetNames
    .map((name) => {
      const { train, val, test, height, width } = presets[name];
      return `${name} = ${train} to train on, ${val} to validate${test === undefined ? '' : `, ${test} to test`}, ${height}x${width}`;
    })
    .join('; ');
}

async function synthesize(session: Session, [kind, dir]: [SyntheticKind, string], wanted: SynthesizeArguments): Promise<CommandResult> {
  const generator: Generator = generators[kind];
  const { counts, height, width } = pictures(kind, generator, wanted);
  if (wanted.style !== undefined && !generator.hasStyles) {
    throw new CliError('usage', `--style ${wanted.style}: ${kind} is drawn in one way; only coco-keypoints has styles.`);
  }
  const progress = new Progress(session.output, 'pictures');
  const result = await cancellable(session, 'Drawing was cut off; the same command continues it.', (signal) =>
    generator.draw(dir, counts, wanted.inject ?? [], {
      seed: session.options.seed ?? 0,
      height,
      width,
      ...(wanted.style === undefined ? {} : { style: wanted.style }),
      signal,
      onProgress: ({ done, total }) => progress.update(done, total),
    }),
  ).finally(() => progress.end());
  const drawnCounts = Object.entries(result.counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
  const drawn = result.written === 0 ? 'complete already' : `${result.written} drawn`;
  return {
    document: { kind, ...result },
    text: `${result.root}: ${drawnCounts} pictures, ${drawn}. Next: lab data add ${shellWord(result.root)}`,
  };
}

/** The preset with what is given instead; pictures for a test are drawn with given counts only when they are asked for. */
function pictures(kind: SyntheticKind, { presets }: Generator, { train, val, test, size: wantedSize, preset }: SynthesizeArguments) {
  const chosen = presets[preset ?? 'demo'];
  if (chosen.test === undefined && test !== undefined) {
    throw new CliError('usage', `--test ${test}: ${kind} has no pictures for a test; it has train and val.`);
  }
  const hasCounts = train !== undefined || val !== undefined;
  return {
    counts: { train: train ?? chosen.train, val: val ?? chosen.val, test: test ?? (hasCounts ? 0 : (chosen.test ?? 0)) },
    height: wantedSize?.[0] ?? chosen.height,
    width: wantedSize?.[1] ?? chosen.width,
  };
}
