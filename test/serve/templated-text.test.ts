import test from 'ava';
import {markedSteps} from '../../lib/serve/rewards/marked-steps.js';
import {takeApart} from '../../lib/serve/rewards/templated-text.js';

const turn = {beginning: '<s>', header: '[/INST]', end: '</s>'};
const endings = ['</s>', '<eot>'];

test('the last answer of a conversation is the one that is taken', t => {
  const text = '<s>[INST] a [/INST] b</s>[INST] c [/INST] d</s>\n';
  t.deepEqual(takeApart(text, turn, endings), {
    prompt: '<s>[INST] a [/INST] b</s>[INST] c [/INST]',
    response: ' d',
    complete: true,
  });
});

test('a prompt that the sender tells goes before what is found', t => {
  const text = '<s>[INST] a [/INST] b [/INST] c';
  t.is(takeApart(text, turn, endings, '<s>[INST] a [/INST]').response, ' b [/INST] c');
  // One that the text does not begin with is no prompt of it.
  t.is(takeApart(text, turn, endings, 'other').response, ' c');
  t.is(takeApart(text, turn, endings, '').response, ' c');
});

test('the begin-of-text token that a trainer took off is put back', t => {
  t.is(takeApart('[INST] a [/INST] b', turn, endings).prompt, '<s>[INST] a [/INST]');
});

test('an answer is finished if its turn is ended, by whichever token', t => {
  const {complete, response} = takeApart('<s>[/INST] b<eot>', turn, endings);
  t.true(complete);
  t.is(response, ' b');
  t.deepEqual(takeApart('<s>[/INST] b \n', turn, endings), {
    prompt: '<s>[/INST]',
    response: ' b \n',
    complete: false,
  });
});

test('a text without an answer is wrong', t => {
  t.throws(() => takeApart('<s>[INST] a', turn, endings), {code: 'INVALID_INPUT', message: /\[\/INST\]/u});
});

test('marks end steps, and what stands behind the last one is a step too', t => {
  t.deepEqual(markedSteps('a<extra_0> b\n<extra_0>'), ['a', 'b']);
  t.deepEqual(markedSteps('a<extra_0>b'), ['a', 'b']);
  t.deepEqual(markedSteps('a<extra_0>\n'), ['a']);
  t.is(markedSteps('a'), undefined);
});
