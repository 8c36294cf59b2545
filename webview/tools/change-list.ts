// What a preview would change, file by file and key by key, before anything is written. The gateway leaves secrets out of it.
import { css, html, nothing, type TemplateResult } from 'lit'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { effectWords, type FileChange } from './tool-words.ts'

export function changeList(files: readonly FileChange[]): TemplateResult {
  return html`<ul class="files">${files.map(fileItem)}</ul>`
}

function fileItem(file: FileChange): TemplateResult {
  const { path, keys, text, replaced, left } = file
  const whole = t('the whole file')
  const named = (names: readonly string[]) => names.map((name) => name || whole).join(', ')
  return html`<li class="file">
    <p class="path"><code>${path}</code> <span class="tag">${effectWords(file)}</span></p>
    ${replaced.length > 0 ? remark(t('Replaces what you have now: {0}', named(replaced))) : nothing}
    ${left.length > 0 ? remark(t('Changed by someone else and left as it is: {0}', named(left))) : nothing}
    ${
      keys.length > 0
        ? html`<dl>${keys.map(
            ({ path: keyPath, before, after }) => html`<div class="change">
              <dt><code>${keyPath.join('.').replace(/\.\[\]$/, '[]')}</code></dt>
              ${before === undefined ? nothing : value('before', t('Before'), before)}
              ${after === undefined ? nothing : value('after', t('Afterwards'), after)}
            </div>`,
          )}</dl>`
        : nothing
    }
    ${text === undefined ? nothing : html`<pre class="after" tabindex="0" role="region" aria-label=${path}>${text}</pre>`}
  </li>`
}

function remark(text: string): TemplateResult {
  return html`<p class="remark">${icon('warning', 'waiting')}<span>${text}</span></p>`
}

function value(kind: 'before' | 'after', label: string, text: string): TemplateResult {
  const isLong = text.includes('\n')
  const sign = kind === 'before' ? '−' : '+'
  return html`<dd class=${kind}>
    <span class="sign" aria-hidden="true">${sign}</span><span class="unseen">${label}</span>
    ${isLong ? html`<pre tabindex="0" role="region" aria-label=${label}>${text}</pre>` : html`<code>${text}</code>`}
  </dd>`
}

export const changeListStyles = css`
  .files { display: flex; flex-direction: column; gap: 10px; }
  .file { display: flex; flex-direction: column; gap: 4px; min-width: 0; }
  .path { display: flex; flex-wrap: wrap; gap: 2px 8px; align-items: baseline; }
  .remark { display: flex; gap: 6px; align-items: flex-start; overflow-wrap: anywhere; }
  .remark .icon { margin-top: 1px; }
  dl { display: flex; flex-direction: column; gap: 4px; }
  .change { padding: 4px 8px; border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, var(--vscode-panel-border))); border-radius: 4px; background: var(--vscode-editor-background); }
  dd { display: flex; gap: 6px; align-items: baseline; min-width: 0; }
  dd > code { overflow-wrap: anywhere; }
  .sign { flex: none; font-family: var(--vscode-editor-font-family, monospace); }
  pre { flex: 1; min-width: 0; max-height: 220px; margin: 0; padding: 4px 6px; overflow: auto; border-radius: 4px; font-family: var(--vscode-editor-font-family, monospace); font-size: 0.92em; background: var(--vscode-editor-background); }
  pre:focus-visible { outline: 1px solid var(--vscode-focusBorder); }
`
