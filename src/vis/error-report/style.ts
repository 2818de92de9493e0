import { styleSheet } from '../report/style.ts';

/** Shade of a cell of the confusion matrix, in tenths of its row. */
const shades = Array.from({ length: 11 }, (_, tenths) => {
  const opacity = (0.06 + 0.04 * tenths).toFixed(2);
  return `.right-${tenths}{background:rgba(6,127,114,${opacity})}.wrong-${tenths}{background:rgba(229,72,77,${opacity})}`;
});

/** The error report's style sheet: that of the report on a prediction, and rules of its own. */
export const errorReportStyle = `${styleSheet}${shades.join('')}
main p,main h3{overflow-wrap:anywhere}
.scroll:has(table.long){max-height:34rem;overflow:auto}
table.long thead th{position:sticky;top:0;background:var(--paper)}
.verdict{font-size:1.2rem;font-weight:600;border-left:4px solid var(--accent);background:var(--panel);padding:.8rem 1rem;margin:1.2rem 0;max-width:none}
.verdict span{display:block;font-size:1rem;font-weight:400;margin-top:.35rem}
table.numeric td:not(:first-child),table.numeric th:not(:first-child){text-align:right}
table.errors td:last-child,table.errors th:last-child{text-align:left!important;white-space:normal;min-width:14rem;color:var(--soft)}
td .meter{display:inline-block;width:7rem;height:.75rem;background:var(--pale);vertical-align:-1px;margin-right:.6rem}
td .meter rect{fill:var(--accent)}
.matrix td,.matrix th{padding:.25rem .55rem;text-align:right}
.matrix th{text-align:right}
.matrix td:first-child{text-align:right;color:var(--soft);font-weight:600}
.matrix td{border:1px solid var(--line);border-width:0 0 1px 1px}
.matrix td.zero{color:var(--soft);opacity:.5}
.chart{font-variant-numeric:tabular-nums}
.chart text{font:12px system-ui,sans-serif;fill:var(--soft)}
.chart .frame{fill:none;stroke:var(--line)}
.chart .lined{stroke:var(--line);fill:none}
.chart .line{fill:none;stroke-width:2.2;stroke-linejoin:round}
.chart .precision{stroke:var(--accent)}
.chart .recall{stroke:var(--proposal);stroke-dasharray:7 4}
.chart .f1{stroke:var(--final);stroke-width:3}
.chart .mark{stroke:var(--ink);stroke-width:1.2;fill:none}
.chart .mark.soft{stroke-dasharray:3 4}
.chart .ideal{stroke:var(--soft);stroke-dasharray:5 5;fill:none}
.chart .bar{fill:var(--tone)}
.chart .dot{fill:var(--accent)}
.keys{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;padding:0;margin:.3rem 0;font-size:.88rem;color:var(--soft)}
.keys svg{width:2rem;height:.8rem;vertical-align:-1px;margin-right:.35rem}
.marked .halo{fill:none;stroke:#000;stroke-opacity:.55;stroke-width:2.8}
.marked .shape{fill-opacity:.16;stroke-width:1.5;fill-rule:evenodd}
.marked path{vector-effect:non-scaling-stroke}
.marked .blank{fill:#39424f}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem;margin:.4rem 0 1.6rem}
.pair figure{width:100%}
.pair.three{grid-template-columns:1fr 1fr 1fr}
.pair svg{max-height:32rem;object-fit:contain}
.picture h3{margin-bottom:.1rem}
@media print{.scroll:has(table.long){max-height:none;overflow:visible}}
@media (max-width:40rem){.pair,.pair.three{grid-template-columns:1fr}td .meter{width:3.5rem}}
`;
