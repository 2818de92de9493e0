import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { JobTimings } from '../work/messages.ts';
import type { PredictionService } from '../work/service.ts';
import type { PoolEvent } from '../work/worker-pool.ts';

/** Seconds; a prediction takes from some hundredths to many. */
const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What the server counts and measures, for Prometheus. */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: 'mask_rcnn_http_requests_total',
    help: 'Requests answered.',
    labelNames: ['route', 'method', 'status'],
    registers: [this.#registry],
  });
  readonly #requestSeconds = new Histogram({
    name: 'mask_rcnn_http_request_duration_seconds',
    help: "From the arrival of a request's header to its answer.",
    labelNames: ['route'],
    buckets,
    registers: [this.#registry],
  });
  readonly #stageSeconds = new Histogram({
    name: 'mask_rcnn_prediction_stage_duration_seconds',
    help: 'Steps of a prediction: queue, decode, predict, draw.',
    labelNames: ['model', 'stage'],
    buckets,
    registers: [this.#registry],
  });
  readonly #workerEvents = new Counter({
    name: 'mask_rcnn_worker_events_total',
    help: 'Workers that ended and were started again (worker-ended); pictures given to another one (retried).',
    labelNames: ['model', 'event'],
    registers: [this.#registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Has the gauges of the workers read from now on. */
  watch(service: Pick<PredictionService, 'status'>): void {
    const gauge = (name: string, help: string, value: 'workers' | 'ready' | 'queued') =>
      new Gauge({
        name,
        help,
        labelNames: ['model'],
        registers: [this.#registry],
        collect() {
          for (const model of service.status()) this.set({ model: model.name }, model[value]);
        },
      });
    gauge('mask_rcnn_workers', 'Worker processes wanted.', 'workers');
    gauge('mask_rcnn_workers_ready', 'Worker processes with their model loaded.', 'ready');
    gauge('mask_rcnn_queue_length', 'Pictures that wait for a worker.', 'queued');
  }

  countRequest(labels: { route: string; method: string; status: number }, seconds: number): void {
    this.#requests.inc(labels);
    this.#requestSeconds.observe({ route: labels.route }, seconds);
  }

  /** @param timings In milliseconds. */
  countPrediction(model: string, timings: JobTimings & { queue: number }): void {
    for (const [stage, ms] of Object.entries(timings))
      this.#stageSeconds.observe({ model, stage }, ms / 1000);
  }

  countWorkerEvent(model: string, event: PoolEvent['kind']): void {
    this.#workerEvents.inc({ model, event });
  }

  /** The exposition format, and its media type. */
  async text(): Promise<{ body: string; contentType: string }> {
    return { body: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }
}
