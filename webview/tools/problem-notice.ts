// What stands in a tool's way: the sentence, the file with line and column, and in the editor a button that opens it there.
import { html, nothing, type TemplateResult } from 'lit'
import type { ToolProblemView } from '../../src/admin/contract-tools.ts'
import { askEditor, isInEditor } from '../editor.ts'
import { icon } from '../icon.ts'
import { t } from '../l10n.ts'
import { sentenceText } from './tool-words.ts'

export function problemNotice({ says, path, line, column }: ToolProblemView): TemplateResult {
  const place = [path, line, column].filter((part) => part !== undefined).join(':')
  return html`<div class="notice failed" tabindex="-1">
    ${icon('error')}
    <div class="body">
      <p class="cause">${sentenceText(says)}</p>
      ${path === undefined ? nothing : html`<p><code>${place}</code></p>`}
      <p>${t('Nothing was changed.')}</p>
    </div>
    ${
      path !== undefined && isInEditor()
        ? html`<button type="button" class="icon-button worded close" @click=${() => askEditor({ editor: 'open', path, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) })}>${icon('edit')}${t('Open File')}</button>`
        : nothing
    }
  </div>`
}
