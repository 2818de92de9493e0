import type { S3Client } from '@aws-sdk/client-s3';
import { InputError, messageOf } from '../core/errors.ts';
import { optionalPackage } from './optional-package.ts';

/** An object of a bucket. */
export interface S3Object {
  readonly bucket: string;
  readonly key: string;
}

function sdk(): Promise<typeof import('@aws-sdk/client-s3')> {
  return optionalPackage('@aws-sdk/client-s3', 's3://', () => import('@aws-sdk/client-s3'));
}

let shared: Promise<S3Client> | undefined;

/** Region, endpoint and credentials come from the environment and the files that all AWS tools read. */
function client(): Promise<S3Client> {
  shared ??= sdk().then(({ S3Client }) => {
    const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION } = process.env;
    const endpoint = AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL;
    // Servers other than Amazon's are addressed by path, and ignore the region.
    return new S3Client(
      endpoint ? { endpoint, forcePathStyle: true, region: AWS_REGION || 'us-east-1' } : {},
    );
  });
  return shared;
}

export function s3Address({ bucket, key }: S3Object): string {
  return `s3://${bucket}/${key}`;
}

/**
 * The bytes of an object; null where there is none.
 * @param maxBytes A larger one is refused.
 * @throws InputError that names the address.
 */
export async function readObject(object: S3Object, maxBytes: number): Promise<Uint8Array | null> {
  const { GetObjectCommand } = await sdk();
  try {
    const { Body, ContentLength = 0 } = await (await client()).send(
      new GetObjectCommand({ Bucket: object.bucket, Key: object.key }),
    );
    if (ContentLength > maxBytes)
      throw new InputError(s3Address(object), `has more than ${Math.round(maxBytes / 2 ** 20)} MiB`);
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  } catch (error) {
    if (error instanceof InputError) throw error;
    if ((error as Error).name === 'NoSuchKey') return null;
    throw new InputError(s3Address(object), `cannot be read (${reasonOf(error)})`, { cause: error });
  }
}

/** Writes an object, which appears as a whole. @throws InputError that names the address. */
export async function writeObject(object: S3Object, body: string): Promise<void> {
  const { PutObjectCommand } = await sdk();
  try {
    await (await client()).send(new PutObjectCommand({ Bucket: object.bucket, Key: object.key, Body: body }));
  } catch (error) {
    throw new InputError(s3Address(object), `cannot be written (${reasonOf(error)})`, { cause: error });
  }
}

/** What lies under a prefix: keys and, with a delimiter, the prefixes of folders, in the order of their bytes. */
export async function* listObjects(
  bucket: string,
  prefix: string,
  delimiter?: '/',
): AsyncGenerator<{ key: string } | { folder: string }> {
  const { ListObjectsV2Command } = await sdk();
  let token: string | undefined;
  do {
    try {
      const page = await (await client()).send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      );
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield { key: Key };
      for (const { Prefix } of page.CommonPrefixes ?? []) if (Prefix !== undefined) yield { folder: Prefix };
      token = page.NextContinuationToken;
    } catch (error) {
      const address = s3Address({ bucket, key: prefix });
      throw new InputError(address, `cannot be listed (${reasonOf(error)})`, { cause: error });
    }
  } while (token !== undefined);
}

/** The service's code where the message says nothing. */
function reasonOf(error: unknown): string {
  const { name } = error as Error;
  const message = messageOf(error);
  return message === '' || message === 'UnknownError' ? name : message;
}
