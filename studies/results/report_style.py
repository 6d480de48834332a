"""How the HTML report looks: on a light or a dark screen, and on A4 paper."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark;
  --ink: #1b2730; --soft: #5a6873; --line: #d6dde2; --paper: #ffffff; --desk: #eef1f3;
  --shade: #f4f6f8; --accent: #0b5a6b; --warn: #8a5200; --warn-paper: #fff5dc;
  --good: #1f6a41; --good-paper: #eaf6ee; --bad: #a3261b; }
@media (prefers-color-scheme: dark) { :root {
  --ink: #e6ebee; --soft: #9fadb8; --line: #36424b; --paper: #182026; --desk: #0f1418;
  --shade: #202a31; --accent: #6cc4d6; --warn: #ffce73; --warn-paper: #33290f;
  --good: #86d6a4; --good-paper: #12291b; --bad: #ff9c90; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--desk); color: var(--ink); font: 15px/1.5 system-ui,
  "Segoe UI", "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
main { max-width: 900px; margin: 24px auto; padding: 36px 44px 24px; background: var(--paper);
  border-radius: 10px; box-shadow: 0 1px 3px rgb(0 0 0 / 18%); overflow-wrap: anywhere; }
header { border-bottom: 3px solid var(--accent); padding-bottom: 10px; }
h1 { margin: 0; font-size: 1.8em; line-height: 1.25; letter-spacing: -.01em; }
h2 { margin: 30px 0 10px; font-size: 1.13em; color: var(--accent); }
h3 { margin: 0; font-size: 1.2em; }
p { margin: 6px 0; }
dl { margin: 0; }
dt { color: var(--soft); font-size: .83em; }
dd { margin: 0; }
.patient { display: grid; grid-template-columns: repeat(auto-fill, minmax(180px, 1fr));
  gap: 10px 20px; margin: 16px 0; }
.patient dd { font-weight: 600; word-break: keep-all; }
.status, .alert { margin: 14px 0; padding: 9px 14px; border: 1px solid currentColor;
  border-left-width: 6px; border-radius: 5px; font-weight: 650; }
.unsigned, .alert { color: var(--warn); background: var(--warn-paper); }
.signed { color: var(--good); background: var(--good-paper); }
.impressions { display: grid; grid-template-columns: 1fr 1fr; gap: 14px; }
.impressions > div { padding: 12px 16px; background: var(--shade); border-radius: 6px; }
.impressions .label, .moment, figcaption, .doubt { color: var(--soft); font-size: .83em; }
.category { font-size: 1.13em; font-weight: 650; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 500; color: var(--soft); font-size: .83em; }
th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: baseline; }
.facts th[scope=row] { font-size: .9em; width: 36%; }
.software th[scope=row] { width: 18%; }
.facts tr:last-child > * { border-bottom: 0; }
td.doubt, th.doubt { text-align: right; padding-right: 0; white-space: nowrap; }
.finding { margin: 18px 0; padding-top: 14px; border-top: 1px solid var(--line); }
.finding > .beside { display: grid; grid-template-columns: 1fr 1fr; gap: 24px; }
.finding figure { margin: 0; }
.finding img { display: block; width: 100%; height: auto; border-radius: 4px; }
figcaption { margin-top: 6px; }
.top { display: flex; justify-content: space-between; align-items: baseline; gap: 10px; }
.pill { padding: 1px 11px; border: 1.5px solid var(--ink); border-radius: 20px;
  font-size: .87em; font-weight: 600; white-space: nowrap; }
.pill.uncertain { border-style: dashed; }
.pill.high { background: var(--ink); color: var(--paper); }
.chance { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline;
  margin: 8px 0 2px; font-size: .9em; column-gap: 12px; }
.chance b { font-size: 1.13em; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 10px; }
.zone { fill: var(--soft); }
.reach { stroke: var(--ink); stroke-width: 2.5; }
.value { fill: var(--accent); stroke: var(--paper); stroke-width: 1.5; }
.decision { margin-top: 10px; padding: 8px 14px; background: var(--shade); border-radius: 6px;
  white-space: pre-line; }
.overruled { border-left: 5px solid var(--bad); }
.severity { white-space: nowrap; font-weight: 600; font-size: .83em; }
.fault { color: var(--bad); }
.text { white-space: pre-line; }
footer { margin-top: 34px; padding-top: 10px; border-top: 1px solid var(--line);
  color: var(--soft); font-size: .87em; }
@media (max-width: 640px) { main { margin: 0; padding: 20px 16px; border-radius: 0; }
  .finding > .beside, .impressions { grid-template-columns: 1fr; } }
@media print { :root { color-scheme: light;
  --ink: #1b2730; --soft: #5a6873; --line: #d6dde2; --paper: #ffffff; --desk: #ffffff;
  --shade: #f4f6f8; --accent: #0b5a6b; --warn: #8a5200; --warn-paper: #fff5dc;
  --good: #1f6a41; --good-paper: #eaf6ee; --bad: #a3261b; }
  body { font-size: 12px; } main { max-width: none; margin: 0; padding: 0; box-shadow: none; }
  h2 { margin: 14px 0 4px; } th, td { padding: 2.5px 10px 2.5px 0; }
  .finding { margin: 8px 0; padding-top: 8px; } .status, .alert { padding: 5px 12px; }
  .patient { gap: 4px 16px; margin: 10px 0; grid-template-columns: repeat(4, 1fr); }
  h2, .top { break-after: avoid; }
  .finding > .beside, .impressions, tr, .status, .software { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } footer { display: none; } }
"""
PAPER = """
@page {{ size: A4; margin: 16mm 15mm 20mm;
  @top-left {{ content: "{running}"; font: 9px sans-serif; color: #5a6873; }}
  @bottom-left {{ content: "{left}"; font: 9px sans-serif; color: #5a6873; }}
  @bottom-right {{ content: "{page}"; font: 9px sans-serif; color: #5a6873; }} }}
@page :first {{ @top-left {{ content: none; }} }}
"""
"""`running`, `left` and `page` are CSS strings without their quotes."""
