/** The one style sheet: small screens first, readable without colour, in the dark and on paper. */

export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fff; --panel: #f3f6f8; --ink: #16202a; --quiet: #4a5763; --line: #b9c4cd;
  --accent: #0b4f6c; --on-accent: #fff; --good: #14633a; --grave: #9c1c1c; --grave-ground: #fdeeee; --note-ground: #e9f3f7;
  --web: #0b4f6c; --paper-line: #b35900; --paper-ground: #ffe9d0; --track: #dde4e9; --demo: #ffe08a; --on-demo: #2b2200;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10171d; --panel: #1a242c; --ink: #eef2f5; --quiet: #b4c0ca; --line: #46545f;
    --accent: #8fd0ec; --on-accent: #06202c; --good: #7fdba6; --grave: #ff9c9c; --grave-ground: #351a1a; --note-ground: #14303c;
    --web: #8fd0ec; --paper-line: #ffb566; --paper-ground: #4a2f10; --track: #34414b; --demo: #5c4900; --on-demo: #fff3c9;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { font: 100%/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; background: var(--ground); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; }
main, .bar, .demo p, .past p, .past details { width: 100%; max-width: 52rem; margin-inline: auto; padding-inline: 1rem; }
main { flex: 1; padding-block: 1rem 3rem; }
main:focus { outline: none; }
h1, h2, h3 { line-height: 1.25; overflow-wrap: break-word; text-wrap: balance; }
h1 { font-size: 1.7rem; margin: .5rem 0 1rem; }
h2 { font-size: 1.3rem; margin: 2.25rem 0 .75rem; padding-top: .75rem; border-top: 2px solid var(--line); }
h3 { font-size: 1.08rem; margin: 1.5rem 0 .4rem; }
p { margin: 0 0 .75rem; }
a { color: var(--accent); text-underline-offset: .15em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
code { font: .9em ui-monospace, "Cascadia Mono", Menlo, monospace; overflow-wrap: anywhere; }
pre { overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--ground); border: 1px solid var(--line); padding: .5rem; font-size: .85rem; }
.small { font-size: .9rem; color: var(--quiet); }
.lead { font-size: 1.1rem; }
.missing { color: var(--quiet); font-style: italic; }
.skip { position: absolute; left: -999rem; padding: .75rem 1rem; background: var(--accent); color: var(--on-accent); z-index: 1; }
.skip:focus { left: .5rem; top: .5rem; }

