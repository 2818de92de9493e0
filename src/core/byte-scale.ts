/** Eight bits for the values of a tensor: value = scale · (byte − zeroPoint). */
export interface ByteScale {
  readonly scale: number;
  /** 0…255 */
  readonly zeroPoint: number;
}
