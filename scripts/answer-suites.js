#!/usr/bin/env node
// How many pairs of answers are told right, of a file of {gold, pred, expected} in JSON lines such as the test suites of
// other answer graders make: node scripts/answer-suites.js pairs.jsonl [--symbolic]. Or of {answer, code, score} lines, as
// Qwen2.5-Math's evaluation writes responses. Needs a build.
import {readFileSync} from 'node:fs';
import process from 'node:process';
import {extractAnswer, openAlgebra, sameAnswer} from '../dist/index.js';

const [file, flag] = process.argv.slice(2);
const algebra = flag === '--symbolic' ? await openAlgebra() : undefined;
const same = async (a, b) => (algebra ? algebra.same(a, b) : sameAnswer(a, b));
const counts = {right: 0, missed: 0, wronglySame: 0};

for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
  for (const {a, b, expected} of pairsOf(JSON.parse(line))) {
    const found = a !== null && (await same(a, b));
    counts[found === expected ? 'right' : found ? 'wronglySame' : 'missed']++;
    if (found !== expected) {
      console.log(`${found ? 'wrongly same' : 'missed'}: ${JSON.stringify(a)} ${JSON.stringify(b)}`);
    }
  }
}

console.log(counts);
await algebra?.close();

function pairsOf({gold, pred, expected, code, answer, score}) {
  return code
    ? code.map((text, index) => ({a: extractAnswer(text), b: answer, expected: Boolean(score[index])}))
    : [{a: answerOf(gold), b: answerOf(pred), expected: Boolean(expected)}];
}

/** A text of the suites is an answer, or has one in a sentence. */
function answerOf(text) {
  const answer = extractAnswer(text) ?? text;
  const words = answer.replace(/\\[A-Za-z]+|\$[^$]*\$|\b(?:and|or)\b/g, '').match(/[A-Za-z]{2,}/g) ?? [];
  return words.length < 2 ? answer : (extractAnswer(answer, 'last-value') ?? answer);
}
