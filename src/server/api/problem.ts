import { MaskRcnnError } from '../../core/errors.ts';
import { suggestion } from '../../core/near-names.ts';

/** Every problem that a request can fail with: slug, HTTP status, title. */
export const problemKinds = {
  'no-picture': { status: 400, title: 'No picture in the request' },
  'bad-parameter': { status: 400, title: 'Invalid parameter' },
  'bad-request': { status: 400, title: 'The request is malformed' },
  unauthorized: { status: 401, title: 'A valid token is required' },
  'unknown-host': { status: 403, title: 'The server does not answer to this host' },
  'cross-site': { status: 403, title: 'Pages of this origin may not use the server' },
  'unknown-model': { status: 404, title: 'No such model' },
  'unknown-run': { status: 404, title: 'No such training run' },
  'not-found': { status: 404, title: 'No such path' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'not-acceptable': { status: 406, title: 'No acceptable representation' },
  'slow-client': { status: 408, title: 'The request did not arrive in time' },
  'body-too-large': { status: 413, title: 'The request body is too large' },
  'picture-too-large': { status: 413, title: 'The picture has too many pixels' },
  'unsupported-type': { status: 415, title: 'Unsupported picture type' },
  'expectation-failed': { status: 417, title: 'Unsupported expectation' },
  'damaged-picture': { status: 422, title: 'The picture cannot be decoded' },
  'bad-range': { status: 416, title: 'Range not satisfiable' },
  'header-too-large': { status: 431, title: 'The request header is too large' },
  'worker-died': { status: 500, title: 'Two workers crashed on this picture' },
  internal: { status: 500, title: 'Unexpected error' },
  busy: { status: 503, title: 'The queue is full' },
  'no-worker': { status: 503, title: 'No worker can be started' },
  unreachable: { status: 503, title: 'The queue cannot be reached' },
  stopping: { status: 503, title: 'The server is shutting down' },
  timeout: { status: 504, title: 'The prediction took too long' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemKind = keyof typeof problemKinds;

/** The type of problem documents of a kind. */
export function problemType(kind: ProblemKind): string {
  return `urn:mask-rcnn:problem:${kind}`;
}

/** Media type of problem documents (RFC 9457). */
export const problemMediaType = 'application/problem+json';

/** A problem document (RFC 9457). */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  requestId?: string;
}

/** Thrown to answer a request with a problem document. */
export class Problem extends MaskRcnnError {
  override name = 'Problem';
  readonly kind: ProblemKind;
  /** Additional headers of the response. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(kind: ProblemKind, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.kind = kind;
    this.headers = headers;
  }

  get status(): (typeof problemKinds)[ProblemKind]['status'] {
    return problemKinds[this.kind].status;
  }

  toDocument(requestId?: string): ProblemDocument {
    const { status, title } = problemKinds[this.kind];
    const type = problemType(this.kind);
    return { type, title, status, detail: this.message, ...(requestId === undefined ? {} : { requestId }) };
  }
}

/** @param known The models that there are. */
export function unknownModel(name: string, known: Iterable<string>): Problem {
  return new Problem('unknown-model', `${name}${suggestion(name, [...known])}`);
}
