import { strategyConformance } from '../../conformance/strategy.ts';
import { randomStrategy } from '../../../engine/strategies/random.ts';

strategyConformance(randomStrategy);
