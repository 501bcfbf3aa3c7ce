import process from 'node:process';
import {Chalk, type ChalkInstance} from 'chalk';

/**
 * Makes the colours for stdout: none for `--no-color`, none for a file or a pipe (unless FORCE_COLOR asks for them),
 * and none if NO_COLOR is set, which chalk itself does not heed.
 *
 * @param wanted - false for `--no-color`
 */
export function createChalk(wanted: boolean): ChalkInstance {
  return wanted && !process.env.NO_COLOR ? new Chalk() : new Chalk({level: 0});
}
