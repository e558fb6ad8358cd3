import { missing } from './missing.ts';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clockSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** ISO time in the local zone: '14:02' today, '24 Nov, 14:02' this year, else '24 Nov 2025'. */
export function dateTime(iso: string | undefined, now: Date = new Date()): string {
  if (iso === undefined) return missing;
  const at = new Date(iso);
  if (at.toDateString() === now.toDateString()) return clock.format(at);
  return at.getFullYear() === now.getFullYear() ? `${day.format(at)}, ${clock.format(at)}` : dayOfYear.format(at);
}

/** With date and seconds, for titles and details. */
export function fullDateTime(iso: string | undefined): string {
  return iso === undefined ? missing : full.format(new Date(iso));
}

/** '14:02:11', for lines of a log. */
export function clockTime(iso: string): string {
  return clockSeconds.format(new Date(iso));
}
