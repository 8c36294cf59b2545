// Styles of a page that lists things: its head, the list, the first step of an empty one, and groups below.
import { css } from 'lit'

export const pageStyles = css`
  .page { display: flex; flex-direction: column; gap: 12px; max-width: 1100px; margin: 0 auto; padding: 16px; }
  .top { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; }
  .add { margin-inline-start: auto; }
  .list { display: flex; flex-direction: column; gap: 8px; }
  .first { display: flex; flex-direction: column; gap: 8px; align-items: center; padding: 48px 16px; text-align: center; }
  .first p { max-width: 56ch; }
  .first > .icon { width: 40px; height: 40px; font-size: 40px; }
  .first .buttons { display: flex; flex-wrap: wrap; gap: 8px; justify-content: center; padding: 6px 0; }
  .small { font-size: 0.92em; }
  .group { display: flex; flex-direction: column; gap: 6px; padding-top: 4px; }
  @media (max-width: 600px) { .page { padding: 12px; } }
`
