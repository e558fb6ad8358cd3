import { findInstalled, nativeHome } from '../../../engine/backend/tensorflow/installed.ts';
import { EngineError } from '../../../engine/error.ts';
import { prepareAddon } from '../native/addon.ts';
import { installTensorflow, removeTensorflow } from '../native/install.ts';
import type { InstallRequest, InstallResult } from '../native/install.ts';
import { probe } from '../native/probe.ts';
import type { Probe } from '../native/probe.ts';
import { cancellable } from './cancellable.ts';
import { CliError } from './failure.ts';
import { bytesText } from './format.ts';
import { Progress } from './progress.ts';
import type { CommandResult, Session } from './session.ts';

/** `lab backend install tensorflow`: the library, the addon, and a try of both. */
export async function installBackend(
  session: Session,
  name: string,
  options: { readonly cuda?: boolean; readonly wheel?: readonly string[] },
): Promise<CommandResult> {
  checkName('install', name);
  const { output } = session;
  const result = await installLibrary(session, options);
  const installed = findInstalled();
  if (installed === undefined) throw new EngineError('not-installed', 'Native TensorFlow is not there although it was installed just now.');
  if (result === undefined) output.notice(`LAB_TENSORFLOW is set: the library in ${installed.folder} is used, nothing is downloaded`);
  output.notice('preparing the addon');
  const addon = await prepareAddon(installed.folder);
  output.notice(addon.note);
  output.notice('trying it');
  const native = await probe({ id: 'tensorflow', options: {} });
  if (!native.works) throw notWorking(native);
  const wasm = await probe({ id: 'wasm', options: {} });
  const factor = wasm.works && wasm.stepMs !== undefined && native.stepMs !== undefined ? wasm.stepMs / native.stepMs : undefined;
  const { folder, version, variant, sizeBytes } = installed;
  return {
    document: {
      installed: { version, variant, folder, sizeBytes },
      wasInstalled: result?.wasInstalled ?? true,
      addon: addon.source,
      ...(native.stepMs !== undefined && { stepMs: native.stepMs }),
      ...(factor !== undefined && { factor }),
      threads: native.threads,
      devices: native.devices,
    },
    text: [
      `Native TensorFlow ${native.version ?? version}${variant === 'cuda' ? ' with CUDA' : ''} works${result?.wasInstalled === true ? ' (it was installed already)' : ''}.`,
      ...native.devices.map(
        (device) => `  ${device.type} ${device.name}${device.memoryBytes > 0 ? `, ${bytesText(device.memoryBytes)}` : ''}`,
      ),
      ...(variant === 'cuda' && !native.devices.some(({ type }) => type === 'GPU')
        ? ['No NVIDIA GPU was found; the processor computes. Is its driver installed? (nvidia-smi shows it.)']
        : []),
      measuredText(native.stepMs ?? NaN, native.threads, factor),
      'Searches choose among the backends by measurement; --backend tensorflow names it.',
    ].join('\n'),
  };
}

/** Undefined where `$LAB_TENSORFLOW` names a library of one's own. */
async function installLibrary(
  session: Session,
  { cuda, wheel }: { readonly cuda?: boolean; readonly wheel?: readonly string[] },
): Promise<InstallResult | undefined> {
  if (process.env['LAB_TENSORFLOW']) return undefined;
  const { output } = session;
  const bars = new Map<string, Progress>();
  const onProgress: InstallRequest['onProgress'] = (doing, done, total, words) => {
    const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
    let bar = bars.get(doing);
    if (bar === undefined) {
      bars.forEach((earlier) => earlier.end());
      bars.set(doing, (bar = new Progress(output, 'MB')));
    }
    bar.update(megabytes(done), megabytes(total), doing === 'download' ? words : `unpacking ${words}`);
  };
  const message = 'Installing native TensorFlow was cut off; what was downloaded is kept, and the same command goes on from there.';
  const result = await cancellable(session, message, (signal) =>
    installTensorflow({
      variant: cuda === true ? 'cuda' : 'cpu',
      home: nativeHome(),
      env: process.env,
      signal,
      say: (line) => output.notice(line),
      onProgress,
      ...(wheel && { wheels: wheel }),
    }),
  ).finally(() => bars.forEach((bar) => bar.end()));
  if (!result.wasInstalled) output.notice(`unpacked: ${bytesText(result.manifest.sizeBytes)} in ${nativeHome()}`);
  return result;
}

function notWorking(found: Extract<Probe, { works: false }>): EngineError {
  return new EngineError(found.code, `Native TensorFlow is installed, but it does not work here. ${found.message}`, {
    tip:
      found.tip ??
      (process.env['LAB_TENSORFLOW']
        ? 'LAB_TENSORFLOW must name the folder that holds the two libraries of TensorFlow 2.16 or later.'
        : 'Report this message; until then wasm computes. "lab backend remove tensorflow" takes it away.'),
  });
}

function measuredText(stepMs: number, threads: number, factor: number | undefined): string {
  const own = `A small training step takes ${stepMs.toFixed(1)} ms on ${threads} thread${threads === 1 ? '' : 's'}`;
  return factor === undefined ? `${own}.` : `${own}, ${factor.toFixed(1)} times as fast as wasm.`;
}

/** `lab backend remove tensorflow`. */
export async function removeBackend(_session: Session, name: string): Promise<CommandResult> {
  checkName('remove', name);
  const home = nativeHome();
  const freedBytes = await removeTensorflow(home);
  const own = process.env['LAB_TENSORFLOW'] ? ' The library that LAB_TENSORFLOW names is left alone.' : '';
  const what =
    freedBytes > 0 ? `Native TensorFlow is removed from ${home}: ${bytesText(freedBytes)} are free now.` : `There was nothing in ${home}.`;
  return { document: { removed: home, freedBytes }, text: `${what}${own}` };
}

function checkName(doing: string, name: string): void {
  if (name === 'tensorflow') return;
  throw new CliError('unknown-backend', `backend ${doing}: '${name}' is not to be had; only tensorflow is installed this way.`, {
    tip: '"lab backend ls" lists what can compute here.',
  });
}
