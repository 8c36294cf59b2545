// Styles of forms: rows of label, control and note; problems; buttons.
import { css } from 'lit'

export const formStyles = css`
  form { display: flex; flex-direction: column; gap: 12px; max-width: 720px; padding: 14px 16px 16px; border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, var(--vscode-panel-border))); border-radius: 6px; background: var(--vscode-sideBar-background); }
  .row { display: flex; flex-direction: column; gap: 3px; min-width: 0; }
  label, legend { padding: 0; font-weight: 600; }
  .note { color: var(--vscode-descriptionForeground); font-size: 0.92em; }
  .note:empty { display: none; }
  .problem { display: flex; gap: 4px; align-items: flex-start; margin-bottom: 1px; color: var(--vscode-foreground); font-weight: 600; }
  .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(220px, 100%), 1fr)); gap: 12px 16px; }
  .with-button { position: relative; }
  .with-button .field { padding-inline-end: 32px; }
  .with-button .icon-button { position: absolute; inset-inline-end: 2px; top: 2px; }
  fieldset { display: flex; flex-direction: column; gap: 6px; min-width: 0; margin: 0; padding: 0; border: 0; }
  fieldset > div > .icon-button { margin-inline-start: -6px; }
  .header-row { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) auto; gap: 6px; align-items: center; }
  details { border-radius: 4px; }
  summary { width: fit-content; padding: 2px 4px; margin-inline-start: -4px; cursor: pointer; border-radius: 3px; }
  .more { display: flex; flex-direction: column; gap: 12px; padding: 10px 0 2px; }
  .buttons { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding-top: 2px; }
`
