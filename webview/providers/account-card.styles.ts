// Styles of an account in the list.
import { css } from 'lit'

export const cardStyles = css`
  .card { display: flex; flex-direction: column; padding: 9px 14px 7px; border: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder)); border-color: var(--vscode-contrastBorder, var(--vscode-panel-border)); border-radius: 6px; background: var(--vscode-sideBar-background); }
  .head { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; }
  .title { display: flex; flex: 1 1 200px; flex-wrap: wrap; gap: 2px 8px; align-items: baseline; min-width: 0; overflow-wrap: anywhere; }
  .off h2 { color: var(--vscode-descriptionForeground); }
  .actions { display: flex; flex-wrap: wrap; gap: 2px; align-items: center; margin-inline-start: auto; }
  .actions vscode-checkbox { margin-inline-end: 6px; }
  .state { display: flex; gap: 6px; align-items: flex-start; overflow-wrap: anywhere; }
  .state .icon { margin-top: 1px; }
  .state > span { min-width: 0; }
  .word { font-weight: 600; }
  .state a { text-decoration: underline; }
  .meta { display: flex; flex-wrap: wrap; gap: 2px 16px; align-items: center; }
  .meta > span { min-width: 0; overflow-wrap: anywhere; }
  .meta > .tag { white-space: normal; }
  .fold { margin-inline: -4px; padding-inline: 3px 6px; }
  .fold .icon { transition: transform 120ms; }
  .fold[aria-expanded='true'] .icon { transform: rotate(90deg); }
  .results { display: flex; flex-direction: column; gap: 6px; }
  .results > .notice, .confirm { margin: 6px 0 4px; }
  .progress { display: flex; gap: 8px; align-items: center; padding: 4px 0; }
  .buttons { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
  #models { padding: 4px 0 6px; }
  @media (max-width: 600px) { .card { padding-inline: 10px; } .actions { margin-inline-start: 0; } }
`
