import {readFileSync} from 'node:fs';

/** What a real server was asked and answered. */
export interface Recorded {
  request: {prompt: number[]};
  status: number;
  body: unknown;
}

/** An answer that a real server was recorded with. */
export function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(new URL(`../../data/servers/${name}.json`, import.meta.url), 'utf8'));
}
