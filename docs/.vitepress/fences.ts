import type { MarkdownRenderer } from 'vitepress';

/**
 * Every code block is run, compiled or parsed by `test/e2e/docs-code.test.ts`; one that cannot be is marked in its
 * first line, as in ` ```sh not-run: installs from the registry `, and says so below the block.
 */
export function noteFencesThatAreNotRun(md: MarkdownRenderer): void {
  const fence = md.renderer.rules.fence;
  if (!fence) throw new Error('VitePress renders no fences');
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const block = fence(tokens, index, options, env, self);
    const reason = /not-run: (.+)$/.exec(tokens[index].info)?.[1];
    if (reason === undefined) return block;
    const label = env.relativePath.startsWith('zh/') ? '测试不运行此段：' : 'Not run by the tests: ';
    return `${block}<p class="not-run">${label}${md.utils.escapeHtml(reason)}</p>\n`;
  };
}
