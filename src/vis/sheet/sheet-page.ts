import { neutrals } from '../theme.ts';

/** The style of a sheet, for light and dark themes and print. It loads no external resources. */
export const sheetStyle = `
:root{color-scheme:light dark;${neutrals.light}}
@media (prefers-color-scheme:dark){:root{${neutrals.dark}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
header{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:baseline;padding:.75rem 1.25rem;background:var(--paper);border-bottom:1px solid var(--line)}
h1{font-size:1.15rem;margin:0 auto 0 0;overflow-wrap:anywhere}
select{font:inherit}
output{color:var(--soft);font-variant-numeric:tabular-nums}
main{display:grid;align-items:start;grid-template-columns:repeat(auto-fill,minmax(min(20rem,100%),1fr));gap:1.25rem;padding:1.25rem}
article{background:var(--panel);border:1px solid var(--line);border-radius:6px;overflow:hidden}
article[hidden]{display:none}
figure{margin:0}
img{display:block;width:100%;height:auto}
figcaption{font-size:.85rem;color:var(--soft);padding:.2rem .75rem .4rem}
h2{font-size:.95rem;margin:.5rem .75rem .25rem;overflow-wrap:anywhere}
ul{list-style:none;margin:0 .75rem .75rem;padding:0;max-height:8rem;overflow:auto;font-size:.85rem}
li span{color:var(--soft);font-variant-numeric:tabular-nums}
@media print{header{position:static}article{break-inside:avoid}ul{max-height:none}}
`;

/** Sorts and filters the pictures of a sheet. Pictures without a score come last. */
export const sheetScript = `
const main = document.querySelector('main');
const cards = [...main.children];
const sort = document.getElementById('sort');
const filter = document.getElementById('class');
const byName = (a, b) => a.dataset.name.localeCompare(b.dataset.name, undefined, { numeric: true });
const byScore = (key, sign) => (a, b) => {
  const [x, y] = [a.dataset[key], b.dataset[key]];
  return (x === '') - (y === '') || sign * (x - y);
};
const firstClass = (card) => JSON.parse(card.dataset.classes)[0] ?? '\\uffff';
const orders = {
  name: byName,
  best: byScore('best', -1),
  worst: byScore('worst', 1),
  count: (a, b) => b.dataset.count - a.dataset.count,
  class: (a, b) => firstClass(a).localeCompare(firstClass(b)) || byScore('best', -1)(a, b),
};
const update = () => {
  cards.sort((a, b) => orders[sort.value](a, b) || byName(a, b));
  let shown = 0;
  for (const card of cards) {
    card.hidden = filter.value !== '' && !JSON.parse(card.dataset.classes).includes(filter.value);
    if (!card.hidden) shown++;
  }
  main.append(...cards);
  document.getElementById('shown').textContent = shown + ' of ' + cards.length + (cards.length === 1 ? ' picture' : ' pictures');
};
sort.onchange = filter.onchange = update;
update();
`;
