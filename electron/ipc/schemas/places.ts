import { z } from 'zod';
import { path, word } from './basics.ts';

const extensions = z.array(z.string().regex(/^[\w.-]{1,40}$/)).max(20);

export const placeSchemas = {
  places: z.tuple([]),
  listFolders: z.tuple([z.strictObject({ path: path.optional(), withFiles: extensions.optional() }).optional()]),
  pickPath: z.tuple([
    z.strictObject({
      kind: z.enum(['folder', 'file', 'save']),
      title: word,
      suggestedName: word.optional(),
      extensions: extensions.optional(),
    }),
  ]),
  readArchitecture: z.tuple([path]),
  showInFolder: z.tuple([path]),
};
