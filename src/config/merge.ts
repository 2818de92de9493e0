/** Overrides `base` with `over`: objects are merged key by key; everything else, lists included, is replaced. */
export function merge(base: unknown, over: unknown): unknown {
  if (!isPlainObject(base) || !isPlainObject(over)) return over;
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    if (value !== undefined) merged.set(key, merge(merged.get(key), value));
  }
  // `__proto__` becomes an ordinary key; an assignment would set the prototype.
  return Object.fromEntries(merged);
}

/** Whether a value is what a JSON object parses to. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
