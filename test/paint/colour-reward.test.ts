import test from 'ava';
import {Chalk} from 'chalk';
import {colourReward} from '../../lib/paint/reward-colours.js';

const rewards = [-2, -1, -0.5, -0.1, 0, 0.1, 0.5, 1, 2];

test('nine classes of reward look different in 16 colours, 256 and all of them', t => {
  for (const level of [1, 2, 3] as const) {
    const chalk = new Chalk({level});
    t.is(new Set(rewards.map(reward => colourReward('x', reward, 1, chalk))).size, 9);
    t.is(colourReward('x', 0.0999, 1, chalk), 'x');
    t.is(colourReward('x', -0.1, 0.05, chalk), colourReward('x', -50, 1, chalk));
  }

  t.is(colourReward('x', 5, 1, new Chalk({level: 0})), 'x');
});

test('256 colours and truecolor are asked for by their own codes', t => {
  t.is(colourReward('x', 2, 1, new Chalk({level: 2})), '\u001B[38;5;16m\u001B[48;5;33mx\u001B[49m\u001B[39m');
  t.is(colourReward('x', -0.5, 1, new Chalk({level: 3})), '\u001B[38;2;184;102;10mx\u001B[39m');
});

test('coloured text is legible: on its own background, else on black as on white', t => {
  for (const reward of rewards.filter(value => value !== 0)) {
    const text = colourReward('x', reward, 1, new Chalk({level: 3}));
    const [colour, ...background] = [...text.matchAll(/[34]8;2;(\d+);(\d+);(\d+)m/gu)].map(([, ...rgb]) =>
      luminance(rgb.map(Number)),
    );
    for (const other of background.length > 0 ? background : [0, 1]) {
      t.true(
        contrast(colour!, other) > (background.length > 0 ? 4.5 : 3.5),
        `${reward}: ${contrast(colour!, other)}`,
      );
    }
  }
});

/** Relative luminance and contrast as WCAG 2 defines them. */
function luminance(rgb: readonly number[]): number {
  const [red, green, blue] = rgb.map(value => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: number, b: number): number {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
