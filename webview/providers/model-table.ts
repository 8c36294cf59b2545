// The models of one account, in the order given, with a filter when there are many.
import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { ModelView } from '../../src/admin/contract.ts'
import { formatCompact, formatNumber } from '../format.ts'
import { t } from '../l10n.ts'
import { sharedStyles } from '../styles.ts'

const manyModels = 12

@customElement('omni-model-table')
export class ModelTable extends LitElement {
  @property({ attribute: false }) models: readonly ModelView[] = []
  @property() name = ''
  @state() private filter = ''

  protected override render(): TemplateResult {
    if (this.models.length === 0) {
      return html`<p class="quiet empty">${t('No models are known yet. Refresh the list once the account is ready.')}</p>`
    }
    const wanted = this.filter.trim().toLowerCase()
    const shown = this.models.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(wanted))
    return html`
      ${
        this.models.length > manyModels
          ? html`<div class="tools">
            <input class="field" type="search" aria-label=${t('Filter models of {0}', this.name)} placeholder=${t('Filter models')} @input=${this.changeFilter} />
            <span class="quiet numbers">${t('{0} of {1}', formatNumber(shown.length), formatNumber(this.models.length))}</span>
          </div>`
          : nothing
      }
      <div class="scroll" role="region" tabindex="0" aria-label=${t('Models of {0}', this.name)}>
        <table>
          <thead>
            <tr>
              <th scope="col">${t('Model')}</th>
              <th scope="col" class="number">${t('Context')}</th>
              <th scope="col" class="number wide">${t('Max output')}</th>
              <th scope="col" class="wide">${t('Can')}</th>
            </tr>
          </thead>
          <tbody>${shown.map((model) => this.row(model))}</tbody>
        </table>
      </div>
    `
  }

  private row(model: ModelView): TemplateResult {
    return html`<tr>
      <td><code>${model.id}</code>${model.name && !model.id.endsWith(model.name) ? html`<span class="quiet name">${model.name}</span>` : nothing}</td>
      <td class="number numbers" title=${formatNumber(model.contextWindow)}>${formatCompact(model.contextWindow)}</td>
      <td class="number numbers wide" title=${formatNumber(model.maxOutput)}>${formatCompact(model.maxOutput)}</td>
      <td class="wide">${abilities(model).join(', ')}</td>
    </tr>`
  }

  private changeFilter(event: Event): void {
    this.filter = (event.target as HTMLInputElement).value
  }

  static override styles = [
    ...sharedStyles,
    css`
      .tools { display: flex; gap: 10px; align-items: center; margin-bottom: 6px; }
      .tools .field { max-width: 260px; }
      .scroll { max-height: 300px; overflow: auto; border: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder)); border-radius: 4px; background: var(--vscode-editor-background); }
      table { width: 100%; border-collapse: collapse; }
      th { position: sticky; top: 0; padding: 3px 10px; background: var(--vscode-editor-background); color: var(--vscode-descriptionForeground); font-weight: 600; text-align: start; white-space: nowrap; }
      td { padding: 3px 10px; border-top: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder)); vertical-align: baseline; overflow-wrap: anywhere; }
      .number { text-align: end; white-space: nowrap; }
      .name { margin-inline-start: 8px; }
      .empty { padding: 4px 0; }
      @media (max-width: 600px) { .wide { display: none; } td, th { padding-inline: 8px; } }
    `,
  ]
}

function abilities(model: ModelView): string[] {
  return [model.tools ? t('tools') : '', model.vision ? t('images') : '', model.reasoning ? t('reasoning') : ''].filter(
    Boolean,
  )
}
