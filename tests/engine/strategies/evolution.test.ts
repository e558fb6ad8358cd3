import { strategyConformance } from '../../conformance/strategy.ts';
import { evolutionStrategy } from '../../../engine/strategies/evolution.ts';

strategyConformance(evolutionStrategy({ population: 4, tournament: 2 }));
