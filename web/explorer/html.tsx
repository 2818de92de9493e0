interface HtmlProps {
  /** Made by the report's own functions, which escape what is not theirs. */
  html: string;
  tag?: 'div' | 'p' | 'span' | 'h2';
  class?: string;
}

/** A piece of the report. */
export function Html({ html, tag: Tag = 'div', class: name }: HtmlProps) {
  return <Tag {...(name ? { class: name } : {})} dangerouslySetInnerHTML={{ __html: html }} />;
}
