import type { SettingsApi } from '../../ipc/settings.ts';
import type { LabContext } from '../context.ts';
import { readSettings, writeSettings } from './settings-file.ts';

export function createSettingsApi({ layout }: Pick<LabContext, 'layout'>): SettingsApi {
  return {
    settings: async () => readSettings(layout.root),
    changeSettings: async (change) => writeSettings(layout.root, change),
  };
}
