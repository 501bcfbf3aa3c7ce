// Opens the bundled pair and tells the code of the error.
import {bundledPair, openPair} from 'implicit-prm';

try {
  await openPair({...bundledPair(), gpu: false, threads: 1});
  console.log('opened');
} catch (error) {
  console.log(error.code, error.message);
}