.demo { background: var(--demo); color: var(--on-demo); padding-block: .5rem; }
.demo p { margin-block: 0; }
.demo a { color: inherit; }
.past { background: var(--note-ground); border-bottom: 2px solid var(--accent); padding-block: .5rem; }
.past p, .past details { margin-block: 0; }
.past code { overflow-wrap: anywhere; }
header.site { background: var(--panel); border-bottom: 1px solid var(--line); }
header .bar { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; padding-block: .6rem; }
header .name { margin: 0; flex: 1 1 14rem; }
header .name a { font-weight: 700; font-size: 1.15rem; text-decoration: none; color: var(--ink); }
header .tagline { display: block; font-size: .85rem; color: var(--quiet); }
header nav ul { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: center; }
header nav a, header form { display: inline-block; padding-block: .45rem; }
.languages [aria-current] { font-weight: 700; text-decoration: none; color: var(--ink); }
footer .links { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
footer.site { background: var(--panel); border-top: 1px solid var(--line); padding-block: 1rem; font-size: .9rem; color: var(--quiet); }

button, .button { display: inline-block; font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.1rem; border: 2px solid var(--accent); border-radius: .35rem; background: var(--accent); color: var(--on-accent); text-decoration: none; cursor: pointer; }
button[hidden] { display: none; }
a.button { background: transparent; color: var(--accent); }
a.primary { background: var(--accent); color: var(--on-accent); }
a.button:hover, button:hover { text-decoration: underline; }
button.quiet { min-height: 2rem; padding: .1rem .6rem; background: transparent; color: var(--accent); border-width: 1px; }
.actions { list-style: none; padding: 0; margin: 1rem 0; display: flex; flex-wrap: wrap; gap: .6rem; }
.field { margin: 1.5rem 0; }
.field label { display: block; font-weight: 600; }
.field input { font: inherit; width: 100%; max-width: 34rem; min-height: 2.75rem; padding: .4rem .6rem; border: 2px solid var(--quiet); border-radius: .35rem; background: var(--ground); color: var(--ink); margin: 0 .5rem .6rem 0; display: block; }
.field input[aria-invalid] { border-color: var(--grave); }
.field p { margin: 0 0 .4rem; }
.field textarea { font: inherit; width: 100%; max-width: 34rem; padding: .4rem .6rem; border: 2px solid var(--quiet); border-radius: .35rem; background: var(--ground); color: var(--ink); display: block; }
.live p { margin: .5rem 0 1.25rem; }
button:disabled { opacity: .55; cursor: default; text-decoration: none; }
.drop { border: 2px dashed var(--line); border-radius: .35rem; padding: 0 1rem 1rem; }
.drop.over { border-color: var(--accent); background: var(--note-ground); }
.drop h2 { border: 0; margin-top: .75rem; padding: 0; }
progress { display: block; width: 100%; height: .8rem; margin: .4rem 0; }
.fault { color: var(--grave); font-weight: 600; }

.field select { font: inherit; width: 100%; max-width: 34rem; min-height: 2.75rem; padding: .4rem .6rem; border: 2px solid var(--quiet); border-radius: .35rem; background: var(--ground); color: var(--ink); display: block; }
fieldset.field { border: 1px solid var(--line); border-radius: .35rem; padding: .25rem 1rem .75rem; min-width: 0; }
fieldset.field > legend { font-weight: 600; padding-inline: .35rem; }
.field textarea[aria-invalid], .field select[aria-invalid] { border-color: var(--grave); }
label.tick { display: block; padding-block: .55rem; font-weight: 400; }
label.tick img { max-width: 8rem; max-height: 8rem; vertical-align: middle; }
label.tick input { display: inline-block; width: 1.35rem; min-height: 1.35rem; height: 1.35rem; margin: 0 .4rem 0 0; vertical-align: text-bottom; }
.choices { list-style: none; padding: 0; margin: .5rem 0 1rem; display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .6rem; }
.choices .button { display: block; height: 100%; min-height: 3.25rem; padding: .8rem .55rem; font-size: .95rem; overflow-wrap: break-word; hyphens: auto; }
.choices [aria-current] { background: var(--accent); color: var(--on-accent); }
.said { white-space: pre-line; overflow-wrap: anywhere; }
.own-link { overflow-wrap: anywhere; font-weight: 600; }
.beside { display: grid; gap: 0 1.5rem; }
h2.plain { border: 0; padding: 0; margin: 0 0 .5rem; font-size: 1.15rem; }
.photos { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .6rem; }
.photos p { margin: .2rem 0 0; }
.shown, .drawn-on img { display: block; max-width: 100%; height: auto; }
.drawn-on { position: relative; display: inline-block; max-width: 100%; margin-bottom: .5rem; }
.drawn-on.drawing { touch-action: none; cursor: crosshair; }
.drawn-on button { position: absolute; min-height: 0; padding: 0; border: 2px solid #fff; border-radius: 0; outline: 2px solid #000; background: rgb(0 0 0 / .55); }
.drawn-on button:focus-visible { outline: 4px solid var(--accent); }
.boxes input { font: inherit; width: 5.5rem; min-height: 2.5rem; padding: .2rem .4rem; border: 2px solid var(--quiet); border-radius: .35rem; background: var(--ground); color: var(--ink); }
.photos img { display: block; max-width: 12rem; max-height: 12rem; border: 1px solid var(--line); }

.map svg, .place-map svg { display: block; width: 100%; height: auto; border: 1px solid var(--line); border-radius: .35rem; overflow: hidden; }
.map.live svg { cursor: grab; touch-action: none; user-select: none; -webkit-user-select: none; }
.map-ground { fill: var(--panel); }
.map-areas path { fill: var(--ground); fill-rule: evenodd; stroke: var(--line); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.map-areas.on-tiles path { fill: transparent; stroke: var(--accent); stroke-opacity: .5; }
.map-label { fill: var(--quiet); font-size: 18px; pointer-events: none; }
.map-cluster { fill: var(--accent); stroke: var(--ground); stroke-width: 2; }
.map-number { fill: var(--on-accent); font-size: 14px; font-weight: 700; pointer-events: none; }
.map-mark { fill: var(--ground); stroke: var(--quiet); stroke-width: 3; }
.map-mark.matter-open { fill: var(--accent); stroke: var(--ground); stroke-width: 2; }
.map-mark.matter-fixed { fill: var(--good); stroke: var(--ground); stroke-width: 2; }
.map-reach { fill: transparent; }
.map-pin path { fill: var(--grave); stroke: var(--ground); stroke-width: 1.5; }
.map-pin circle { fill: var(--ground); }
.map-cross { stroke: var(--ink); stroke-width: 1.5; fill: none; pointer-events: none; }
.map svg a:hover .map-cluster, .map svg a:focus .map-cluster, .map svg a:hover .map-mark, .map svg a:focus .map-mark { stroke: var(--ink); stroke-width: 3; }
.map-controls ul, .map-legend { list-style: none; margin: .5rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .4rem; }
.map-controls .button { min-width: 2.75rem; padding-inline: .4rem; text-align: center; }
.map-drawing > button { margin-top: .5rem; }
[data-position] .quiet { min-height: 2.75rem; padding-inline: 1rem; }
.map-legend .swatch { vertical-align: -.1em; margin: 0; border: 0; width: .9rem; display: inline; }
.map-legend { gap: .25rem 1rem; }
.map-names { max-height: 12rem; overflow-y: auto; border: 1px solid var(--line); border-radius: .35rem; }
.map-names ul { list-style: none; margin: 0; padding: 0; }
.map-names a { display: block; padding: .55rem .7rem; border-bottom: 1px solid var(--line); }
.place-map { max-width: 20rem; }
.place-map .map-label { font-size: 19px; }
.place-map p { margin-top: .4rem; }

.headline { grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .6rem; }
.headline div { background: var(--panel); border: 1px solid var(--line); border-radius: .35rem; padding: .7rem .9rem; display: flex; flex-direction: column; justify-content: space-between; }
.headline dt { font-weight: 400; font-size: .95rem; }
.headline dd { font-size: 1.7rem; font-weight: 700; margin: .2rem 0 0; }
.headline .bar-of-votes { width: 100%; }
.years { list-style: none; padding: 0; display: grid; gap: .5rem; }
.years li { display: grid; grid-template-columns: 4rem 1fr; gap: 0 .6rem; align-items: baseline; }
.years .bar-of-votes { grid-column: 1 / -1; width: 100%; margin: 0; }
.years [aria-current] { font-weight: 700; }
.figures tbody th { min-width: 8rem; }

.alert, .note, .empty, .found { border-left: .35rem solid var(--accent); background: var(--note-ground); padding: .75rem 1rem; margin: 1rem 0; }
.alert { border-left-color: var(--grave); background: var(--grave-ground); }
.alert h2, .found h2, .note h2, .card h2 { border: 0; padding: 0; margin: 0 0 .5rem; font-size: 1.15rem; }
.alert ul { padding-left: 1.1rem; }
:target { outline: 3px solid var(--accent); outline-offset: 4px; }

.phase { display: inline-block; font-size: .85rem; font-weight: 700; padding: .1rem .55rem; border: 2px solid currentColor; border-radius: 1rem; color: var(--quiet); white-space: nowrap; }
.phase.open, .phase.certified, .phase.matter-fixed { color: var(--good); }
.phase.suspended, .phase.annulled { color: var(--grave); }
.phase.matter-open { color: var(--accent); }
.phase-note { font-size: 1.1rem; }
.cards { list-style: none; padding: 0; display: grid; gap: 1rem; }
.card { background: var(--panel); border: 1px solid var(--line); border-left: .35rem solid var(--line); border-radius: .35rem; padding: .9rem 1rem; }
.card.open, .card.matter-fixed { border-left-color: var(--good); }
.card.matter-open { border-left-color: var(--accent); }
.card h3 { margin: 0 0 .5rem; font-size: 1.15rem; }
.card p:last-child { margin-bottom: 0; }
meter { display: block; width: 100%; height: .8rem; margin-top: .4rem; }

table { border-collapse: collapse; width: 100%; margin: .75rem 0 1.25rem; }
caption { text-align: left; font-weight: 700; padding-bottom: .35rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .5rem .5rem 0; border-bottom: 1px solid var(--line); }
td:last-child, th:last-child { padding-right: 0; }
thead th { font-size: .9rem; color: var(--quiet); vertical-align: bottom; border-bottom: 2px solid var(--line); }
tbody th { font-weight: 400; overflow-wrap: break-word; }
tfoot > tr > * { font-weight: 700; border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead .number, .number .small { white-space: normal; }
.wide th > p, .wide td > p { margin: .2rem 0 0; }
.scroll { overflow-x: auto; }
.tag { border: 1px solid currentColor; border-radius: .2rem; padding: 0 .3rem; }
.mark { font-size: .85rem; font-weight: 700; color: var(--quiet); margin-right: .35rem; display: block; }
.mark.yes { color: var(--good); }
.outcome .funded > th > span:nth-of-type(2) { font-weight: 700; }
.bar-of-votes { display: block; width: 100%; min-width: 3.5rem; height: .5rem; margin-top: .3rem; }
.track { fill: var(--track); }
.value { fill: var(--web); }
.quiet .value { fill: var(--quiet); }
.steps td { overflow-wrap: anywhere; }
.steps td:last-child p { margin: .2rem 0 0; }
.report td strong { color: var(--quiet); }
.report .pass strong { color: var(--good); }
.report .fail strong { color: var(--grave); }
.report details { margin: 0; }
.report code { overflow-wrap: anywhere; }
.losers { list-style: none; padding: 0; }
.losers li { border-top: 1px solid var(--line); padding-block: .6rem; }
.losers p { margin: 0 0 .2rem; }
.losers details { margin: 0; }

dl { margin: .5rem 0 1rem; display: grid; gap: 0 1rem; }
dt { font-weight: 600; }
dd { margin: 0 0 .6rem; }
details { margin: .5rem 0 1rem; }
summary { cursor: pointer; padding-block: .45rem; color: var(--accent); font-weight: 600; }
.history ol { list-style: none; padding: 0 0 0 1rem; border-left: 3px solid var(--line); }
.history li { margin-bottom: 1.25rem; }
.history li p { margin: 0; }
.history .grave { border-left: .35rem solid var(--grave); padding-left: .6rem; background: var(--grave-ground); }
.standing { border-top: 1px solid var(--line); padding-top: .75rem; }
.codes { padding-left: 1.1rem; }
dl.codes { padding-left: 0; }

figure { margin: 1rem 0; }
figcaption { font-weight: 700; display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
.legend { font-weight: 400; font-size: .9rem; }
.swatch { width: .8rem; height: .8rem; margin-left: .4rem; }
.chart { display: block; width: 100%; max-width: 44rem; height: auto; margin-top: .5rem; }
.chart .web, .swatch .web { fill: var(--web); }
.chart .paper, .swatch .paper { stroke: var(--paper-line); stroke-width: 1; }
.hatch-ground { fill: var(--paper-ground); }
.hatch-line { fill: var(--paper-line); }
.grid { stroke: var(--line); stroke-width: 1; }
.axis { fill: var(--quiet); font-size: 18px; }
.periods tbody th { white-space: nowrap; }

.signatures { display: grid; gap: 1rem; }
.signatures p { border-top: 1px solid var(--ink); margin: 4.5rem 0 0; padding-top: .25rem; }

@media (min-width: 40rem) {
  h1 { font-size: 2.1rem; }
  .axis { font-size: 13px; }
  .mark { display: inline; }
  .bar-of-votes { width: 9rem; margin-left: auto; }
  .steps td:not(.number) .bar-of-votes, .losers .bar-of-votes { width: 100%; }
  dl { grid-template-columns: minmax(10rem, 18rem) 1fr; }
  dt { grid-column: 1; }
  dd { grid-column: 2; }
  .signatures, .beside { grid-template-columns: 1fr 1fr; }
  .beside dl { display: block; }
  .map-parts { display: grid; grid-template-columns: 3fr 2fr; gap: 1rem; }
  .map-names { max-height: 21rem; }
  .map-label { font-size: 13px; }
  th, td { padding-right: 1rem; }
}
@media (forced-colors: active) {
  .phase, .card, .alert, .note, .found { border-color: CanvasText; }
  .value, .chart .web { fill: Highlight; }
  .map-cluster { fill: Canvas; stroke: CanvasText; }
  .map-number, .map-label { fill: CanvasText; }
}
@media print {
  :root { --ground: #fff; --panel: #fff; --ink: #000; --quiet: #333; --line: #999; --accent: #000; --good: #000; --grave: #000; --grave-ground: #fff; --note-ground: #fff; --web: #000; --track: #ddd; }
  html { font-size: 10.5pt; }
  main, .bar { max-width: none; padding-inline: 0; }
  header.site nav, footer .links, .skip, .screen-only, .actions, form { display: none; }
  header.site, footer.site { border: 0; background: none; }
  a { color: inherit; text-decoration: none; }
  h2, h3, caption { break-after: avoid; }
  tr, dd, .card, .signatures, .certification { break-inside: avoid; }
  thead { display: table-header-group; }
  @page { margin: 2cm; }
}
`.trimStart();
