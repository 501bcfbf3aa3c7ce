import {Counter, Gauge, Histogram, Registry} from 'prom-client';

/** What gauges show whenever somebody looks. */
export interface MetricSources {
  /** Tokens that wait or are under way. */
  queueTokens: () => number;
  /** Tokens evaluated and reused since the pair was opened, both models counted. */
  usage: () => {evaluated: number; reused: number};
}

/** What a server counts, in a registry of its own. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<'route' | 'status'>;
  readonly #duration: Histogram<'route'>;
  readonly #rejected: Counter<'reason'>;
  readonly #inWork: Gauge;

  constructor({queueTokens, usage}: MetricSources) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: 'implicit_prm_requests_total',
      help: 'Requests answered, by route and status.',
      labelNames: ['route', 'status'],
      registers,
    });
    this.#duration = new Histogram({
      name: 'implicit_prm_request_duration_seconds',
      help: 'Time from a request’s headers to its answer.',
      labelNames: ['route'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
      registers,
    });
    this.#rejected = new Counter({
      name: 'implicit_prm_rejected_total',
      help: 'Requests that were refused, by the code of their error.',
      labelNames: ['reason'],
      registers,
    });
    this.#inWork = new Gauge({
      name: 'implicit_prm_requests_in_work',
      help: 'Requests that have come and are not answered yet.',
      registers,
    });
    gauge('implicit_prm_queue_tokens', 'Tokens that wait or are being evaluated.', queueTokens, registers);
    // Counted elsewhere, and never less than before.
    for (const kind of ['evaluated', 'reused'] as const) {
      counted(
        `implicit_prm_tokens_${kind}_total`,
        `Tokens ${kind} since the pair was opened, both models counted.`,
        () => usage()[kind],
        registers,
      );
    }
  }

  /** Tells of a request that has come. */
  begin(): void {
    this.#inWork.inc();
  }

  /** Tells of an answer, and how many seconds it took. */
  end(route: string, status: number, seconds: number): void {
    this.#inWork.dec();
    this.#requests.inc({route, status: String(status)});
    this.#duration.observe({route}, seconds);
  }

  /** Tells of a request that was refused. */
  reject(reason: string): void {
    this.#rejected.inc({reason});
  }

  /** All of it in the text format of Prometheus. */
  async text(): Promise<{type: string; body: string}> {
    return {type: this.#registry.contentType, body: await this.#registry.metrics()};
  }
}

function gauge(name: string, help: string, value: () => number, registers: Registry[]): void {
  new Gauge({
    ...{name, help, registers},
    collect() {
      this.set(value());
    },
  });
}

function counted(name: string, help: string, value: () => number, registers: Registry[]): void {
  new Counter({
    ...{name, help, registers},
    collect() {
      this.reset();
      this.inc(value());
    },
  });
}
