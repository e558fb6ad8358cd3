import type { SettingsApi } from '../../ipc/settings.ts';
import type { LabContext } from '../context.ts';
import { readSettings, writeSettings } from './settings-file.ts';

export function createSettingsApi({ emit, layout }: Pick<LabContext, 'emit' | 'layout'>): SettingsApi {
  return {
    settings: async () => readSettings(layout.root),
    changeSettings: async (change) => {
      const settings = writeSettings(layout.root, change);
      emit({ type: 'settings' });
      return settings;
    },
  };
}
