// Styles of a group of the Routing page.
import { css } from 'lit'

export const groupStyles = css`
  details { border: 1px solid var(--vscode-contrastBorder, var(--vscode-panel-border)); border-radius: 6px; background: var(--vscode-sideBar-background); }
  summary { display: flex; flex-wrap: wrap; gap: 2px 8px; align-items: center; width: auto; margin: 0; padding: 8px 12px; border-radius: 6px; list-style: none; cursor: pointer; }
  summary::-webkit-details-marker { display: none; }
  summary:hover { background: var(--vscode-list-hoverBackground); }
  summary .icon { transition: transform 120ms; }
  details[open] > summary > .icon { transform: rotate(90deg); }
  summary .sum { margin-inline-start: auto; text-align: end; overflow-wrap: anywhere; }
  form { max-width: none; padding: 4px 14px 14px 36px; border: 0; background: none; gap: 14px; }
  label { font-weight: 600; }
  .unit { font-weight: normal; color: var(--vscode-descriptionForeground); }
  .pair { grid-template-columns: repeat(auto-fill, minmax(min(250px, 100%), 1fr)); align-items: start; }
  fieldset { gap: 8px; }
  legend { padding-bottom: 6px; }
  fieldset > div > .icon-button { margin-inline-start: -6px; }
  .entry { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 6px 8px; align-items: start; padding: 8px 6px 10px 10px; border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border))); border-radius: 4px; }
  .entry > .problem { grid-column: 1 / -1; }
  .cells { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(200px, 100%), 1fr)); gap: 8px 12px; align-items: start; min-width: 0; }
  .cells.few { grid-template-columns: repeat(auto-fill, minmax(min(280px, 100%), 1fr)); }
  .cells > .wide { grid-column: 1 / -1; }
  .spending { display: flex; flex-direction: column; gap: 3px; margin-bottom: 2px; }
  .spending .line { display: flex; flex-wrap: wrap; gap: 0 12px; justify-content: space-between; }
  .spending .level { display: inline-flex; gap: 5px; align-items: flex-start; }
  .switch { gap: 1px; }
  .switch .note { padding-inline-start: 38px; }
  textarea.field { width: 100%; min-height: 64px; padding: 5px 8px; border: 1px solid var(--vscode-settings-textInputBorder, var(--vscode-contrastBorder, var(--vscode-widget-border, #8888))); border-radius: 4px; color: var(--vscode-settings-textInputForeground, var(--vscode-input-foreground)); background: var(--vscode-settings-textInputBackground, var(--vscode-input-background)); font: inherit; resize: vertical; }
  textarea.field:focus { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; border-color: var(--vscode-focusBorder); }
  textarea.field[aria-invalid='true'] { border-color: var(--vscode-inputValidation-errorBorder); }
  .saved { display: inline-flex; gap: 4px; align-items: center; }
  .reset { margin-inline-start: auto; }
  @media (max-width: 600px) {
    form { padding-inline: 12px; }
    summary .sum { margin-inline-start: 24px; flex-basis: 100%; text-align: start; }
    .switch .note { padding-inline-start: 0; }
    .reset { margin-inline-start: 0; }
  }
`
