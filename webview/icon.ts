// Codicons as classes, so that a table of hundreds of them costs no element with a shadow root each. Icons are decoration:
// hidden from screen readers, always beside a text.
import { css, html, type TemplateResult } from 'lit'

export type IconName =
  | 'add'
  | 'arrow-down'
  | 'arrow-left'
  | 'arrow-right'
  | 'arrow-up'
  | 'beaker'
  | 'check'
  | 'chevron-right'
  | 'circle-slash'
  | 'clear-all'
  | 'close'
  | 'compass'
  | 'copy'
  | 'debug-disconnect'
  | 'debug-pause'
  | 'debug-step-over'
  | 'discard'
  | 'edit'
  | 'error'
  | 'eye'
  | 'eye-closed'
  | 'gripper'
  | 'history'
  | 'info'
  | 'json'
  | 'key'
  | 'layers'
  | 'lightbulb'
  | 'link-external'
  | 'pass-filled'
  | 'play'
  | 'plug'
  | 'pulse'
  | 'refresh'
  | 'search'
  | 'sign-out'
  | 'trash'
  | 'warning'
  | 'watch'

export type IconColor = 'good' | 'bad' | 'waiting' | 'quiet' | 'after' | 'plain'

export function icon(name: IconName, color: IconColor = 'plain'): TemplateResult {
  return html`<span class="icon icon-${name} ${color}" aria-hidden="true"></span>`
}

/** For every component that shows icons. The font is loaded by the page (codicon.css). */
export const iconStyles = css`
  .icon {
    display: inline-block;
    flex: none;
    width: 16px;
    height: 16px;
    font: normal 16px / 1 codicon;
    text-align: center;
    -webkit-font-smoothing: antialiased;
    user-select: none;
  }
  .icon.good { color: var(--vscode-charts-green, #89d185); }
  .icon.bad { color: var(--vscode-charts-red, #f14c4c); }
  .icon.waiting { color: var(--vscode-charts-yellow, #cca700); }
  .icon.quiet { color: var(--vscode-descriptionForeground, currentColor); }
  .icon.after { width: 12px; height: 12px; font-size: 12px; margin-inline-start: 4px; vertical-align: -1px; }
  .icon-add::before { content: '\\ea60'; }
  .icon-arrow-down::before { content: '\\ea9a'; }
  .icon-arrow-left::before { content: '\\ea9b'; }
  .icon-arrow-right::before { content: '\\ea9c'; }
  .icon-arrow-up::before { content: '\\eaa1'; }
  .icon-beaker::before { content: '\\ea79'; }
  .icon-check::before { content: '\\eab2'; }
  .icon-chevron-right::before { content: '\\eab6'; }
  .icon-circle-slash::before { content: '\\eabd'; }
  .icon-clear-all::before { content: '\\eabf'; }
  .icon-close::before { content: '\\ea76'; }
  .icon-compass::before { content: '\\ebd5'; }
  .icon-copy::before { content: '\\ebcc'; }
  .icon-debug-disconnect::before { content: '\\ead0'; }
  .icon-debug-pause::before { content: '\\ead1'; }
  .icon-debug-step-over::before { content: '\\ead6'; }
  .icon-discard::before { content: '\\eae2'; }
  .icon-edit::before { content: '\\ea73'; }
  .icon-error::before { content: '\\ea87'; }
  .icon-eye-closed::before { content: '\\eae7'; }
  .icon-eye::before { content: '\\ea70'; }
  .icon-gripper::before { content: '\\eb04'; }
  .icon-history::before { content: '\\ea82'; }
  .icon-info::before { content: '\\ea74'; }
  .icon-json::before { content: '\\eb0f'; }
  .icon-key::before { content: '\\eb11'; }
  .icon-layers::before { content: '\\ebd2'; }
  .icon-lightbulb::before { content: '\\ea61'; }
  .icon-link-external::before { content: '\\eb14'; }
  .icon-pass-filled::before { content: '\\ebb3'; }
  .icon-play::before { content: '\\eb2c'; }
  .icon-plug::before { content: '\\eb2d'; }
  .icon-pulse::before { content: '\\eb31'; }
  .icon-refresh::before { content: '\\eb37'; }
  .icon-search::before { content: '\\ea6d'; }
  .icon-sign-out::before { content: '\\ea6e'; }
  .icon-trash::before { content: '\\ea81'; }
  .icon-warning::before { content: '\\ea6c'; }
  .icon-watch::before { content: '\\eb7c'; }
  .icon-arrow-left:dir(rtl),
  .icon-arrow-right:dir(rtl),
  .icon-chevron-right:dir(rtl) { transform: scaleX(-1); }
`
