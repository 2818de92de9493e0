/**
 * What is made of values, in order and as soon as it is ready. Meanwhile the next values are asked for and made ready. When
 * the loop is left, a value that was asked for is not waited for.
 * @param ahead How many are made ready at most, besides the one in use.
 * @throws what `values` throws, after what came before it.
 */
export async function* readAhead<Value, Ready extends object>(
  values: AsyncGenerator<Value>,
  ahead: number,
  prepare: (value: Value) => Ready,
): AsyncGenerator<Ready> {
  const ready: Ready[] = [];
  let asked = null as Promise<void> | null;
  let ended = false;
  const take = async () => {
    const { done, value } = await values.next();
    if (done) ended = true;
    else if (!ended) ready.push(prepare(value));
    asked = null;
    ask();
  };
  const ask = () => {
    if (asked || ended || ready.length >= ahead) return;
    asked = take();
    // A failure is thrown once what came before it was used.
    asked.catch(() => {});
  };
  try {
    for (;;) {
      const next = ready.shift();
      ask();
      if (next !== undefined) yield next;
      else if (asked) await asked;
      else return;
    }
  } finally {
    ended = true;
    const closing = values.return(undefined);
    if (asked) closing.catch(() => {});
    else await closing;
  }
}
