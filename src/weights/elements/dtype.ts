/** The element types of weight files, by torch's names, with their size in bytes. */
export const bytesPerElement = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint64: 8,
  uint32: 4,
  uint16: 2,
  uint8: 1,
  bool: 1,
} as const;

export type StoredDtype = keyof typeof bytesPerElement;

/** Whether a type is one of counts. int8 is one of weights: whole multiples of their rows' scales. */
export function isCount(dtype: StoredDtype): boolean {
  return !dtype.includes('float') && dtype !== 'int8';
}
