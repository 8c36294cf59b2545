// Styles every component shares: text, links, focus, icon buttons, form fields, notices. Colours are the editor's variables.
import { css } from 'lit'
import { iconStyles } from './icon.ts'

const text = css`
  *, *::before, *::after { box-sizing: border-box; }
  :host { display: block; color: var(--vscode-foreground); font-family: var(--vscode-font-family); font-size: var(--vscode-font-size, 13px); line-height: 1.45; }
  [hidden], :host([hidden]) { display: none !important; }
  h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
  ul, ol { list-style: none; }
  h1 { font-size: 1.25em; font-weight: 600; line-height: 1.3; }
  h2 { font-size: 1.08em; font-weight: 600; line-height: 1.35; }
  h3 { font-size: 1em; font-weight: 600; }
  a { color: var(--vscode-textLink-foreground); text-decoration: none; }
  a:hover { color: var(--vscode-textLink-activeForeground); text-decoration: underline; }
  p a { text-decoration: underline; }
  code, .code { font-family: var(--vscode-editor-font-family, monospace); font-size: 0.92em; overflow-wrap: anywhere; }
  code.chip { padding: 1px 4px; border-radius: 3px; color: var(--vscode-textPreformat-foreground); background: var(--vscode-textPreformat-background); }
  .quiet { color: var(--vscode-descriptionForeground); }
  .numbers { font-variant-numeric: tabular-nums; }
  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`

const controls = css`
  :focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 1px; }
  vscode-button:focus-visible { outline-offset: 2px; border-radius: 4px; }
  .icon-button { display: inline-flex; align-items: center; justify-content: center; gap: 4px; min-width: 24px; height: 24px; padding: 3px; border: 1px solid transparent; border-radius: 5px; color: inherit; background: transparent; font: inherit; cursor: pointer; }
  .icon-button.worded { padding-inline: 6px; }
  .icon-button:hover { background: var(--vscode-toolbar-hoverBackground); border-color: var(--vscode-contrastActiveBorder, transparent); }
  .icon-button[aria-pressed='true'] { background: var(--vscode-inputOption-activeBackground, var(--vscode-list-inactiveSelectionBackground)); border-color: var(--vscode-inputOption-activeBorder, var(--vscode-contrastBorder, transparent)); }
  .icon-button:disabled, .icon-button[aria-disabled='true'] { opacity: 0.5; cursor: default; background: none; }
  input.field, select.field { width: 100%; min-width: 0; height: 28px; padding: 3px 8px; border: 1px solid var(--vscode-settings-textInputBorder, var(--vscode-contrastBorder, var(--vscode-widget-border, #8888))); border-radius: 4px; color: var(--vscode-settings-textInputForeground, var(--vscode-input-foreground)); background: var(--vscode-settings-textInputBackground, var(--vscode-input-background)); font: inherit; }
  select.field { padding-inline: 5px; color: var(--vscode-settings-dropdownForeground); background: var(--vscode-settings-dropdownBackground); border-color: var(--vscode-settings-dropdownBorder, var(--vscode-contrastBorder, var(--vscode-widget-border, #8888))); }
  select.field option, select.field optgroup { color: var(--vscode-settings-dropdownForeground); background: var(--vscode-settings-dropdownBackground); }
  input.field::placeholder { color: var(--vscode-input-placeholderForeground); opacity: 1; }
  input.field:focus, select.field:focus { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; border-color: var(--vscode-focusBorder); }
  input.field[aria-invalid='true'], select.field[aria-invalid='true'] { border-color: var(--vscode-inputValidation-errorBorder); }
  .tag { display: inline-block; padding: 0 6px; border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, currentColor)); border-radius: 9px; font-size: 0.85em; line-height: 1.5; white-space: nowrap; }
  vscode-progress-ring { flex: none; width: 16px; height: 16px; }
  @media (prefers-reduced-motion: reduce) {
    vscode-progress-ring::part(indeterminate-indicator-1) { animation: none; }
    *, *::before, *::after { transition: none !important; animation: none !important; }
  }
`

const notices = css`
  .notice { display: flex; gap: 8px; align-items: flex-start; padding: 8px 10px; border: 1px solid var(--vscode-inputValidation-infoBorder); border-radius: 4px; background: var(--vscode-inputValidation-infoBackground); color: var(--vscode-inputValidation-infoForeground, var(--vscode-foreground)); overflow-wrap: anywhere; }
  .notice > .body { flex: 1; min-width: 0; }
  .notice > .icon { margin-top: 1px; }
  .notice .icon { color: inherit; }
  .notice.failed { border-color: var(--vscode-inputValidation-errorBorder); background: var(--vscode-inputValidation-errorBackground); color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground)); }
  .notice.warned { border-color: var(--vscode-inputValidation-warningBorder); background: var(--vscode-inputValidation-warningBackground); color: var(--vscode-inputValidation-warningForeground, var(--vscode-foreground)); }
  .notice .cause { font-weight: 600; }
  .notice .close { margin: -3px -4px -3px 0; }
`

export const sharedStyles = [text, controls, notices, iconStyles]
