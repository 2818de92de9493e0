/** The name of a class of which only the number is known. */
export function placeholderName(number: number): string {
  return `class_${number}`;
}

/** Whether a name is one that {@link placeholderName} gives. */
export function isPlaceholderName(name: string): boolean {
  return /^class_\d+$/.test(name);
}
