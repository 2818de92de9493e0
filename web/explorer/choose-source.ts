import type { PoolerName } from '../product.ts';
import type { ExplorerProps } from '../shell/view-props.ts';
import type { ExplainSource } from './explain-source.ts';
import { hereSource } from './here-source.ts';
import { serverSource } from './server-source.ts';

/**
 * The source that the settings of the page choose.
 * @param pooler Replaces the model's own; null: does not.
 */
export function chooseSource(props: ExplorerProps, pooler: PoolerName | null = null): ExplainSource {
  return props.source === 'server' ? serverSource(props, pooler) : hereSource(props, pooler);
}
