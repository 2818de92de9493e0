/** Nine digits identify a float32; a double's seventeen would double the file. */
export function nineDigits(value: number): number {
  return Number(value.toPrecision(9));
}
