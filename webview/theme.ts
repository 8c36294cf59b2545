// The editor's colour variables for a plain browser, light and dark by the system's choice. In the editor none of this is
// used: there the variables come from the user's theme.
import { type CSSResult, css } from 'lit'

const light = css`
  --vscode-foreground: #3b3b3b;
  --vscode-descriptionForeground: #616161;
  --vscode-errorForeground: #c72e0f;
  --vscode-focusBorder: #005fb8;
  --vscode-editor-background: #ffffff;
  --vscode-editor-foreground: #3b3b3b;
  --vscode-sideBar-background: #f8f8f8;
  --vscode-panel-border: #e5e5e5;
  --vscode-widget-border: #d6d6d6;
  --vscode-textLink-foreground: #005fb8;
  --vscode-textLink-activeForeground: #004a92;
  --vscode-textPreformat-foreground: #3b3b3b;
  --vscode-textPreformat-background: #0000001f;
  --vscode-textCodeBlock-background: #f3f3f3;
  --vscode-button-background: #005fb8;
  --vscode-button-foreground: #ffffff;
  --vscode-button-hoverBackground: #0258a8;
  --vscode-button-secondaryBackground: #e5e5e5;
  --vscode-button-secondaryForeground: #3b3b3b;
  --vscode-button-secondaryHoverBackground: #cccccc;
  --vscode-input-background: #ffffff;
  --vscode-input-foreground: #3b3b3b;
  --vscode-input-placeholderForeground: #6b6b6b;
  --vscode-settings-textInputBackground: #ffffff;
  --vscode-settings-textInputForeground: #3b3b3b;
  --vscode-settings-textInputBorder: #8a8a8a;
  --vscode-settings-dropdownBackground: #ffffff;
  --vscode-settings-dropdownForeground: #3b3b3b;
  --vscode-settings-dropdownBorder: #8a8a8a;
  --vscode-settings-checkboxBackground: #ffffff;
  --vscode-settings-checkboxForeground: #3b3b3b;
  --vscode-settings-checkboxBorder: #8a8a8a;
  --vscode-inputValidation-errorBackground: #fdf0ee;
  --vscode-inputValidation-errorBorder: #be1100;
  --vscode-inputValidation-warningBackground: #f6f5d2;
  --vscode-inputValidation-warningBorder: #b89500;
  --vscode-inputValidation-infoBackground: #e9f4fb;
  --vscode-inputValidation-infoBorder: #007acc;
  --vscode-inputOption-activeBackground: #bed6ed;
  --vscode-inputOption-activeBorder: #005fb8;
  --vscode-badge-background: #dddddd;
  --vscode-badge-foreground: #3b3b3b;
  --vscode-list-hoverBackground: #f2f2f2;
  --vscode-list-inactiveSelectionBackground: #e4e6f1;
  --vscode-list-activeSelectionBackground: #e8e8e8;
  --vscode-list-activeSelectionForeground: #000000;
  --vscode-toolbar-hoverBackground: #b8b8b850;
  --vscode-panelTitle-activeBorder: #005fb8;
  --vscode-panelTitle-activeForeground: #3b3b3b;
  --vscode-panelTitle-inactiveForeground: #616161;
  --vscode-progressBar-background: #005fb8;
  --vscode-charts-green: #388a34;
  --vscode-charts-red: #d11a0c;
  --vscode-charts-yellow: #a16f00;
  --vscode-charts-blue: #1a7be6;
`

const dark = css`
  --vscode-foreground: #cccccc;
  --vscode-descriptionForeground: #9d9d9d;
  --vscode-errorForeground: #f85149;
  --vscode-focusBorder: #0078d4;
  --vscode-editor-background: #1f1f1f;
  --vscode-editor-foreground: #cccccc;
  --vscode-sideBar-background: #181818;
  --vscode-panel-border: #2b2b2b;
  --vscode-widget-border: #3a3a3a;
  --vscode-textLink-foreground: #4daafc;
  --vscode-textLink-activeForeground: #7cc1ff;
  --vscode-textPreformat-foreground: #d0d0d0;
  --vscode-textPreformat-background: #3c3c3c;
  --vscode-textCodeBlock-background: #2b2b2b;
  --vscode-button-background: #0078d4;
  --vscode-button-foreground: #ffffff;
  --vscode-button-hoverBackground: #026ec1;
  --vscode-button-secondaryBackground: #313131;
  --vscode-button-secondaryForeground: #cccccc;
  --vscode-button-secondaryHoverBackground: #3c3c3c;
  --vscode-input-background: #313131;
  --vscode-input-foreground: #cccccc;
  --vscode-input-placeholderForeground: #a0a0a0;
  --vscode-settings-textInputBackground: #313131;
  --vscode-settings-textInputForeground: #cccccc;
  --vscode-settings-textInputBorder: #5a5a5a;
  --vscode-settings-dropdownBackground: #313131;
  --vscode-settings-dropdownForeground: #cccccc;
  --vscode-settings-dropdownBorder: #5a5a5a;
  --vscode-settings-checkboxBackground: #313131;
  --vscode-settings-checkboxForeground: #cccccc;
  --vscode-settings-checkboxBorder: #5a5a5a;
  --vscode-inputValidation-errorBackground: #3a1d1d;
  --vscode-inputValidation-errorBorder: #be1100;
  --vscode-inputValidation-warningBackground: #352a05;
  --vscode-inputValidation-warningBorder: #b89500;
  --vscode-inputValidation-infoBackground: #0b2f42;
  --vscode-inputValidation-infoBorder: #007acc;
  --vscode-inputOption-activeBackground: #2489db82;
  --vscode-inputOption-activeBorder: #2488db;
  --vscode-badge-background: #4d4d4d;
  --vscode-badge-foreground: #f8f8f8;
  --vscode-list-hoverBackground: #2a2d2e;
  --vscode-list-inactiveSelectionBackground: #37373d;
  --vscode-list-activeSelectionBackground: #04395e;
  --vscode-list-activeSelectionForeground: #ffffff;
  --vscode-toolbar-hoverBackground: #5a5d5e50;
  --vscode-panelTitle-activeBorder: #0078d4;
  --vscode-panelTitle-activeForeground: #cccccc;
  --vscode-panelTitle-inactiveForeground: #9d9d9d;
  --vscode-progressBar-background: #0078d4;
  --vscode-charts-green: #89d185;
  --vscode-charts-red: #f14c4c;
  --vscode-charts-yellow: #cca700;
  --vscode-charts-blue: #3794ff;
`

const browserTheme: CSSResult = css`
  :root {
    ${light}
    --vscode-font-family: system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif;
    --vscode-font-size: 13px;
    --vscode-editor-font-family: ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', monospace;
  }
  @media (prefers-color-scheme: dark) {
    :root { ${dark} }
  }
  @media (prefers-contrast: more) {
    :root {
      --vscode-contrastBorder: currentColor;
      --vscode-contrastActiveBorder: currentColor;
      --vscode-descriptionForeground: var(--vscode-foreground);
    }
  }
`

/** Styles of the document itself, which no component reaches: the live region is heard, not seen. */
const documentStyles = css`
  .omniroute-announcer {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`

/** Gives the document its styles; in a plain browser the colours too. */
export function applyTheme(host: 'editor' | 'browser'): void {
  const wanted = host === 'browser' ? [browserTheme, documentStyles] : [documentStyles]
  const sheets = wanted.map((result) => result.styleSheet).filter((sheet) => sheet !== undefined)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, ...sheets]
}
