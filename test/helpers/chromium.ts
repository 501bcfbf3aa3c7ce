import {existsSync} from 'node:fs';
import process from 'node:process';
import {type Browser, chromium} from 'playwright-core';

const knownPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser to test with: `IMPLICIT_PRM_CHROMIUM`, else one that lies where one usually does; `undefined` if none. */
export const chromiumPath: string | undefined =
  process.env.IMPLICIT_PRM_CHROMIUM ??
  [chromium.executablePath(), ...knownPlaces].find(file => existsSync(file));

/** Starts the browser without a window. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath!,
    // The sandbox does not work for root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
