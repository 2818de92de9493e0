import type { KnipConfig } from 'knip';

// `knip` reports what nothing uses, `knip --production` what only tests use. A function that its own file uses may be
// exported for its unit test, a type for those who need its name.
const production = process.argv.includes('--production');

const config: KnipConfig = {
  entry: [
    'src/{index,browser}.ts!',
    'src/cli/main.ts!',
    '{ablation/main,bench/run,bench/*-child}.ts!',
    'scripts/*.ts!',
    'docs/.vitepress/{config,theme/index}.ts!',
    'docs/zh/*.paths.ts!',
    'recipes/**/*.ts!',
    'examples/**/*.{ts,js}!',
    // Imported by the build's configuration.
    'web/third-party-notices.ts!',
    // Started as threads or processes.
    '{src,web}/**/{worker,*-worker}.ts!',
    'test/fuzz/{main,fuzz-worker}.ts',
    'test/support/{import-process.ts,run-programs.js,write-checkpoints.js,crash-on-picture.js}',
    // Loaded by the HTML beside it.
    'test/browser/*/page.{ts,tsx}',
  ],
  project: ['**/*.{ts,tsx,js,vue}!', '!**/*.test.ts!', '!test/**!'],
  vite: { config: 'web/vite.config.ts' },
  // Its files are read.
  ignoreDependencies: ['@fontsource/inter'],
  ignoreBinaries: ['mount', 'umount', 'redis-server', 'openssl'],
  ignoreExportsUsedInFile: production || { interface: true, type: true },
};

export default config;
