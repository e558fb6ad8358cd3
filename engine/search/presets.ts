/** Complete configurations to start from, by name. */
import * as dpc from './presets/dpc.ts';
import * as hrNas from './presets/hr-nas.ts';
import * as hrNasPose from './presets/hr-nas-pose.ts';
import * as liteHrNet from './presets/lite-hrnet.ts';

export const presets = {
  paper: hrNas.paper,
  desktop: hrNas.desktop,
  demo: hrNas.demo,
  'hrnas-pose': hrNasPose.paper,
  'hrnas-pose-desktop': hrNasPose.desktop,
  'hrnas-pose-demo': hrNasPose.demo,
  'lite-hrnet': liteHrNet.paper,
  'lite-hrnet-desktop': liteHrNet.desktop,
  'lite-hrnet-demo': liteHrNet.demo,
  dpc: dpc.paper,
  'dpc-desktop': dpc.desktop,
  'dpc-demo': dpc.demo,
} as const;
