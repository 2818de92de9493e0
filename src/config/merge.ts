/** Puts `over` over `base`: objects are merged key by key; everything else, lists included, is replaced. */
export function merge(base: unknown, over: unknown): unknown {
  if (!isPlainObject(base) || !isPlainObject(over)) return over;
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    if (value !== undefined) merged.set(key, merge(merged.get(key), value));
  }
  // A key `__proto__` stays a key, where an assignment would set the prototype.
  return Object.fromEntries(merged);
}

/** True for what a JSON object parses to. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
