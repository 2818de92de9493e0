/// <reference types="vite/client" />

/** The shipped models that lie beside a static build; empty where a server names its own. */
declare const __MODELS__: readonly string[];
