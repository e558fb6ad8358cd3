import { expect, it } from 'vitest';
import { serializeConfig } from '../../../../engine/backend/tensorflow/config-proto.ts';

it('a session config is tensorflow.ConfigProto on the wire, worked out by hand', () => {
  const bytes = serializeConfig({ intraOpThreads: 300, interOpThreads: 1, rewrites: false, allowGrowth: true, visibleGpu: 12 });
  expect([...bytes]).toEqual([
    // intra_op_parallelism_threads (2, varint) = 300, inter_op_parallelism_threads (5) = 1
    ...[0x10, 0xac, 0x02, 0x28, 0x01],
    // gpu_options (6): allow_growth (4) = true, visible_device_list (5) = "12"
    ...[0x32, 0x06, 0x20, 0x01, 0x2a, 0x02, 0x31, 0x32],
    // graph_options (10): rewrite_options (10): disable_meta_optimizer (19) = true
    ...[0x52, 0x05, 0x52, 0x03, 0x98, 0x01, 0x01],
  ]);
});
