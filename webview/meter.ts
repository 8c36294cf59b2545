// A slim bar that shows a share. Drawn as SVG, since the page's policy refuses style attributes. Beside it the same stands in words.
import { css, html, type TemplateResult } from 'lit'

export interface Meter {
  readonly name: string
  /** From 0 to 1; absent when unknown. */
  readonly share: number | undefined
  /** What it shows, in words. */
  readonly text: string
  readonly tone: 'plain' | 'low' | 'out'
}

export function meter({ name, share, text, tone }: Meter): TemplateResult {
  // A meter has to have a value; the words beside say that there is none.
  if (share === undefined) return html`<div class="meter unknown" aria-hidden="true"></div>`
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10
  return html`<div
    class="meter ${tone}"
    role="meter"
    aria-label=${name}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${percent}
    aria-valuetext=${text}
  ><svg width="100%" height="100%" aria-hidden="true"><rect width="${percent}%" height="100%" /></svg></div>`
}

// The ground is mixed of the text's colour: in themes of high contrast all borders have the colour of the bar.
export const meterStyles = css`
  .meter { height: 6px; border: 1px solid var(--vscode-contrastBorder, transparent); border-radius: 3px; background: color-mix(in srgb, currentColor 18%, transparent); background-clip: padding-box; overflow: hidden; }
  .meter svg { display: block; }
  .meter:dir(rtl) svg { transform: scaleX(-1); }
  .meter rect { fill: var(--vscode-charts-blue); }
  .meter.low rect { fill: var(--vscode-charts-yellow); }
  .meter.out { border-color: var(--vscode-charts-red); }
  .meter.out rect { fill: var(--vscode-charts-red); }
  .meter.unknown { border: 1px dashed var(--vscode-descriptionForeground); background: none; opacity: 0.6; }
  @media (forced-colors: active) {
    .meter { border-color: CanvasText; background: Canvas; }
    .meter rect { fill: CanvasText; }
  }
`
