import { MaskRcnnError } from '../../core/errors.ts';

/** Everything that a request can fail with: status and title; the slug is the last part of the document's type. */
export const problemKinds = {
  'no-picture': { status: 400, title: 'No picture in the request' },
  'bad-parameter': { status: 400, title: 'A parameter is wrong' },
  'bad-request': { status: 400, title: 'The request is malformed' },
  unauthorized: { status: 401, title: 'A valid token is needed' },
  'unknown-model': { status: 404, title: 'No such model' },
  'unknown-run': { status: 404, title: 'No such training run' },
  'not-found': { status: 404, title: 'No such address' },
  'method-not-allowed': { status: 405, title: 'The address does not take this method' },
  'not-acceptable': { status: 406, title: 'No representation that the client accepts' },
  'slow-client': { status: 408, title: 'The request did not arrive in time' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'picture-too-large': { status: 413, title: 'The picture has too many pixels' },
  'unsupported-type': { status: 415, title: 'Not a picture of a known type' },
  'damaged-picture': { status: 422, title: 'The picture cannot be decoded' },
  'bad-range': { status: 416, title: 'The file has no such bytes' },
  'header-too-large': { status: 431, title: 'The header is too large' },
  'worker-died': { status: 500, title: 'The prediction was lost twice' },
  internal: { status: 500, title: 'Unexpected error' },
  busy: { status: 503, title: 'The queue is full' },
  stopping: { status: 503, title: 'The server is stopping' },
  timeout: { status: 504, title: 'The prediction took too long' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemKind = keyof typeof problemKinds;

/** The media type of RFC 9457. */
export const problemMediaType = 'application/problem+json';

/** What RFC 9457 calls a problem document. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  requestId?: string;
}

/** A request that is answered with a problem document. */
export class Problem extends MaskRcnnError {
  override name = 'Problem';
  readonly kind: ProblemKind;
  /** Headers that the answer carries besides its type. */
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
    const type = `urn:mask-rcnn:problem:${this.kind}`;
    return { type, title, status, detail: this.message, ...(requestId === undefined ? {} : { requestId }) };
  }
}
