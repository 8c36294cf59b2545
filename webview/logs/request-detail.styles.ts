// Styles of the detail of a request.
import { css } from 'lit'

export const detailStyles = css`
  :host > section, section { display: flex; flex-direction: column; }
  :host > section { gap: 14px; padding: 8px 16px 20px; }
  section section { gap: 6px; }
  .head { display: flex; gap: 6px; align-items: center; min-height: 28px; }
  .head .actions { display: flex; flex-wrap: wrap; gap: 2px; margin-inline-start: auto; }
  .head a { color: inherit; }
  h2:focus { outline: none; }
  h3 { padding-bottom: 3px; border-bottom: 1px solid var(--vscode-contrastBorder, var(--vscode-panel-border)); }
  .outcome { display: flex; gap: 6px; align-items: flex-start; overflow-wrap: anywhere; }
  .outcome > .icon { margin-top: 1px; }
  .outcome p { min-width: 0; }
  .outcome p .icon { vertical-align: -3px; }
  .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(220px, 100%), 1fr)); gap: 2px 20px; }
  .facts div { display: grid; grid-template-columns: minmax(96px, 40%) minmax(0, 1fr); gap: 8px; padding: 1px 0; }
  dt { color: var(--vscode-descriptionForeground); }
  dd { overflow-wrap: anywhere; }
  .titled { display: flex; gap: 8px; align-items: end; justify-content: space-between; border-bottom: 1px solid var(--vscode-contrastBorder, var(--vscode-panel-border)); }
  .titled h3 { border: 0; }
  .story { overflow-wrap: anywhere; }
  .lines { display: flex; flex-direction: column; gap: 3px; }
  .lines li { position: relative; padding-inline-start: 14px; overflow-wrap: anywhere; }
  .lines li::before { content: '·'; position: absolute; inset-inline-start: 4px; }
  .warnings { display: flex; flex-direction: column; gap: 4px; }
  .warnings li { display: flex; gap: 6px; overflow-wrap: anywhere; }
  .warnings span { min-width: 0; }
  .back { display: none; }
  :host([narrow]) .back { display: inline-flex; }
  :host([narrow]) .closer { display: none; }
`
