import { z } from 'zod';
import { path } from './basics.ts';

export const maintenanceSchemas = {
  installBackend: z.tuple([z.strictObject({ cuda: z.boolean().optional() }).optional()]),
  removeBackend: z.tuple([]),
  exportDiagnostics: z.tuple([path.optional()]),
};
