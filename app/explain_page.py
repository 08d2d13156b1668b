"""The page of an explanation: its style and its template. No script, nothing that is loaded."""

from __future__ import annotations

from pipeline.marks import Sort

_STYLE = """
:root { color-scheme: light dark; --page: #fbfaf7; --ink: #1d1f22; --soft: #5c6168; --line: #dcd9d0;
  --card: #ffffff; --for: #1a7f4b; --against: #b3372f; --people: #ffe08a; --custody: #cfe1ff;
  --drug: #f6cfee; --weight: #f9e3f5; --term: #dfe4ff; --share: #d3f1f2; --place: #d6efcf; --date: #e4eef2;
  --other: #fbd9d3; --trap: #fbe6d3; --attribute: #f4efd6; }
@media (prefers-color-scheme: dark) { :root { --page: #16181b; --ink: #e9e7e2; --soft: #a2a6ac;
  --line: #34383d; --card: #1f2226; --for: #63c690; --against: #f08b82; --people: #6a5200; --custody: #1f4479;
  --drug: #6d2a60; --weight: #4e2747; --term: #35407e; --share: #14565a; --place: #2a5a20; --date: #2c434c;
  --other: #74302a; --trap: #6b4420; --attribute: #4a4424; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 56rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.45rem; line-height: 1.25; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; padding-bottom: .25rem;
  border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0 0 .2rem; }
p { margin: .5rem 0; }
.soft, small { color: var(--soft); }
.verdict { font-weight: 600; border-left: .3rem solid var(--against); padding: .2rem 0 .2rem .8rem; }
.verdict.yes { border-color: var(--for); }
.text { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .4rem 1rem; }
.text p { overflow-wrap: anywhere; }
.text p.title { font-weight: 700; }
sup.n { color: var(--soft); font-size: .65em; font-weight: 400; margin-right: .2em; }
mark { color: inherit; border-radius: .2em; padding: 0 .15em; }
mark small { font-size: .68em; color: inherit; opacity: .75; margin-left: .25em; white-space: nowrap; }
.evidence { text-decoration: underline; text-decoration-color: var(--for); text-decoration-thickness: 2px;
  text-underline-offset: .25em; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem; padding: 0; list-style: none; font-size: .85rem; }
.bars { list-style: none; padding: 0; margin: 0; }
.bars li { display: grid; grid-template-columns: 3.2rem 6rem 1fr; gap: .6rem; align-items: baseline;
  padding: .12rem 0; }
.bars .w { text-align: right; font-variant-numeric: tabular-nums; }
.bar { height: .6rem; border-radius: .3rem; background: var(--for); display: inline-block; min-width: 2px; }
.bar.no { background: var(--against); }
.record { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem;
  margin: .8rem 0; }
blockquote { margin: .4rem 0; padding-left: .8rem; border-left: .2rem solid var(--line); font-style: italic; }
.field { border-top: 1px solid var(--line); padding: .45rem 0; }
.field > summary, .field > .head { display: grid; grid-template-columns: 8.5rem 1fr; gap: .6rem; }
.field > summary { cursor: pointer; }
.field > summary::-webkit-details-marker { display: none; }
.field > summary { list-style: none; }
.field > summary .name::before { content: "▸ "; }
.field[open] > summary .name::before { content: "▾ "; }
.field > .head .name::before { content: "▸ "; visibility: hidden; }
.field .name { color: var(--soft); white-space: nowrap; }
.field .value { font-weight: 600; overflow-wrap: anywhere; }
.field .value small { font-weight: 400; }
.options { list-style: none; margin: .3rem 0 0; padding: 0; font-size: .9rem; }
.options li { display: grid; grid-template-columns: 3rem 1fr; gap: .5rem; padding: .15rem 0; }
.options .share { text-align: right; color: var(--soft); font-variant-numeric: tabular-nums; }
.options li.taken b { color: var(--for); }
@media (max-width: 36rem) {
  body { font-size: 15px; }
  .bars li { grid-template-columns: 2.8rem 3rem 1fr; gap: .4rem; }
  .field > summary, .field > .head { grid-template-columns: 7.5rem 1fr; gap: .4rem; }
}
@media print { .field:not([open]) .options { display: block; } }
"""

