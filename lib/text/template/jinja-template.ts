import {LibraryEnvironment, type Node, parsed} from './jinja-library.js';
import {withPrinting} from './nodes.js';
import {PythonInterpreter} from './python-interpreter.js';
import {toFunction, toList, toValue} from './runtime-value.js';
import {strftime} from './strftime.js';

/** What a template may refer to. Plain data: nothing of it can be called. */
export type TemplateContext = Readonly<Record<string, unknown>>;

/** The most numbers that `range` gives, as in Python's sandbox. */
const longestRange = 100_000;

/** Jinja, as `transformers` sets it up for chat templates, but for the date: a template never sees today's. */
export class JinjaTemplate {
  readonly #program: Node;

  /** @throws Error if the source cannot be parsed */
  constructor(source: string) {
    this.#program = withPrinting(parsed(source));
  }

  /**
   * @param date - what `strftime_now` takes for today, `YYYY-MM-DD`
   * @throws Error with the template's own words if it refuses, or else with what went wrong
   */
  render(context: TemplateContext, date: string): string {
    const environment = new LibraryEnvironment();
    const names = {true: true, false: false, none: null, True: true, False: false, None: null};
    for (const [name, value] of Object.entries({...names, ...context})) {
      environment.setVariable(name, toValue(value));
    }

    const raise = toFunction(({args}) => {
      throw new Error(String(args[0]?.value ?? 'The template refuses'));
    });
    const now = toFunction(({args}) => toValue(strftime(date, String(args[0]?.value))));
    environment.setVariable('raise_exception', raise);
    environment.setVariable('strftime_now', now);
    environment.setVariable(
      'range',
      toFunction(({args}) => range(args.map(({value}) => Number(value)))),
    );
    return String(new PythonInterpreter(environment).evaluate(this.#program, environment).value);
  }
}

function range(args: readonly number[]) {
  const [start, stop, step = 1] = args.length === 1 ? [0, args[0]!] : (args as [number, number, number?]);
  if (step === 0 || ![start, stop, step].every(Number.isInteger)) {
    throw new Error('range() takes whole numbers, and a step other than 0');
  }

  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (length > longestRange) {
    throw new Error(`range() of ${length} numbers is too long: ${longestRange} is the most`);
  }

  return toList(Array.from({length}, (_, index) => toValue(start + index * step)));
}
