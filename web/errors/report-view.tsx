import { useEffect, useRef } from 'preact/hooks';
import { errorReportStyle } from '../product.ts';

/** The report's own style sheet, for a shadow tree: the page's policy allows it there, but no `<style>` element. */
const sheet = new CSSStyleSheet();
sheet.replaceSync(errorReportStyle.replaceAll(':root', ':host'));

/** The error report, apart from the page's styles. @param html Made by the report's own functions, which escape what is not theirs. */
export function ReportView({ html }: { html: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    root.innerHTML = html;
    for (const link of root.querySelectorAll('a[href^="#"]')) {
      link.addEventListener('click', (event) => {
        // Anchors do not reach into a shadow tree.
        event.preventDefault();
        root.querySelector(link.getAttribute('href') ?? '')?.scrollIntoView({ behavior: 'smooth' });
      });
    }
  }, [html]);
  return <div class="error-report" ref={host} />;
}
