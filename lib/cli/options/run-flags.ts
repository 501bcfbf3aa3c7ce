import type {Shard} from '../../runs/shard.js';

/** The options of commands that make a line of output of each line of input. */
export interface RunFlags {
  output?: string;
  resume?: true;
  overwrite?: true;
  keepGoing?: true;
  shard?: Shard;
  quiet?: true;
}
