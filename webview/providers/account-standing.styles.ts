// Styles of an account's quota windows and rests. Numbers have fixed widths, so that counting down moves nothing.
import { css } from 'lit'

export const standingStyles = css`
  ul { margin-top: 6px; }
  .rests { display: flex; flex-direction: column; gap: 2px; }
  .rest { display: flex; flex-wrap: wrap; gap: 0 8px; align-items: center; }
  .rest .what { display: flex; flex: 1 1 240px; gap: 6px; align-items: flex-start; min-width: 0; overflow-wrap: anywhere; }
  .rest .what > span { min-width: 0; }
  .rest .icon { margin-top: 1px; }
  .why { font-weight: 600; }
  .ask { margin-inline-start: auto; border-color: var(--vscode-contrastBorder, var(--vscode-widget-border, transparent)); }
  .quotas { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(380px, 100%), 1fr)); gap: 8px 28px; padding-bottom: 4px; }
  .quota { display: flex; flex-direction: column; gap: 3px; min-width: 0; }
  .line { display: flex; gap: 12px; align-items: baseline; justify-content: space-between; }
  .name { min-width: 0; overflow-wrap: anywhere; }
  .left { flex: none; max-width: 55%; text-align: end; }
  .left.out { font-weight: 600; }
  .facts { display: flex; flex-wrap: wrap; gap: 0 12px; justify-content: space-between; font-size: 0.92em; }
  .all { margin-inline-start: -4px; padding-inline: 3px 6px; }
  .all .icon { transition: transform 120ms; }
  .all[aria-expanded='true'] .icon { transform: rotate(90deg); }
  @media (max-width: 600px) { .ask { margin-inline-start: 16px; } }
`
