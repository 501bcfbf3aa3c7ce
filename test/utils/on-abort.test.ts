import {getEventListeners} from 'node:events';
import test from 'ava';
import {onAbort} from '../../lib/utils/on-abort.js';

test('each callback is called once, but those taken back', t => {
  const controller = new AbortController();
  const calls: string[] = [];
  const twice = () => void calls.push('twice');
  onAbort(controller.signal, twice);
  onAbort(controller.signal, twice);
  const takeBack = onAbort(controller.signal, () => void calls.push('taken back'));
  onAbort(controller.signal, () => void calls.push('last'));
  takeBack();
  controller.abort();
  t.deepEqual(calls, ['twice', 'twice', 'last']);
});

test('a signal has one listener, however many wait for it', t => {
  const {signal} = new AbortController();
  for (let index = 0; index < 20; index++) {
    onAbort(signal, () => {});
  }

  t.is(getEventListeners(signal, 'abort').length, 1);
});

test('without a signal nothing is to be done', t => {
  t.notThrows(onAbort(undefined, () => t.fail()));
});
