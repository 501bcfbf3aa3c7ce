import {fileURLToPath} from 'node:url';

/** The folder of this package. Sources in lib/ and their build in dist/ lie equally deep in it. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));
