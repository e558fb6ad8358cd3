import { estimate } from '../../../engine/cost/estimate.ts';
import { saveWeights } from '../../../engine/run/weights-file.ts';
import { inputShape, resolveArchitecture } from './architecture-argument.ts';
import { writeFileWhole } from './files.ts';
import { bytesText } from './format.ts';
import { loadNetwork } from './network.ts';
import type { CommandResult, Session } from './session.ts';

/** Writes a network's weights under their official names; the file says itself which architecture it belongs to. */
export async function exportNetwork(
  session: Session,
  archText: string,
  options: { readonly weights?: string; readonly safetensors: string },
): Promise<CommandResult> {
  const resolved = await resolveArchitecture(session, archText);
  const { graph, weights } = await loadNetwork(session, resolved, options.weights, inputShape(resolved, undefined));
  const bytes = await saveWeights(weights, { architecture: JSON.stringify(resolved.arch) });
  const tensors = weights.specs.length;
  weights.dispose();
  writeFileWhole(options.safetensors, bytes);
  return {
    document: { file: options.safetensors, bytes: bytes.length, tensors, params: estimate(graph).params },
    text: `wrote ${options.safetensors}: ${tensors} tensors, ${bytesText(bytes.length)}`,
  };
}
