/** Programs and settings of those who use the package. */

/** A module for Node. */
export const nodeProgram = `import { load, type Instance, type PictureSource, type Prediction } from 'mask-rcnn';

export async function count(picture: PictureSource): Promise<number> {
  const model = await load('nuclei', { threads: 1 });
  const prediction: Prediction = await model.predict(picture, { score: 0.5 });
  await model.dispose();
  return prediction.instances.filter(hasMask).length;
}

function hasMask({ box: [x1, , x2], mask }: Instance): boolean {
  return x2 > x1 && mask !== null && mask.area > 0;
}
`;

/** Strict settings for Node, without the types of browsers; under NodeNext they check the types of all packages too. */
export function strictSettings(module: 'NodeNext' | 'Node16' | 'Bundler'): object {
  return {
    compilerOptions: {
      target: 'ES2022',
      lib: ['ES2022'],
      types: ['node'],
      ...(module === 'Bundler' ? { module: 'ESNext', moduleResolution: 'Bundler' } : { module }),
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: module !== 'NodeNext',
      outDir: 'out',
    },
  };
}

/** create-vite 9.3.0, template `vanilla-ts`. */
export const vanillaTs = {
  'package.json': {
    name: 'vite-typescript-starter',
    private: true,
    version: '0.0.0',
    type: 'module',
  },
  'tsconfig.json': {
    compilerOptions: {
      target: 'es2023',
      module: 'esnext',
      lib: ['ES2023', 'DOM'],
      types: ['vite/client'],
      allowArbitraryExtensions: true,
      skipLibCheck: true,
      moduleResolution: 'bundler',
      allowImportingTsExtensions: true,
      verbatimModuleSyntax: true,
      moduleDetection: 'force',
      noEmit: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      erasableSyntaxOnly: true,
      noFallthroughCasesInSwitch: true,
    },
    include: ['src'],
  },
  'index.html': `<!doctype html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" />
    <title>Vite + TS</title>
  </head>
  <body>
    <div id="app"></div>
    <script type="module" src="/src/main.ts"></script>
  </body>
</html>
`,
} as const;

/** A page that finds the objects in a chosen file. */
export const pageProgram = `import { load } from 'mask-rcnn'

const app = document.querySelector<HTMLDivElement>('#app')!
app.innerHTML = '<input type="file" /><p></p>'
const status = app.querySelector('p')!
const model = await load('/nuclei.safetensors')
status.textContent = 'ready'
app.querySelector('input')!.addEventListener('change', async (event) => {
  const file: File = (event.currentTarget as HTMLInputElement).files![0]
  const { instances } = await model.predict(file)
  status.textContent = 'found ' + instances.length
})
`;
