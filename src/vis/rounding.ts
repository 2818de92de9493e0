/** Rounds to a tenth of a unit, which is too fine to be visible where the unit is a pixel. */
export function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Rounds to a hundredth of a unit, for widths of lines and opacities. */
export function hundredth(value: number): number {
  return Math.round(value * 100) / 100;
}
