import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useWords } from '../words/language.tsx';

interface LazyViewProps<Props> {
  /** Fetches the component; the same function every time. */
  load: () => Promise<ComponentType<Props>>;
  props: Props;
}

/** A view whose code is fetched when it is first shown. */
export function LazyView<Props extends object>({ load, props }: LazyViewProps<Props>) {
  const { say } = useWords();
  const [view, setView] = useState<{ Component: ComponentType<Props> } | { error: string } | null>(null);
  useEffect(() => {
    let wanted = true;
    load().then(
      (Component) => wanted && setView({ Component }),
      (error: unknown) => wanted && setView({ error: String(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [load]);
  if (view === null)
    return (
      <p class="notice" aria-busy="true">
        {say('loadingView')}
      </p>
    );
  if ('error' in view)
    return (
      <p class="notice notice-error" role="alert">
        {say('viewFailed', { message: view.error })}
      </p>
    );
  return <view.Component {...props} />;
}
