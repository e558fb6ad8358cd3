import { strategyConformance } from '../../conformance/strategy.ts';
import { nearBestStrategy } from '../../../engine/strategies/near-best.ts';

strategyConformance(nearBestStrategy({ exploitProbability: 0.6, top: 3 }));
