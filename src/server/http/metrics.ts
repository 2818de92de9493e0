import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { QueueService } from '../remote/queue-service.ts';
import type { JobTimings } from '../work/job.ts';
import type { PredictionService, ServiceEvent } from '../work/service.ts';

/** In seconds. */
const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Prometheus metrics of the server. */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: 'mask_rcnn_http_requests_total',
    help: 'Requests answered, by route, method and status.',
    labelNames: ['route', 'method', 'status'],
    registers: [this.#registry],
  });
  readonly #requestSeconds = new Histogram({
    name: 'mask_rcnn_http_request_duration_seconds',
    help: 'Time from the arrival of a request header to the response.',
    labelNames: ['route'],
    buckets,
    registers: [this.#registry],
  });
  readonly #stageSeconds = new Histogram({
    name: 'mask_rcnn_prediction_stage_duration_seconds',
    help: 'Time of each step of a prediction: queue, decode, predict, draw.',
    labelNames: ['model', 'stage'],
    buckets,
    registers: [this.#registry],
  });
  readonly #workerEvents = new Counter({
    name: 'mask_rcnn_worker_events_total',
    help: 'Workers that exited and were restarted (worker-ended); pictures retried on another worker (retried).',
    labelNames: ['model', 'event'],
    registers: [this.#registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Adds gauges of a service's workers and queues. */
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
    gauge('mask_rcnn_workers', 'Configured worker processes.', 'workers');
    gauge('mask_rcnn_workers_ready', 'Worker processes that have loaded their model.', 'ready');
    gauge('mask_rcnn_queue_length', 'Pictures waiting for a worker.', 'queued');
  }

  /** Adds gauges of the queues that workers of other machines take from. */
  watchQueues(service: Pick<QueueService, 'queues'>): void {
    const gauge = { registers: [this.#registry] };
    new Gauge({
      ...gauge,
      name: 'mask_rcnn_queue_oldest_seconds',
      help: 'Age of the oldest picture that waits for a worker.',
      labelNames: ['model'],
      collect() {
        for (const { name, oldestMs } of service.queues()) this.set({ model: name }, oldestMs / 1000);
      },
    });
    new Gauge({
      ...gauge,
      name: 'mask_rcnn_queue_worker_pictures',
      help: 'Pictures that each connected worker has processed; its rate of change is that of the worker.',
      labelNames: ['worker'],
      collect() {
        this.reset();
        for (const { workers } of service.queues())
          for (const { name, pictures } of workers) this.set({ worker: name }, pictures);
      },
    });
  }

  countRequest(labels: { route: string; method: string; status: number }, seconds: number): void {
    this.#requests.inc(labels);
    this.#requestSeconds.observe({ route: labels.route }, seconds);
  }

  /** @param timings Durations of the steps in milliseconds. */
  countPrediction(model: string, timings: JobTimings & { queue: number }): void {
    for (const [stage, ms] of Object.entries(timings))
      this.#stageSeconds.observe({ model, stage }, ms / 1000);
  }

  countWorkerEvent({ model, kind }: Pick<ServiceEvent, 'model' | 'kind'>): void {
    this.#workerEvents.inc({ model, event: kind });
  }

  /** The metrics in Prometheus' text format, and its media type. */
  async text(): Promise<{ body: string; contentType: string }> {
    return { body: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }
}
