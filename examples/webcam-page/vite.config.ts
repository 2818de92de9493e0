import { defineConfig } from 'vite';

/** With these two headers the page gets WebAssembly with threads; a host of the built page should send them too. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  server: { headers },
  preview: { headers },
  worker: { format: 'es' },
  build: { target: 'es2022' },
  // ONNX Runtime finds its WebAssembly beside its own file.
  optimizeDeps: { exclude: ['onnxruntime-web'] },
});
