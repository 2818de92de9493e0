import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

interface LazyViewProps<Props> {
  /** Fetches the component; the same function every time. */
  load: () => Promise<ComponentType<Props>>;
  props: Props;
}

/** A view whose code is fetched when it is first shown. */
export function LazyView<Props extends object>({ load, props }: LazyViewProps<Props>) {
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
        Loading the view …
      </p>
    );
  if ('error' in view)
    return (
      <p class="notice notice-error" role="alert">
        The view cannot be loaded: {view.error}
      </p>
    );
  return <view.Component {...props} />;
}
