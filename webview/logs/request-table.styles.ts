// Styles of the log table. Columns give way in the order of their worth as the table gets narrower.
import { css } from 'lit'

export const tableStyles = css`
  .scroll { height: 100%; overflow: auto; container-type: inline-size; overflow-anchor: none; }
  table { width: 100%; border-collapse: separate; border-spacing: 0; table-layout: fixed; }
  th, td { height: 26px; padding: 0 8px; overflow: hidden; text-align: start; text-overflow: ellipsis; white-space: nowrap; }
  th:first-child, td:first-child { padding-inline-start: 16px; }
  th:last-child, td:last-child { padding-inline-end: 16px; }
  th { position: sticky; top: 0; z-index: 1; height: 28px; background: var(--vscode-editor-background); border-bottom: 1px solid var(--vscode-contrastBorder, var(--vscode-panel-border)); color: var(--vscode-descriptionForeground); font-weight: 600; }
  tbody tr:not(.padding) { cursor: pointer; }
  tbody tr:not(.padding):hover { background: var(--vscode-list-hoverBackground); outline: 1px dashed var(--vscode-contrastActiveBorder, transparent); outline-offset: -1px; }
  tbody tr.selected, tbody tr.selected:hover { background: var(--vscode-list-inactiveSelectionBackground); outline: 1px solid var(--vscode-contrastActiveBorder, transparent); outline-offset: -1px; }
  .padding td { padding: 0; }
  td a { color: inherit; }
  td a:hover { color: inherit; }
  tr:focus-within { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; }
  tbody tr.selected:focus-within { outline-color: var(--vscode-focusBorder); }
  td a:focus-visible { outline: none; text-decoration: underline; }
  .number { text-align: end; }
  .time { width: 138px; }
  .client { width: 12%; }
  .account { width: 13%; }
  .status { width: 168px; }
  .tokens { width: 104px; }
  .first { width: 90px; } .total { width: 76px; }
  .tries { width: 98px; }
  .outcome { display: inline-flex; gap: 5px; align-items: center; max-width: 100%; vertical-align: middle; }
  .words { overflow: hidden; text-overflow: ellipsis; }
  .arrow .icon { width: 14px; height: 14px; font-size: 14px; vertical-align: -2px; }
  @container (max-width: 1120px) { .client { display: none; } }
  @container (max-width: 960px) { .first { display: none; } .tries { display: none; } }
  @container (max-width: 860px) { .account { display: none; } }
  @container (max-width: 660px) { .tokens { display: none; } th:first-child, td:first-child { padding-inline-start: 12px; } }
  @container (max-width: 520px) { .day { display: none; } .total { display: none; } .words { display: none; } .status { width: 72px; } .time { width: 84px; } th, td { padding-inline: 6px; } }
`
