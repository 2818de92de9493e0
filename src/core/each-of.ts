/** The items of a list, for what reads them from a stream. */
export async function* eachOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
