import { neutrals } from '../theme.ts';

/** The report's style sheet, for light and dark themes, narrow screens and print. It loads no external resources. */
export const styleSheet = `
:root{color-scheme:light dark;${neutrals.light};--accent:#0b6bcb;--proposal:#c96f00;--final:#067f72;--tone:#bcd6f2;--pale:#e3eefa}
@media (prefers-color-scheme:dark){:root{${neutrals.dark};--accent:#6db3ff;--proposal:#ffb14d;--final:#35dcc8;--tone:#2a4d73;--pale:#1f344b}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif;-webkit-text-size-adjust:100%}
main{max-width:1040px;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:clamp(1.6rem,4vw,2.3rem);line-height:1.2;margin:0 0 .75rem;overflow-wrap:anywhere}
h2{font-size:1.55rem;line-height:1.25;margin:0 0 1rem;display:flex;gap:.75rem;align-items:baseline}
h2 span{color:var(--accent);font-variant-numeric:tabular-nums}
h3{font-size:1.12rem;margin:0 0 .4rem}
p{margin:0 0 .9rem;max-width:46em}
.lede{font-size:1.1rem;color:var(--soft)}
nav ol{columns:2 16rem;margin:.5rem 0 0;padding-left:1.4rem}
a{color:var(--accent)}
section{border-top:1px solid var(--line);margin-top:3rem;padding-top:2rem}
.step{margin:0 0 2.2rem}
.note{border-left:3px solid var(--accent);background:var(--panel);padding:.6rem .9rem;max-width:46em;margin:0 0 1.2rem}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;color:var(--soft);font-size:.9rem;margin:1.3rem 0 1rem;padding:0;list-style:none}
.legend i{display:inline-block;width:1.8rem;height:1rem;border:2px solid;border-radius:2px;margin-right:.45rem;vertical-align:-2px;background:#39424f;box-shadow:0 0 0 3px #39424f}
.legend li{padding-left:3px}
.figures{display:flex;flex-wrap:wrap;gap:1rem;align-items:flex-start;margin:.6rem 0 1rem}
figure{margin:0;flex:0 1 auto;width:14.6rem;max-width:100%}
figure.wide{width:40rem}
figure.half{width:30rem}
figure.middle{width:26rem}
figure.third{width:19.8rem}
figure.little{width:9rem}
figure.fifth{width:11.5rem}
figure>svg,figure img{display:block;width:100%;height:auto;border-radius:4px}
figcaption{font-size:.84rem;line-height:1.4;color:var(--soft);margin-top:.4rem;font-variant-numeric:tabular-nums}
.patch{max-height:24rem}
svg .grid{image-rendering:pixelated}
.scroll{overflow-x:auto;margin:.4rem 0 1rem}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--line);text-align:left;white-space:nowrap}
th{color:var(--soft);font-weight:600}
tr.on td{font-weight:600;color:var(--accent)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(21rem,100%),1fr));gap:.1rem 2rem;margin:.4rem 0 1rem;font-size:.9rem}
dl div{display:flex;justify-content:space-between;gap:1rem;border-bottom:1px solid var(--line);padding:.28rem 0}
dt{color:var(--soft)}
dd{margin:0;text-align:right;font-variant-numeric:tabular-nums}
.chain{list-style:none;display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;padding:0;margin:.4rem 0 .9rem}
.chain li{position:relative;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.35rem .7rem;min-width:5.5rem;text-align:center;line-height:1.3}
.chain li+li::before{content:"→";position:absolute;left:-1.3rem;top:50%;transform:translateY(-50%);color:var(--soft)}
.chain b{display:block;font-size:.88rem}
.chain span{font-size:.8rem;color:var(--soft);font-variant-numeric:tabular-nums}
abbr{text-decoration:underline dotted var(--soft);text-underline-offset:.2em;cursor:help}
.sources{font-size:.85rem;color:var(--soft);max-width:none;overflow-wrap:anywhere}
dl.glossary{display:block}
.glossary dd{text-align:left;flex:1}
.glossary dt{flex:0 0 8rem}
svg.diagram{display:block;max-width:max(100%,46rem);height:auto}
svg.diagram text{font:600 13px system-ui,sans-serif;fill:var(--ink);text-anchor:middle}
svg.diagram .size{font:12px system-ui,sans-serif;fill:var(--soft)}
svg.diagram .aside{font:12px system-ui,sans-serif;fill:var(--final)}
svg.diagram .node{fill:var(--panel);stroke:var(--line)}
svg.diagram .arrow{fill:none;stroke:var(--soft);stroke-width:1.4}
svg.diagram .dashed{stroke:var(--final);stroke-dasharray:5 4}
.bars{font-size:.9rem;max-width:30rem;width:100%;display:grid;grid-template-columns:minmax(5rem,auto) 1fr auto;gap:.3rem .7rem;align-items:center;font-variant-numeric:tabular-nums}
.bars .bar{display:block;width:100%;height:.85rem;fill:var(--tone)}
.bars .on .bar{fill:var(--accent)}
.level-key{white-space:nowrap}
.key{display:inline-block;width:.7em;height:.7em}
.bars .on,.bars div{display:contents}
svg .label{font:600 12px system-ui,sans-serif;fill:var(--ink);text-anchor:middle}
svg .end{text-anchor:end}
svg .big{font-size:22px}
svg .lines{fill:none;stroke:var(--soft);stroke-opacity:.35;stroke-width:.6}
svg .bins{fill:none;stroke:var(--accent);stroke-width:1.6}
svg .whole{fill:none;stroke:var(--ink);stroke-width:2}
svg .exact{fill:none;stroke:var(--proposal);stroke-width:2;stroke-dasharray:6 4}
svg .tone{fill:var(--tone)}
svg .pale{fill:var(--pale)}
svg .paper{fill:var(--panel)}
.store{position:absolute;width:0;height:0;overflow:hidden}
sub{font-size:.75em;line-height:0}
footer{border-top:1px solid var(--line);margin-top:3rem;padding-top:1rem;color:var(--soft);font-size:.85rem}
@media (max-width:40rem){main{padding:1.5rem 1rem 3rem}figure,figure.third,figure.middle,figure.half,figure.wide{width:100%}figure.little{width:calc(50% - .5rem)}figure.map-figure,figure.fifth{width:calc(50% - .5rem)}}
@media print{svg.diagram{max-width:100%;height:auto}:root{color-scheme:light;--ink:#000;--soft:#444;--paper:#fff;--panel:#f4f6f9;--line:#ccc;--accent:#0b57a4;--proposal:#b36200;--final:#067f72;--tone:#bcd6f2;--pale:#e3eefa}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}body{font-size:10.5pt}main{max-width:none;padding:0}section{margin-top:1.5rem;padding-top:1rem}h2,h3,.step>p{break-after:avoid}figure,table,dl,.chain,.note,.bars{break-inside:avoid}.scroll{overflow:visible}dl{grid-template-columns:1fr 1fr}figure.wide{width:9.5cm}figure.half,figure.middle{width:7.6cm}figure.third{width:5.6cm}figure,figure.map-figure{width:4.1cm}figure.little,figure.fifth{width:3.1cm}a{color:inherit;text-decoration:none}}
@page{size:A4;margin:16mm}
`;
