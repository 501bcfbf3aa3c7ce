// The rooms of lib/ rest on the ones below, and never the other way round: see docs/architecture.md.
const rooms = (...names) => `^lib/(${names.join('|')})/`;

/** From the bottom up. A storey may use what is below it, and rooms of its own. */
const ground = ['errors', 'utils'];
const engine = ['engine'];
const matter = ['text', 'steps', 'reward'];
const scoring = ['pair', 'session', 'score', 'rank'];
const paint = ['paint'];
const uses = ['train', 'search', 'serve', 'generate', 'eval', 'report', 'runs'];
const surface = ['cli'];

/** Numbers in, numbers out. */
const pure = rooms('reward', 'train/objectives');

const never = ({name, from, to, why}) => ({
  name,
  severity: 'error',
  comment: why,
  from: {path: rooms(...from)},
  to: {path: rooms(...to)},
});

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'Two modules that need each other are one, or miss a third that both rest on.',
      from: {path: '^lib/'},
      to: {circular: true},
    },
    never({
      name: 'session-asks-for-an-engine',
      from: ['session'],
      to: ['pair'],
      why: 'A pair makes sessions; a session is given an engine and a tokeniser and knows no pair.',
    }),
    never({
      name: 'cli-is-the-surface',
      from: [...ground, ...engine, ...matter, ...scoring, ...paint, ...uses],
      to: surface,
      why: 'Nothing rests on the command line: what others need of it belongs in a room below.',
    }),
    never({
      name: 'uses-rest-on-scoring',
      from: [...ground, ...engine, ...matter, ...scoring, ...paint],
      to: uses,
      why: 'Scoring does not know what its rewards are for.',
    }),
    never({
      name: 'scoring-rests-on-matter',
      from: [...ground, ...engine, ...matter],
      to: [...scoring, ...paint],
      why: 'Text, steps and rewards are there without a pair.',
    }),
    never({
      name: 'scoring-paints-nothing',
      from: scoring,
      to: paint,
      why: 'How rewards look is for those who show them.',
    }),
    never({
      name: 'an-engine-knows-tokens',
      from: engine,
      to: matter,
      why: 'An engine gives log-probabilities of tokens; it knows neither texts nor steps nor rewards.',
    }),
    never({
      name: 'text-knows-a-tokeniser',
      from: matter,
      to: engine,
      why: 'Any tokeniser will do to turn text into tokens: no engine is needed for it.',
    }),
    never({
      name: 'ground-rests-on-nothing',
      from: ground,
      to: [...engine, ...matter, ...scoring, ...paint, ...uses],
      why: 'What everybody uses uses nobody.',
    }),
    never({
      name: 'errors-rest-on-nothing',
      from: ['errors'],
      to: ['utils'],
      why: 'What everybody uses uses nobody.',
    }),
    never({
      name: 'runs-are-of-anything',
      from: ['runs'],
      to: uses.filter(name => name !== 'runs'),
      why: 'A run that can be resumed does not know what its lines are.',
    }),
    never({
      name: 'a-report-shows-an-evaluation',
      from: ['eval', 'train', 'search', 'generate'],
      to: ['report', 'serve'],
      why: 'What is measured does not know who looks at it.',
    }),
    {
      name: 'formulas-are-pure',
      severity: 'error',
      comment: 'The maths of rewards and objectives runs no model, reads no file and needs no package.',
      from: {path: pure},
      to: {pathNot: [pure, rooms('errors'), '^lib/utils/check\\.ts$']},
    },
    {
      name: 'a-page-needs-no-node',
      severity: 'error',
      comment: 'The page of a report runs in a browser: only what is pure goes into it, types apart.',
      from: {path: '^lib/report/page/'},
      to: {
        pathNot: [
          '^lib/report/page/',
          '^lib/paint/numbers\\.ts$',
          '^lib/reward/sigmoid\\.ts$',
          '^node_modules/@observablehq/plot/',
        ],
        dependencyTypesNot: ['type-only', 'npm-peer'],
      },
    },
    {
      name: 'a-page-is-on-its-own',
      severity: 'error',
      comment: 'The page is bundled by itself: nothing else loads a part of it.',
      from: {pathNot: '^lib/report/page/'},
      to: {path: '^lib/report/page/'},
    },
    {
      name: 'commands-share-rooms',
      severity: 'error',
      comment: 'What two commands need is in lib/cli/{options,run,terminal}; a report is made by two.',
      from: {path: '^lib/cli/(?!options/|run/|terminal/)([^/]+)/'},
      to: {path: '^lib/cli/[^/]+/', pathNot: '^lib/cli/($1|options|run|terminal|report)/'},
    },
    {
      name: 'index-is-for-users',
      severity: 'error',
      comment: 'The library itself imports the module that it means.',
      from: {path: '^lib/'},
      to: {path: '^lib/index\\.ts$'},
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      comment: 'Who installs the package gets its dependencies only. (The page is bundled.)',
      from: {path: '^lib/', pathNot: '^lib/report/page/'},
      to: {dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['type-only', 'npm-peer']},
    },
    {
      name: 'nothing-is-missing',
      severity: 'error',
      comment: 'A typing mistake in a path, or a package that is not installed.',
      from: {path: '^lib/'},
      to: {couldNotResolve: true},
    },
  ],
  options: {
    tsConfig: {fileName: 'tsconfig.json'},
    // Types count too: a circle of types is as hard to take apart.
    tsPreCompilationDeps: true,
    doNotFollow: {path: '^node_modules/'},
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
};
