import { defineConfig } from 'vite';

/** These two headers enable WebAssembly threads; a host of the built page should send them too. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  server: { headers },
  preview: { headers },
  worker: { format: 'es' },
  build: { target: 'es2022' },
  // ONNX Runtime looks for its WebAssembly next to its own file.
  optimizeDeps: { exclude: ['onnxruntime-web'] },
});
