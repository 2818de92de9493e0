import type { Value } from '../graph/graph.ts';

/** A backbone's feature maps, by the paper's names: C2 has stride 4, C5 stride 32. */
export interface BackboneMaps {
  c2: Value;
  c3: Value;
  c4: Value;
  c5: Value;
}
