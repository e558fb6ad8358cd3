import { hrNas } from '../../../../engine/spaces/hr-nas/hr-nas.ts';
import { supernetConformance } from '../../../conformance/supernet.ts';

const small = {
  stem: [6, 6],
  stages: [
    [1, [1], [6]],
    [2, [1, 1], [6, 8]],
  ],
  expandRatio: 2,
  tokens: 4,
  classes: 3,
};
const dense = { ...small, task: 'segmentation', lastChannels: 8 };

supernetConformance('hr-nas, search form', { space: hrNas, settings: dense, input: [24, 40, 3] });
supernetConformance('hr-nas, fused form with transformers everywhere', {
  space: hrNas,
  settings: { ...dense, blockForm: 'fused', activation: 'swish', downsamplingTransformer: true },
  input: [32, 48, 3],
});
supernetConformance('hr-nas, classification', {
  space: hrNas,
  settings: { ...small, task: 'classification', lastChannels: 12, headChannels: [8, 12] },
  input: [24, 40, 3],
});
