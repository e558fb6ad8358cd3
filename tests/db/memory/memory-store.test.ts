import { createMemoryStore } from '../../../db/memory/memory-store.ts';
import { storeConformance } from '../../conformance/store.ts';

storeConformance('memory', () => ({ store: createMemoryStore() }));
