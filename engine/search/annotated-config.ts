import { EngineError } from '../error.ts';
import { parseSearchConfig, type PresetName } from './config.ts';

/** What each option means, by dotted path. Complete: a test compares it with the presets. */
export const optionNotes: Readonly<Record<string, string>> = {
  preset: 'what this file is laid over; every option left out comes from there',
  system: 'the published system',
  seed: 'all randomness follows from it',
  space:
    'settings of the space that are fixed before the search (`lab space show SPACE`); left out with strategy fixed, whose network has its own',
  data: 'what is trained and ranked on',
  'data.kind': 'segmentation or keypoints',
  'data.dataset': 'name of a registered data set (`lab data ls`)',
  'data.trainSplit': 'search-train is train without what search-val holds out',
  'data.rankingSplit': 'trials are ranked on it; search-val is held out from train',
  'data.rankingSamples': '0 = all',
  'data.batchSize': 'images a training batch',
  'data.baseSize': '[height, width] px to which images are scaled before the random scale',
  'data.crop': '[height, width] px',
  'data.scale': 'range of the random scale',
  'data.scaleStep': 'the random scale is a multiple of it above the lower end; 0: any scale in the range',
  'data.flipProbability': 'mirror left to right',
  'data.maxClassShare': 'a crop is drawn again where one class covers more of its labelled pixels, at most 10 times; 1: never',
  'data.photometric': 'random brightness, contrast, saturation and hue',
  'data.normalization': 'imagenet: mean and deviation of each colour; plus-minus-one: x / 127.5 - 1',
  'data.loss': 'alignCorners: how outputs are enlarged to the labels; mean: over all pixels, or the labelled ones',
  'data.inputSize': "[height, width] px of a person's crop",
  'data.sigma': 'of the Gaussians of the target, px of the heat maps',
  'data.order': 'flip-first as mmpose, flip-last as HRNet and HR-NAS',
  'data.halfBody': 'crops of the upper or lower body alone, for persons with more labelled joints than minJoints',
  'data.scaleFactor': 'spread of the random scale of a crop',
  'data.rotationDegrees': 'spread of the random rotation',
  'data.rotationProbability': 'share of the crops that are rotated',
  'data.centreJitter': "shifts of the box's centre, drawn once for each person, in shares of its sides",
  'data.lossFactor': '0.5 (HRNet, HR-NAS) or 1 (mmpose) times the mean squared error',
  'data.detections': 'file of detected boxes that trials are ranked on; empty: the labelled boxes',
  'data.flipTest': 'heat maps of each person and its mirror image are averaged when ranking',
  'data.visibleThreshold': "joints of lower confidence do not count in a person's score",
  'data.nmsThreshold': 'similarity (OKS) above which the worse of two persons is dropped',
  proxy: 'none, or frozen-backbone {...}: cells are trained on stored features of a frozen backbone (DPC)',
  'proxy.id': 'none or frozen-backbone',
  'proxy.weights': 'safetensors file of the backbone; empty: it is trained first',
  'proxy.steps': 'training steps that make the backbone',
  'proxy.learningRate': 'of that training',
  'proxy.variants': 'augmented crops of each picture whose features are stored',
  'proxy.precision': 'of the stored features',
  'proxy.cacheBytes': 'bytes that stored features may take on the disk',
  'data.evaluationSize': '[height, width] px of whole images when ranking',
  'data.evaluationBatchSize': 'images at once when ranking; no influence on the result',
  'data.workers': 'threads that decode; 0 decodes in the compute process; no influence on the result',
  'data.readAhead': 'batches prepared in advance',
  'data.cacheBytes': 'bytes of decoded samples that are kept',
  train: 'how weights are trained',
  'train.optimizer': 'sgd {momentum, nesterov}, rmsprop {alpha, momentum, epsilon, rateOn}, adam or adamw {beta1, beta2, epsilon}',
  'train.learningRate': 'the peak',
  'train.schedule':
    'constant, step {milestones, factor}, exponential {everySteps, factor, staircase}, cosine {finalFactor}, poly {power, floor} or one-cycle (which moves beta1 too, or momentum)',
  'train.rateWarmupSteps': 'linear rise of the learning rate at the start; 0 with one-cycle',
  'train.rateWarmupStart': 'share of the learning rate at which that rise begins',
  'train.weightDecay': 'L2 on matrices and convolutions, never on norms; part of the gradient',
  'train.accumulate': 'batches whose gradients are averaged into one step',
  'train.ema': 'moving average of all weights; ranked networks use it',
  'train.precision':
    'float32, bfloat16 or float16 {lossScale}: of products and convolutions, on an NVIDIA GPU only (not run on one yet); all else is float32',
  evaluate: 'batch norm is recalibrated on so many training batches before a network is ranked',
  'evaluate.calibrationBatches': '0 keeps the running statistics',
  'evaluate.calibrationBatchSize': 'images a batch',
  strategy: 'shrink {...} is HR-NAS; random, evolution, near-best and tpe {...} propose network after network; fixed {...} trains one',
  'strategy.warmupSteps': 'steps of the whole supernet without penalty, before the continuations',
  'strategy.steps': 'training steps of each trial; where a supernet is shrunk, of each continuation',
  'strategy.penalties': 'rho of each continuation: the larger, the smaller the network at its end',
  'strategy.withReference': 'one more continuation with rho 0: what the unshrunk supernet reaches in equal steps',
  'strategy.penaltyMode': "paper-code follows the released code's costs, corrected the true ones",
  'strategy.profileSize': '[height, width] px at which the penalties count MACs; the paper takes 224x224 everywhere',
  'strategy.rampSteps': 'the penalty grows linearly over so many steps of the continuation',
  'strategy.intervalSteps': 'evaluate and shrink after every so many steps',
  'strategy.threshold': 'an importance factor at or below it is dead',
  'strategy.minPrunedMacs': 'dead MACs below which nothing is cut out yet',
  'strategy.trials': 'networks to train',
  'strategy.minMacs': 'lower limit of a proposed network',
  'strategy.maxMacs': 'upper limit of a proposed network',
  'strategy.latencyProfile': 'device profile that predicts latencies (`lab latency`); empty: no limit by latency',
  'strategy.maxLatencyMs': 'upper limit of a proposed network, by that profile',
  'strategy.retrain': 'so many of the best trials are trained again with the final recipe, for so many steps',
  'strategy.population': 'networks alive; the oldest dies when a new one comes',
  'strategy.tournament': 'networks drawn from the population, of which the best becomes the parent',
  'strategy.exploitProbability': 'share of the trials that change one choice of one of the best',
  'strategy.top': 'so many of the best are changed',
  'strategy.startupTrials': 'random trials before the estimate begins',
  'strategy.candidates': 'draws of which the most promising is tried',
  'strategy.gamma': 'share of the trials that count as good',
  'strategy.arch': 'the network to train: {space, version, settings, choices}',
  'strategy.weights': 'safetensors file to start from; empty: new weights from the seed',
  checkpoint: 'points to resume from',
  'checkpoint.everySteps': 'training steps between two; resuming redoes at most so many',
};

