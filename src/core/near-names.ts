/** Names that other libraries use → ours. */
const synonyms: Readonly<Record<string, string>> = {
  threshold: 'score',
  confidence: 'score',
  conf: 'score',
  minconfidence: 'score',
  boxscorethresh: 'score',
  detectionsperimage: 'maxDetections',
  maxdet: 'maxDetections',
  iou: 'nmsThreshold',
  boxnmsthresh: 'nmsThreshold',
  imgsz: 'minSize',
  numthreads: 'threads',
  concurrency: 'workers',
  outputdir: 'out',
  abortsignal: 'signal',
  gt: 'groundTruth',
  dt: 'results',
  ioutype: 'type',
  iouthrs: 'iouThresholds',
  recthrs: 'recallThresholds',
  arearng: 'areas',
  maxdets: 'maxDetections',
};

/**
 * The known names that a user may have meant: first those that contain the given one, or are contained in it, then
 * those in which at most a third of the letters differ; the nearest first. A name that other libraries use for one of
 * them stands for it.
 * @param limit The most names returned.
 */
export function nearNames(name: string, known: readonly string[], limit = 3): string[] {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const wanted = plain(name);
  const meant = Object.hasOwn(synonyms, wanted) ? synonyms[wanted] : undefined;
  if (meant !== undefined && known.includes(meant)) return [meant];
  return known
    .map((candidate) => {
      const other = plain(candidate);
      const contained = wanted.length > 2 && (other.includes(wanted) || wanted.includes(other));
      const distance = editDistance(wanted, other);
      const near = contained || distance <= Math.max(wanted.length, other.length) / 3;
      return { candidate, contained, distance, near };
    })
    .filter(({ near }) => near)
    .sort((a, b) => Number(b.contained) - Number(a.contained) || a.distance - b.distance)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** `did you mean a or b?`; undefined where no known name is similar. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  const near = nearNames(name, known);
  return near.length > 0 ? `did you mean ${near.join(' or ')}?` : undefined;
}

/** More names than this are not read. */
const mostListed = 24;

/** ` (did you mean a or b?)`, or the known names where none is similar. */
export function suggestion(name: string, known: readonly string[]): string {
  const question = didYouMean(name, known);
  if (question !== undefined) return ` (${question})`;
  const more = known.length > mostListed ? `, … (${known.length} in all)` : '';
  return `; known: ${known.slice(0, mostListed).join(', ')}${more}`;
}

/** Levenshtein distance: insertions, deletions and substitutions of single letters. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
