import { useEffect, useRef, useState } from 'preact/hooks';
import type { Focus, PoolerName } from '../../product.ts';
import type { ExplorerProps } from '../../shell/view-props.ts';
import { chooseSource } from '../choose-source.ts';
import type { ExplainSource } from '../explain-source.ts';

interface Exchanged {
  /** The proposal, followed with the other pooler. */
  exchanged: Focus | null;
  busy: boolean;
  /** Null if the last request succeeded. */
  error: unknown;
}

interface Opened {
  source: ExplainSource;
  ready: Promise<unknown>;
}

const idle: Exchanged = { exchanged: null, busy: false, error: null };

/**
 * Predicts the picture with another pooler and follows the same proposal: the RPN does not pool, so its proposals are
 * the same.
 * @param pooler Null: nothing is predicted.
 * @param rank Position of the proposal; null if there is none.
 */
export function useExchangedPooler(
  props: ExplorerProps,
  pooler: PoolerName | null,
  rank: number | null,
): Exchanged {
  const { picture, source: kind, model } = props;
  const [opened, setOpened] = useState<Opened | null>(null);
  const [state, setState] = useState(idle);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    setState(idle);
    if (pooler === null) return;
    const source = chooseSource(latest.current, pooler);
    setOpened({ source, ready: source.open() });
    return () => source.close();
  }, [picture, kind, model, pooler]);

  useEffect(() => {
    if (!opened || rank === null) return;
    let isWanted = true;
    setState({ ...idle, busy: true });
    opened.ready
      .then(() => opened.source.follow({ proposal: rank }))
      .then(
        (exchanged) => isWanted && setState({ ...idle, exchanged }),
        (error: unknown) => isWanted && setState({ ...idle, error }),
      );
    return () => {
      isWanted = false;
    };
  }, [opened, rank]);

  return state;
}