/** A preset as JSON with a comment above each option; `parseConfigText` reads it back. */
export function annotatedConfig(preset: PresetName): string {
  return `${annotate(parseSearchConfig({ preset }), '', '').join('\n')}\n`;
}

function annotate(value: object, path: string, indent: string): string[] {
  const inner = `${indent}  `;
  const entries = Object.entries(value) as [string, unknown][];
  const lines = entries.flatMap(([key, child], i) => {
    const childPath = path === '' ? key : `${path}.${key}`;
    const note = optionNotes[childPath];
    const comma = i < entries.length - 1 ? ',' : '';
    const isSection = typeof child === 'object' && child !== null && !Array.isArray(child) && Object.keys(child).length > 0;
    const body = isSection ? annotate(child, childPath, inner) : [JSON.stringify(child)];
    const first = `${inner}${JSON.stringify(key)}: ${body[0]}`;
    const rest = [first, ...body.slice(1)];
    rest[rest.length - 1] += comma;
    return note === undefined ? rest : [`${inner}// ${note}`, ...rest];
  });
  return ['{', ...lines, `${indent}}`];
}

/** JSON in which `//` starts a comment outside of strings. Throws EngineError 'invalid-json' with line and column. */
export function parseConfigText(text: string, source: string): unknown {
  // comments become blanks, so that positions in messages stay those of the file
  const blanked = text.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*/g, (match) => (match.startsWith('//') ? ' '.repeat(match.length) : match));
  try {
    return JSON.parse(blanked) as unknown;
  } catch (error) {
    throw new EngineError('invalid-json', `${source}: expected JSON (// comments allowed): ${(error as Error).message}`, {
      tip: '`lab config demo` prints a complete example',
      cause: error,
    });
  }
}