CSS = _STYLE + "".join(
    f"mark.{sort.name.lower()} {{ background: var(--{sort.name.lower()}); }}\n" for sort in Sort
)

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Why: {{ title }}</title>
<style>{{ css|safe }}</style>
</head>
<body><main>
<h1>{{ title }}</h1>
<p class="soft">{{ meta }}{% if link %} · <a href="{{ link }}" rel="noreferrer">{{ link }}</a>{% endif %}</p>
<p class="verdict{{ ' yes' if it.relevant }}">{{ verdict }}</p>

<h2>The text as it is seen</h2>
<ul class="legend">
{%- for sort in legend %}<li><mark class="{{ sort.name.lower() }}">{{ words[sort] }}</mark></li>{% endfor %}
<li><span class="evidence">the sentence of a record</span></li></ul>
<div class="text">
{%- for sentences in text %}
<p{{ ' class=title' if loop.first and it.article.title }}>
{%- for s in sentences %}<span id="s{{ s.number }}"{% if s.records %} class="evidence"{% endif %}>
{#- #}<sup class="n">{{ s.number }}</sup>
{%- for piece in s.pieces -%}
{%- if piece.mark %}<mark class="{{ piece.mark.sort.name.lower() }}" title="{{ words[piece.mark.sort] }}">
{#- #}{{ piece.text }}{% if piece.mark.note %}<small>{{ piece.mark.note }}</small>{% endif %}</mark>
{%- else %}{{ piece.text }}{% endif -%}
{%- endfor %}</span>
{%- for number in s.records %} <a href="#r{{ number }}">→ record {{ number }}</a>{% endfor %} {% endfor %}</p>
{%- endfor %}
</div>

<h2>What spoke for and against the verdict</h2>
<p class="soft">Each line is a fact of the text with the weight that was learned for it (log-odds: 0.7
doubles the odds, −0.7 halves them). “They” are the people of the nationality that is most surely held.
Every article starts at {{ '%+.2f' % it.start }}.</p>
<ul class="bars">
{%- for reason in reasons %}
<li><span class="w">{{ '%+.2f' % reason.weight }}</span>
<span><span class="bar{{ ' no' if reason.weight < 0 }}"
 style="width: {{ '%.0f' % (100 * reason.weight|abs / most) }}%"></span></span>
<span>{{ reason.says }}</span></li>
{%- endfor %}
</ul>
{% if it.nations %}<p class="soft">How surely each nationality is held for drugs abroad:
{% for code, chance in it.nations[:8] -%}
{{ code }} {{ '%.2f' % chance }}{{ ', ' if not loop.last }}{% endfor %}.</p>{% endif %}

<h2>{{ 'Records' if it.relevant else 'Records that would have been made' }}</h2>
{% if not it.records %}<p>None: no phrase names people who may be held abroad.</p>{% endif %}
{%- for why in it.records %}
<section class="record" id="r{{ loop.index }}">
<h3>{{ loop.index }}. {{ held(why.record) }}</h3>
<p>{{ facts(why.record) }}</p>
<blockquote>{{ why.record.evidence.text }}</blockquote>
<p class="soft">Made of
{% for phrase in why.phrases %}“{{ phrase }}”{{ ', ' if not loop.last }}{% endfor %}.</p>
{%- for field in why.fields %}
{%- if field.options %}
<details class="field"><summary><span class="name">{{ field.name }}</span>
<span class="value">{{ field.value }}
{%- set chosen = field.options|selectattr('chosen')|map(attribute='signals')|select|first|default([]) %}
 <small class="soft">{{ field.why or (chosen[0].says if chosen) }}</small></span></summary>
<ul class="options">
{%- for option in field.options if option.chosen or option.share >= least %}
<li{{ ' class=taken' if option.chosen }}><span class="share">{{ '%.0f' % (100 * option.share) }} %</span>
<span><b>{{ option.value }}</b>{% if option.signals %}: {% for each in option.signals %}{{ each.says }}
<small>({{ '%+.1f' % each.weight }})</small>{{ '; ' if not loop.last }}{% endfor %}{% endif %}</span></li>
{%- endfor %}
</ul></details>
{%- else %}
<div class="field"><div class="head"><span class="name">{{ field.name }}</span>
<span class="value">{{ field.value }} <small class="soft">{{ field.why }}</small></span></div></div>
{%- endif %}
{%- endfor %}
</section>
{%- endfor %}
</main></body></html>
"""
