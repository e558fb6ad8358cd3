import { strategyConformance } from '../../conformance/strategy.ts';
import { tpeStrategy } from '../../../engine/strategies/tpe.ts';

strategyConformance(tpeStrategy({ startupTrials: 3, candidates: 8, gamma: 0.25 }));
