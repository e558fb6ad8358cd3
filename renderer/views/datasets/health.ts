import type { Finding } from '../../../datasets/findings.ts';
import type { ChipTone } from '../../components/AppChip.vue';
import type { IconName } from '../../components/icons.ts';
import { counted } from '../../format/quantity.ts';

export interface HealthLook {
  readonly tone: ChipTone;
  readonly icon: IconName;
  readonly text: string;
}

/** How sound a data set is, in two words. */
export function healthLook(health: { readonly status: string; readonly findings: readonly Finding[] } | undefined): HealthLook {
  if (health === undefined) return { tone: 'neutral', icon: 'info', text: 'not examined' };
  const count = (severity: Finding['severity']): number => health.findings.filter((finding) => finding.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warn')];
  if (errors > 0) return { tone: 'bad', icon: 'error', text: counted(errors, 'error') };
  if (warnings > 0) return { tone: 'warn', icon: 'warning', text: counted(warnings, 'warning') };
  return { tone: 'good', icon: 'check', text: 'sound' };
}

/** What a level of a check looks at. */
export const levels = [
  { level: 1, title: 'Names and pairs', hint: 'File names, pairs, empty files; no file is opened' },
  { level: 2, title: 'Headers', hint: 'The first and last bytes of every picture and label map' },
  { level: 3, title: 'A sample', hint: 'Decodes an even sample of the files' },
  { level: 4, title: 'Everything', hint: 'Decodes every file and looks for pictures that two splits share; takes long' },
] as const;

export function levelTitle(level: number): string {
  return levels.find((entry) => entry.level === level)?.title ?? 'Layout';
}

export const severityLooks: Readonly<Record<Finding['severity'], { readonly icon: IconName; readonly word: string }>> = {
  error: { icon: 'error', word: 'Error' },
  warn: { icon: 'warning', word: 'Warning' },
  info: { icon: 'info', word: 'Fact' },
};
