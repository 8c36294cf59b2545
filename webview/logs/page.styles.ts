// Styles of the Logs page.
import { css } from 'lit'

export const pageStyles = css`
  .page { display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr); height: 100%; min-height: inherit; }
  .list { display: flex; flex-direction: column; min-width: 0; min-height: 0; }
  .toolbar { display: flex; flex: none; flex-wrap: wrap; gap: 6px 12px; align-items: center; padding: 8px 16px; }
  .search { position: relative; flex: 0 1 300px; min-width: min(180px, 100%); }
  .search .icon { position: absolute; inset-inline-start: 7px; top: 6px; pointer-events: none; }
  .search .field { padding-inline-start: 28px; }
  .choice { display: flex; gap: 2px; }
  .choice .icon-button { padding-inline: 8px; }
  .right { display: flex; gap: 2px; align-items: center; margin-inline-start: auto; }
  omni-request-table { flex: 1 1 0; min-height: 180px; border-top: 1px solid var(--vscode-contrastBorder, var(--vscode-panel-border)); }
  .footer { display: flex; flex: none; gap: 8px; align-items: center; justify-content: space-between; min-height: 30px; padding: 2px 16px; border-top: 1px solid var(--vscode-contrastBorder, var(--vscode-panel-border)); }
  .inset { flex: none; padding: 0 16px 8px; }
  .buttons { display: flex; gap: 8px; margin-top: 8px; }
  .nothing { display: flex; flex: 1; flex-direction: column; gap: 8px; align-items: center; padding: 56px 16px; text-align: center; border-top: 1px solid var(--vscode-contrastBorder, var(--vscode-panel-border)); }
  .nothing p { max-width: 56ch; }
  .nothing > .icon { width: 40px; height: 40px; font-size: 40px; }
  @media (min-width: 1000px) {
    .split { grid-template-columns: minmax(0, 1fr) minmax(400px, 40%); }
    omni-request-detail { border-inline-start: 1px solid var(--vscode-contrastBorder, var(--vscode-panel-border)); }
  }
  @media (max-width: 600px) { .toolbar, .footer { padding-inline: 12px; } .inset { padding-inline: 12px; } .search { flex: 1 1 100%; } }
`
