/// <reference types="vite/client" />

/** Version of the package. */
declare const __VERSION__: string;

/** The models included in a static build; empty in the server's build, which lists its own. */
declare const __MODELS__: readonly { file: string; facts: import('./model/model-facts.ts').ModelFacts }[];
